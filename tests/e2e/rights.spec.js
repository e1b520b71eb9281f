// What the law gives a visitor over a conversation, in the widget: without an account, and with every outcome said.
//
// 1. Correct a message of one's own: in place, scrubbed like any other, marked, and so is what answered it.
// 2. Remove a single message: asked once; its place stays.
// 3. Restrict: stored and not used, until lifted; noticed from another tab too.
// 4. Ask a person to check: for one of a few reasons; what came of it is shown.
// 5. Take a copy along: JSON that the edge signed, HTML, text.
// 6. What fails says so and changes nothing; a device that changes its network goes on.

import { readFile } from "node:fs/promises";
import { openAi } from "../support/admin.js";
import { ask, enter, open, openData, say } from "../support/act.js";
import { newAddress } from "../support/edge.js";
import { problem } from "../support/front.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";

const MESSAGES = /^\/v1\/conversation\/messages\//;
const RESTRICTION = /^\/v1\/restriction$/;
const REVIEW = /^\/v1\/review$/;
const CHAT = /^\/v1\/chat$/;

const sent = (front, pattern, method) => front.sent(pattern).filter((request) => request.method === method);

test("one's own message is corrected in place, and what is recognised in it is hidden", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "I am jo@example.org and live in Ulm");
  await chat.input.fill("Half a thought");
  const message = chat.messages("visitor").first();
  await chat.tool(message, "edit").click();
  await expect(chat.input).toBeFocused();
  await expect(chat.input).toHaveValue("I am jo@example.org and live in Ulm");
  await expect(chat.text("editing")).toBeVisible();
  await expect(chat.chips).toContainText("[EMAIL_1]");
  await chat.input.fill("I am ann@example.org and live in Bonn");
  await chat.input.press("Enter");
  await expect(message).toContainText("I am ann@example.org and live in Bonn");
  await expect(message).toContainText(chat.words.edited);
  await expect(chat.lastReply).toContainText(chat.words.answers_earlier);
  await expect(chat.panel.locator(".unseen[role=status]")).toHaveText(chat.words.edited);
  await expect(chat.text("editing")).toBeHidden();
  await expect(chat.input).toHaveValue("Half a thought");
  const [{ body }] = sent(front, MESSAGES, "PATCH");
  expect(JSON.parse(body)).toEqual({ text: "I am [EMAIL_2] and live in Bonn" });
  // What no message says any more is forgotten in the browser too.
  await expect.poll(() => page.evaluate(() => JSON.stringify(sessionStorage))).toContain("ann@example.org");
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("jo@example.org");

  await page.reload();
  await open(chat);
  await expect(chat.messages("visitor").first()).toContainText("I am ann@example.org and live in Bonn");
  await expect(chat.messages("visitor").first()).toContainText(chat.words.edited);
  await expect(chat.lastReply).toContainText(chat.words.answers_earlier);
});

test("a correction is left by Esc or Cancel, and nothing is lost or sent", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await chat.input.fill("Half a thought");
  const edit = chat.tool(chat.messages("visitor").first(), "edit");
  await edit.click();
  await chat.input.fill("Something else");
  await page.keyboard.press("Escape");
  await expect(chat.panel).toBeVisible();
  await expect(chat.text("editing")).toBeHidden();
  await expect(chat.input).toHaveValue("Half a thought");
  await edit.click();
  await chat.button(chat.words.cancel).click();
  await expect(chat.input).toHaveValue("Half a thought");
  await expect(chat.input).toBeFocused();
  await ask(chat, "A whole thought"); // What the correction had sent would have gone before.
  expect(sent(front, MESSAGES, "PATCH")).toEqual([]);
});

