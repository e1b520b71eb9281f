// Everything that can go wrong has its own plain message and a way on, and nothing that the visitor typed is lost.
//
// 1. Before the chat: a site that is unknown, or does not allow the page.
// 2. Sending: offline, unreachable, too fast, budget spent, too long, conversation full.
// 3. The session: expired, in another network, revoked, erased elsewhere.
// 4. The reply: provider down, cut off, stopped.

import { openAi } from "../support/admin.js";
import { ask, enter, open, say, visit } from "../support/act.js";
import { newAddress } from "../support/edge.js";
import { problem } from "../support/front.js";
import { Cut, Finish, never } from "../support/provider.js";
import { expect, test } from "../support/test.js";

const CHAT = /^\/v1\/chat$/;
const REFRESH = /^\/v1\/sessions\/refresh$/;
const DRAFT = "Words that took a while to find";

/** Agrees, and returns the chat for the test to go on with. */
async function entered(chat) {
  await enter(chat);
  return chat;
}

/** Asserts that what was typed is still there: in the input, or in a message that can be sent again. */
async function expectKept(chat, text = DRAFT) {
  const unsent = chat.messages("visitor").filter({ hasText: text }).filter({ hasText: chat.words.unsent });
  await expect
    .poll(async () => (await chat.input.inputValue()) === text || (await unsent.count()) === 1, { message: "the text is kept" })
    .toBe(true);
}

/** Sends what was kept again, from wherever it is, and expects one answer. */
async function sendKept(chat, text = DRAFT) {
  const unsent = chat.messages("visitor").filter({ hasText: chat.words.unsent });
  const again = unsent.getByRole("button", { name: chat.words.again });
  // While another conversation begins, the text stays in the input and is sent by another press.
  await expect(async () => {
    if ((await chat.input.inputValue()) === text) await chat.send.click();
    else if (await again.isVisible()) await again.click();
    await expect(chat.messages("visitor").filter({ hasText: text })).toHaveCount(1, { timeout: 1_000 });
  }).toPass({ timeout: 10_000 });
  await expect(chat.stop).toBeHidden();
  await expect(chat.messages("visitor").filter({ hasText: text })).toHaveCount(1);
  await expect(chat.messages("visitor").filter({ hasText: chat.words.unsent })).toHaveCount(0);
}

test("a site that is unknown", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  await site.remove();
  for (const lang of ["en", "de"]) {
    const chat = await visit(page, host.page({ edge: front.url, site: site.key, html: `lang="${lang}"` }), { lang });
    await chat.launcher.click();
    await expect(chat.retryFor("site_unknown")).toBeVisible();
    await expect(chat.panel).toBeHidden();
  }
});

test("a page that the site does not allow", async ({ arrive, host }) => {
  const chat = await arrive({ origins: ["https://elsewhere.example"] });
  await chat.launcher.click();
  await expect(chat.retryFor("origin_not_allowed")).toBeVisible();
  await expect(chat.panel).toBeHidden();
  await chat.site.change({ origins: [host.origin] });
  await chat.retryFor("origin_not_allowed").click();
  await expect(chat.gateTitle).toBeVisible();
});

test("offline", async ({ arrive, context }) => {
  const chat = await entered(await arrive());
  await ask(chat, "Hello");
  await context.setOffline(true);
  await say(chat, DRAFT);
  await expect(chat.text("offline")).toBeVisible();
  await expectKept(chat);
  await context.setOffline(false);
  await sendKept(chat);
  await expect(chat.text("offline")).toBeHidden();
});

test("an edge that cannot be reached", async ({ arrive, front, page }) => {
  await page.clock.install();
  const chat = await entered(await arrive());
  await ask(chat, "Hello");
  front.refuse(CHAT);
  await say(chat, DRAFT);
  await expect(chat.text("reconnecting").first()).toBeVisible();
  // The tries lie apart by seconds, which the test does not wait for.
  await expect(async () => {
    await page.clock.fastForward(8_000);
    await expect(chat.text("unreachable")).toBeVisible({ timeout: 100 });
  }).toPass();
  await expectKept(chat);
  front.admit();
  await sendKept(chat);
});

test("an edge that cannot be reached when the visitor agrees", async ({ arrive, front }) => {
  const chat = await arrive();
  await chat.launcher.click();
  await expect(chat.agree).toBeVisible();
  front.refuse(/^\/v1\/sessions$/);
  await chat.agree.click();
  await expect(chat.text("unreachable")).toBeVisible();
  await expect(chat.input).toBeHidden();
  front.admit();
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
  expect(await chat.site.conversations()).toHaveLength(1);
});

test("too fast", async ({ arrive }) => {
  const chat = await entered(await arrive({ budget: { messages_per_minute: 1 } }));
  await ask(chat, "Hello");
  await say(chat, DRAFT);
  await expect(chat.text("rate_limited")).toBeVisible();
  await expectKept(chat);
});

test("the day's budget is spent", async ({ arrive }) => {
  const chat = await entered(await arrive({ budget: { messages_per_network: 1 } }));
  await ask(chat, "Hello");
  await say(chat, DRAFT);
  await expect(chat.text("budget_spent")).toBeVisible();
  await expectKept(chat);
});

test("too long", async ({ arrive, front }) => {
  const chat = await entered(await arrive());
  const sent = () => front.sent(CHAT).filter(({ method }) => method === "POST").length;
  await chat.input.fill("a".repeat(3990));
  await expect(chat.panel).toContainText("10 characters left");
  await chat.input.fill("a".repeat(4003));
  await expect(chat.panel).toContainText("3 characters too many");
  await chat.input.press("Enter");
  await expect(chat.input).toHaveValue("a".repeat(4003));
  await expect(chat.messages("visitor")).toHaveCount(0);
  expect(sent()).toBe(0);
  await chat.input.fill("a".repeat(4000));
  await chat.input.press("Enter");
  await expect(chat.messages("visitor")).toHaveCount(1);
  await expect.poll(sent).toBe(1);
});