test("a single message is removed when the visitor says so twice, and its place stays", async ({ arrive, front, page, provider }) => {
  provider.reply(["The first answer."]);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember"]);
  await ask(chat, "Words that should not have been written");
  const [own, reply] = [chat.messages("visitor").first(), chat.messages("ai").nth(1)];
  await chat.tool(own, "remove").click();
  await expect(chat.question("remove_title")).toBeVisible();
  expect(sent(front, MESSAGES, "DELETE")).toEqual([]);
  await chat.button(chat.words.cancel).click();
  await expect(own).toContainText("Words that should not");

  await chat.tool(own, "remove").click();
  await chat.panel.locator(".ask").getByRole("button", { name: chat.words.remove }).click();
  await expect(chat.log).not.toContainText("Words that should not");
  await expect(chat.log.getByText(chat.words.removed)).toHaveCount(1);
  await expect(chat.panel.locator(".unseen[role=status]")).toHaveText(chat.words.removed);
  await expect(chat.input).toBeFocused();
  await expect(chat.tool(reply, "again")).toBeHidden(); // There is no question left to answer anew.
  await chat.tool(reply, "remove").click();
  await chat.panel.locator(".ask").getByRole("button", { name: chat.words.remove }).click();
  await expect(chat.log.getByText(chat.words.removed)).toHaveCount(2);

  provider.reply(["The second answer."]);
  await expect(await ask(chat, "And now?")).toContainText("The second answer.");
  const { messages } = (await provider.asked(2)).body;
  expect(JSON.stringify(messages)).not.toContain("should not have been written");
  await page.reload();
  await open(chat);
  await expect(chat.log.getByText(chat.words.removed)).toHaveCount(2);
});

test("a restricted conversation is stored and not used until that is lifted", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await openData(chat);
  await expect(chat.switch("restrict")).not.toBeChecked();
  await chat.switch("restrict").click();
  await expect(chat.switch("restrict")).toBeChecked();
  await expect(chat.switch("restrict")).toBeFocused();
  expect(JSON.parse(sent(front, RESTRICTION, "PUT")[0].body)).toEqual({ restricted: true });
  await chat.button(chat.words.back).click();
  await expect(chat.input).toBeHidden();
  await expect(chat.text("restricted")).toBeVisible();
  await chat.button(chat.words.restricted_lift).click();
  await expect(chat.input).toBeFocused();
  await expect(chat.text("restricted")).toBeHidden();
  await ask(chat, "Hello again");
  await openData(chat);
  await expect(chat.switch("restrict")).not.toBeChecked();
});

test("a restriction made elsewhere is noticed, and what was typed is kept", async ({ address, arrive, edge, front, host }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  const { authorization } = sent(front, CHAT, "POST")[0].headers;
  const restricted = await edge.call("PUT", "/v1/restriction", { origin: host.origin, address, headers: { authorization }, json: { restricted: true } });
  expect(restricted.status).toBe(200);
  await say(chat, "Words that took a while to find");
  await expect(chat.text("restricted")).toBeVisible();
  await expect(chat.messages("visitor")).toHaveCount(1);
  await chat.button(chat.words.restricted_lift).click();
  await expect(chat.input).toHaveValue("Words that took a while to find");
});

test("a person is asked to check, for a reason, and what came of it is shown", async ({ arrive, front, workspace }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await chat.tool(chat.lastReply, "review").click();
  await expect(chat.question("review_title")).toBeVisible();
  await chat.button(chat.words.review_wrong).click();
  await expect(chat.log).toContainText(asked(chat));
  expect(JSON.parse(sent(front, REVIEW, "POST")[0].body)).toEqual({ reason: "wrong" });
  await openData(chat);
  await expect(chat.text("review_asked").and(chat.panel.locator(".data *"))).toBeVisible();
  await expect(chat.button(chat.words.review)).toBeHidden();

  const [conversation] = await chat.site.conversations();
  const answer = await workspace.call("POST", `/conversations/${conversation}/review`, { json: { outcome: "corrected" } });
  expect(answer.status, await answer.clone().text()).toBeLessThan(300);
  await chat.button(chat.words.back).click();
  await openData(chat);
  await expect(chat.text("review_corrected").and(chat.panel.locator(".data *"))).toBeVisible();
  await expect(chat.button(chat.words.review)).toBeVisible(); // It can be asked for again.
});

const asked = (chat) => chat.words.review_asked.split("{")[0];

test("the copy is one that the edge signed, and comes in three formats", async ({ arrive, edge, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["analytics"]);
  await ask(chat, "I am jo@example.org");
  await openData(chat);
  const take = async (name) => {
    const download = page.waitForEvent("download");
    await chat.button(name).click();
    const file = await download;
    return [file.suggestedFilename(), await readFile(await file.path(), "utf8")];
  };
  const [json, copy] = await take("JSON");
  expect(json).toBe("sotto-conversation.json");
  expect(JSON.parse(copy)).toMatchObject({ purposes: { analytics: true }, signature: { alg: "Ed25519" } });
  expect(JSON.parse(copy).messages[0].text).toBe("I am [EMAIL_1]");
  const verified = await edge.call("POST", "/v1/receipts/verify", { origin: host.origin, json: JSON.parse(copy) });
  expect(await verified.json()).toMatchObject({ valid: true });
  const [html, page_] = await take("HTML");
  expect(html).toBe("sotto-conversation.html");
  expect(page_).toMatch(/^<!doctype html>/i);
  expect(page_).toContain("I am [EMAIL_1]");
  const [txt, text] = await take("Text");
  expect(txt).toBe("sotto-conversation.txt");
  expect(text).toContain("I am [EMAIL_1]");
});

test("what fails says so, and changes nothing", async ({ arrive, context, front }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  const own = chat.messages("visitor").first();
  for (const break_ of [() => front.refuse(MESSAGES), () => context.setOffline(true)]) {
    await break_();
    const words = (await chat.page.evaluate(() => navigator.onLine)) ? "unreachable" : "offline";
    await chat.tool(own, "remove").click();
    await chat.panel.locator(".ask").getByRole("button", { name: chat.words.remove }).click();
    await expect(chat.text(words)).toBeVisible();
    await expect(own).toContainText("Hello");
    await chat.tool(own, "edit").click();
    await chat.input.fill("Hello, corrected");
    await chat.input.press("Enter");
    await expect(chat.text(words)).toBeVisible();
    await expect(chat.text("kept")).toBeVisible();
    await expect(chat.input).toHaveValue("Hello, corrected");
    await chat.button(chat.words.cancel).click();
    front.admit();
    await context.setOffline(false);
  }
  await expect(own).not.toContainText(chat.words.edited);

  await openData(chat);
  for (const [pattern, act] of [
    [RESTRICTION, () => chat.switch("restrict").click()],
    [/^\/v1\/conversation\?format/, () => chat.button("JSON").click()],
  ]) {
    front.answerOnce(pattern, 500, problem(500, "internal"));
    await act();
    await expect(chat.text("internal")).toBeVisible();
    await chat.button(chat.words.dismiss).click();
  }
  await expect(chat.switch("restrict")).not.toBeChecked();
});

test("what is stored could not be read, and then can", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat);
  front.answerOnce(/^\/v1\/conversation\?purpose/, 503, problem(503, "unavailable"));
  await openData(chat);
  await expect(chat.text("unread")).toBeVisible();
  await chat.panel.locator(".data").getByRole("button", { name: chat.words.again }).click();
  await expect(chat.text("unread")).toBeHidden();
  await expect(chat.text("data_began")).toBeVisible();
});

test("a device that changes its network in the middle of a reply loses nothing of it", async ({ arrive, front, provider }) => {
  const rest = gate();
  provider.reply(async function* () {
    yield "The first half stands here. ";
    yield "It is long enough to be shown. ";
    await rest.opened;
    yield "The second half follows.";
  });
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  await say(chat, "Hello");
  await expect(chat.lastReply).toContainText("The first half");
  front.move(newAddress());
  front.cut();
  await expect.poll(() => sent(front, /^\/v1\/sessions\/refresh$/, "POST").length).toBe(1);
  rest.open();
  await expect(chat.lastReply).toContainText("It is long enough to be shown. The second half follows.");
  await expect(chat.stop).toBeHidden();
  expect(provider.requests).toHaveLength(1);
  expect((await chat.lastReply.innerText()).match(/first half/g)).toHaveLength(1);
});