test("a conversation that is full", async ({ arrive, front }) => {
  const chat = await entered(await arrive());
  await ask(chat, "Hello");
  front.answerOnce(CHAT, 422, problem(422, "conversation_full"));
  await say(chat, DRAFT);
  await expect(chat.text("full")).toBeVisible();
  await expectKept(chat);
  await expect(chat.button(chat.words.new_conversation)).toBeVisible();
});

test("an access token that has expired is renewed without a word", async ({ arrive, front }) => {
  const chat = await entered(await arrive());
  await ask(chat, "Hello");
  front.answerOnce(CHAT, 401, problem(401, "token_expired"));
  await ask(chat, DRAFT);
  await expect(chat.messages("visitor")).toHaveCount(2);
  expect(front.sent(REFRESH).filter(({ method }) => method === "POST")).toHaveLength(1);
});

test("a device that changes its network goes on without a word", async ({ arrive, front }) => {
  const chat = await entered(await arrive());
  await ask(chat, "Hello");
  front.move(newAddress());
  await ask(chat, DRAFT);
  await expect(chat.messages("visitor")).toHaveCount(2);
  const posts = (pattern) => front.sent(pattern).filter(({ method }) => method === "POST");
  expect(posts(REFRESH)).toHaveLength(1);
  expect(posts(CHAT)).toHaveLength(3); // The second message was refused once.
});

for (const [name, code, key] of [["expired", "token_expired", "expired"], ["revoked", "token_revoked", "revoked"]]) {
  test(`a session that is ${name}`, async ({ arrive, front }) => {
    const chat = await entered(await arrive());
    await ask(chat, "Hello");
    front.answerOnce(CHAT, 401, problem(401, "token_expired"));
    front.answerOnce(REFRESH, 401, problem(401, code));
    await say(chat, DRAFT);
    await expect(chat.text(key)).toBeVisible();
    await expectKept(chat);
    await chat.button(chat.words.new_conversation).click();
    await expect(chat.trouble).toBeEmpty();
    await expect(chat.input).toBeVisible();
    await expectKept(chat);
    await sendKept(chat);
    expect(await chat.site.conversations()).toHaveLength(2);
  });
}

test("a conversation that was erased elsewhere", async ({ arrive, edge, front }) => {
  const chat = await entered(await arrive());
  await ask(chat, "Hello");
  front.answerOnce(CHAT, 410, problem(410, "erased", { receipt: "01TEST" }));
  await say(chat, DRAFT);
  await expect(chat.text("erased")).toBeVisible();
  await expectKept(chat);
  await chat.button(chat.words.new_conversation).click();
  await expect(chat.trouble).toBeEmpty();
  await expect(chat.input).toBeVisible();
  await expectKept(chat);
  expect(edge.log).not.toContain(DRAFT);
});

test("a provider that is down", async ({ arrive, provider }) => {
  const chat = await entered(await arrive({ provider: openAi(provider) }));
  provider.reply(async function* () {
    throw new Cut();
  });
  await say(chat, DRAFT);
  await expect(chat.text("provider")).toBeVisible();
  await expect(chat.messages("visitor")).toContainText(DRAFT);
  provider.reply(["Here again."]);
  await chat.again.click();
  await expect(chat.lastReply).toContainText("Here again.");
  await expect(chat.text("provider")).toBeHidden();
  await expect(chat.messages("visitor")).toHaveCount(1);
});

test("a reply that is cut off in the middle", async ({ arrive, provider }) => {
  const chat = await entered(await arrive({ provider: openAi(provider) }));
  provider.reply(async function* () {
    yield "As far as it came. ";
    yield "No further. ";
    throw new Cut();
  });
  await say(chat, DRAFT);
  await expect(chat.lastReply).toContainText("As far as it came.");
  await expect(chat.text("interrupted").or(chat.text("provider")).first()).toBeVisible();
  provider.reply(["Whole again."]);
  await chat.again.click();
  await expect(chat.lastReply).toContainText("Whole again.");
  await expect(chat.lastReply).not.toContainText("As far as it came.");
});

test("a reply that the visitor stops", async ({ arrive, provider }) => {
  const chat = await entered(await arrive({ provider: openAi(provider) }));
  provider.reply(async function* () {
    yield "As far as it came. ";
    yield "No further. ";
    await never;
  });
  await say(chat, DRAFT);
  await expect(chat.lastReply).toContainText("As far as it came.");
  await chat.stop.click();
  await expect(chat.text("stopped")).toBeVisible();
  await expect(chat.lastReply).toContainText("As far as it came.");
  provider.reply(["Next."]);
  await expect(await ask(chat, "And now?")).toContainText("Next.");
});

test("a reply that a safety check cuts off says so, after a reload too, and can be had anew", async ({ arrive, page, provider }) => {
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember"]);
  provider.reply(["The beginning. ", new Finish("content_filter")]);
  await say(chat, "Hello");
  await expect(chat.text("withheld")).toBeVisible();
  await expect(chat.lastReply).toContainText("The beginning.");
  await page.reload();
  await open(chat);
  await expect(chat.lastReply).toContainText("The beginning.");
  await expect(chat.text("withheld")).toBeVisible();
  provider.reply(["Another one."]);
  await chat.tool(chat.lastReply, "again").click();
  await expect(chat.lastReply).toContainText("Another one.");
  await expect(chat.text("withheld")).toBeHidden();
});
