// Nothing that a visitor took back is forgotten, bypassed or recorded as somebody else's doing, whatever else is under way.
//
// 1. While a conversation is being begun: who declines gets none, and what is switched off meanwhile does not hold.
// 2. What could not be passed on yet outlasts a reload, the end of the page and a lost network, and stands before a new conversation.
// 3. No message overtakes it: not by trying again, and not by a repetition that was under way.
// 4. What was confirmed is done or said not to be.
// 5. The record says who acted: the visitor, the browser or the host page.
// 6. Double clicks do no more than single ones; two chats of a page keep apart.

import { ask, enter, erase, open, openData, runOut, say, signalPrivacy, startNew, takeBackUnheard, withdraw } from "../support/act.js";
import { kept, NOTHING } from "../support/check.js";
import { changes, chats, CONSENT, mints, stored } from "../support/consent.js";
import { Chat } from "../support/find.js";
import { problem } from "../support/front.js";
import { tag } from "../support/hosts.js";
import { expect, test } from "../support/test.js";

const SESSIONS = /^\/v1\/sessions$/;
const RESUME = /^\/v1\/conversation\?purpose=resume$/;
const ERASE = /^\/v1\/erase$/;
const SOLVER = /\/assets\/challenge-[0-9a-f]+\.wasm$/;

const said = (front) => changes(front).map(({ source, purposes }) => [source.kind, purposes]);
const only = (...names) => Object.fromEntries(["remember", "improve", "analytics"].map((name) => [name, names.includes(name)]));

test("who declines while the conversation is being begun gets none", async ({ arrive, front }) => {
  const chat = await arrive();
  const release = front.hold(SESSIONS);
  await open(chat);
  await chat.agree.click();
  await expect.poll(() => mints(front).length).toBe(1);
  await chat.decline.click();
  await expect(chat.panel).toBeHidden();
  release();
  // What has begun all the same is erased with its own token.
  await expect.poll(() => front.sent(ERASE).filter(({ method }) => method === "POST").length).toBe(1);
  await expect.poll(() => chat.site.conversations()).toEqual([]);
  await open(chat);
  await expect(chat.text("declined_title")).toBeVisible();
  await expect(chat.input).toBeHidden();
  await chat.button(chat.words.declined_change).click();
  await chat.agree.click();
  await ask(chat, "Hello");
  expect(await chat.site.conversations()).toHaveLength(1);
});

test("who declines while a challenge is being solved begins nothing", async ({ arrive, front, page }) => {
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route(SOLVER, async (route) => {
    await held;
    await route.continue();
  });
  const chat = await arrive({ challenge: "on" });
  await open(chat);
  await chat.agree.click();
  await expect(chat.text("solving")).toBeVisible();
  await chat.decline.click();
  go();
  await open(chat);
  await expect(chat.text("solving")).toBeHidden();
  await chat.button(chat.words.declined_change).click();
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
  expect(mints(front).filter(({ body }) => JSON.parse(body).challenge)).toHaveLength(1);
  expect(await chat.site.conversations()).toHaveLength(1);
});

test("what is switched off while the conversation is being begun does not hold", async ({ address, arrive, edge, front, host, page }) => {
  const chat = await arrive();
  const release = front.hold(SESSIONS);
  await open(chat);
  for (const purpose of ["improve", "analytics"]) await chat.purpose(purpose).click();
  await chat.agree.click();
  await expect.poll(() => mints(front).length).toBe(1);
  await chat.purpose("improve").click();
  await page.evaluate(() => window.sotto("consent", { functional: true }));
  release();
  await expect(chat.input).toBeVisible();
  await expect.poll(() => said(front)).toEqual([["host", only("improve")], ["widget", only()]]);
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes).toEqual(only());
  await openData(chat);
  await expect(chat.text("data_messages")).toBeVisible();
  for (const purpose of ["improve", "analytics"]) await expect(chat.purpose(purpose)).not.toBeChecked();
});

test("what is switched off while another conversation is being begun does not hold there either", async ({ address, arrive, edge, front, host }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await ask(chat, "Hello");
  const release = front.hold(SESSIONS);
  await startNew(chat);
  await expect.poll(() => mints(front).length).toBe(2);
  await openData(chat);
  await chat.purpose("improve").click();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.improve).toBe(false);
  release();
  await expect.poll(() => said(front)).toEqual([["widget", only()], ["widget", only()]]);
  const ids = changes(front).length && new Set(front.sent(CONSENT).filter(({ method }) => method === "PUT").map(({ headers }) => headers.authorization));
  expect(ids.size).toBe(2);
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.improve).toBe(false);
  await openData(chat);
  await expect(chat.text("data_messages")).toBeVisible();
  await expect(chat.purpose("improve")).not.toBeChecked();
});

test("what is not on record yet outlasts a reload", async ({ address, arrive, edge, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember", "improve"]);
  await ask(chat, "Hello");
  await openData(chat);
  await takeBackUnheard(chat, front);
  await page.reload();
  await open(chat);
  await openData(chat);
  await expect(chat.purpose("improve")).not.toBeChecked();
  expect((await stored(edge, front, host, address)).purposes.improve).toBe(true);
  front.admit();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes).toEqual(only("remember"));
  expect(changes(front).every(({ source }) => source.kind === "widget")).toBe(true);
  await chat.button(chat.words.back).click();
  await ask(chat, "And now?");
  expect((await kept(page)).session).toHaveLength(1);
});

test("what is not on record yet is told when the network comes back", async ({ address, arrive, edge, front, host, page }) => {
  await page.clock.install();
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await openData(chat);
  await takeBackUnheard(chat, front);
  await runOut(page, () => front.sent(CONSENT).length);
  front.admit();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.improve).toBe(false);
  await expect(chat.text("unrecorded")).toBeHidden();
});

test("the end of the page does not hold up what was taken back", async ({ address, arrive, edge, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await openData(chat);
  const release = front.hold(CONSENT, true);
  await chat.purpose("improve").click();
  await expect.poll(() => front.sent(CONSENT).length).toBe(1); // The browser asks whether it may.
  await page.goto("about:blank");
  release();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.improve).toBe(false);
});

test("a new conversation waits for what was taken back of the old one", async ({ address, arrive, edge, front, host }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await ask(chat, "Hello");
  await openData(chat);
  await takeBackUnheard(chat, front);
  await startNew(chat);
  await expect(chat.question("new_title")).toBeVisible();
  await expect(chat.text("unrecorded")).toBeVisible();
  await chat.button(chat.words.cancel).click();
  await withdraw(chat);
  await chat.button(chat.words.new_conversation).click();
  await expect(chat.text("unrecorded")).toBeVisible();
  await expect(chat.text("withdrawn")).toBeVisible();
  front.admit();
  await expect.poll(async () => (await stored(edge, front, host, address)).chat).toBe(false);
  await expect(chat.text("unrecorded")).toBeHidden();
  await chat.button(chat.words.new_conversation).click();
  await expect(chat.gateTitle).toBeVisible();
  expect(mints(front)).toHaveLength(1);
});

test("where nothing holds at the edge any more, nothing is left to wait for", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await ask(chat, "Hello");
  await openData(chat);
  front.answerOnce(CONSENT, 403, problem(403, "consent_withdrawn")); // As after another client of the conversation.
  await chat.purpose("improve").click();
  await chat.button(chat.words.back).click();
  await expect(chat.text("withdrawn")).toBeVisible();
  await chat.button(chat.words.new_conversation).click();
  await expect(chat.gateTitle).toBeVisible();
});

test("trying again does not overtake what was taken back", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await ask(chat, "Hello");
  await openData(chat);
  await takeBackUnheard(chat, front);
  await chat.button(chat.words.back).click();
  await chat.tool(chat.lastReply, "again").click();
  await expect(chat.text("unrecorded")).toBeVisible();
  front.admit();
  await expect(chat.text("unrecorded")).toBeHidden();
  expect(chats(front)).toHaveLength(1);
  await chat.tool(chat.lastReply, "again").click();
  await expect.poll(() => chats(front).length).toBe(2);
});

test("a message that is being repeated does not overtake what was taken back", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await ask(chat, "Hello");
  front.refuse(/^\/v1\/(chat|consent)$/);
  await say(chat, "And now?");
  await expect(chat.log.getByText(chat.words.reconnecting)).toBeVisible();
  await openData(chat);
  await chat.purpose("improve").click();
  await expect(chat.text("unrecorded")).toBeVisible();
  front.refuse(CONSENT);
  const from = front.requests.length;
  const since = () => front.requests.slice(from).filter(({ path }) => /^\/v1\/(chat|consent)$/.test(path));
  // While it is told again and again, a message would be sent again as often.
  await expect.poll(() => since().length, { timeout: 20_000 }).toBeGreaterThan(2);
  expect(since().map(({ path }) => path)).not.toContain("/v1/chat");
  front.admit();
  await chat.button(chat.words.back).click();
  await expect.poll(() => chats(front).filter(({ body }) => body).length, { timeout: 20_000 }).toBe(2);
  const calls = since().filter(({ method, body }) => method !== "OPTIONS" && body).map(({ path }) => path);
  expect(calls).toEqual(["/v1/consent", "/v1/chat"]);
  await expect(chat.messages("visitor")).toHaveCount(2);
});

test("erasing waits for nothing, and what cannot begin yet says so and stays asked", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  front.hold(RESUME); // As a connection that hangs.
  await page.reload();
  await open(chat);
  await expect(chat.text("loading").filter({ visible: true }).first()).toBeVisible();
  await startNew(chat);
  await expect(chat.trouble).toContainText(chat.words.busy);
  await expect(chat.question("new_title")).toBeVisible();
  await chat.button(chat.words.cancel).click();
  await openData(chat);
  await erase(chat);
  await expect.poll(() => chat.site.conversations()).toEqual([]);
  expect(await kept(page)).toEqual(NOTHING);
});

test("an element that is removed and added again has what `remember` keeps, as often as it comes", async ({ arrive, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  for (let n = 1; n <= 2; n += 1) {
    await page.evaluate(async () => {
      window.chat = document.querySelector("sotto-chat");
      window.chat.remove();
    });
    await expect(chat.host).toHaveCount(0);
    await page.evaluate(() => document.body.append(window.chat));
    await open(chat);
    await expect(chat.messages("visitor")).toHaveCount(n);
    await ask(chat, "Hello again");
    await expect(chat.messages("visitor")).toHaveCount(n + 1);
  }
  expect(await chat.site.conversations()).toHaveLength(1);
});

test("what the page's banner said holds for chats that come later", async ({ arrive, makeSite, page }) => {
  const chat = await arrive();
  const other = await makeSite();
  await page.evaluate(() => window.sotto("consent", { functional: true, analytics: false }));
  await page.evaluate(() => document.querySelector("sotto-chat").remove());
  await expect(chat.host).toHaveCount(0);
  const edge = await page.evaluate(() => new URL(document.querySelector("script[data-site]").src).origin);
  await page.evaluate(
    ([site, edge]) => {
      window.sotto("consent", { functional: false, analytics: false }); // Nobody is there to hear it.
      const later = document.createElement("sotto-chat");
      later.setAttribute("site", site);
      later.setAttribute("edge", edge);
      document.body.append(later);
    },
    [other.key, edge],
  );
  const later = new Chat(page, { site: other.key });
  await open(later);
  await expect(later.purpose("improve")).toBeEnabled();
  for (const purpose of ["remember", "analytics"]) await expect(later.purpose(purpose)).toBeDisabled();
});

test("what the page took away is recorded as the page's, whatever passes it on", async ({ arrive, front, page }) => {
  await page.clock.install();
  const chat = await arrive();
  await enter(chat, ["improve", "analytics"]);
  await ask(chat, "Hello");
  front.refuse(CONSENT);
  await page.evaluate(() => window.sotto("consent", { functional: true }));
  await expect(chat.text("unrecorded")).toBeVisible();
  await runOut(page, () => front.sent(CONSENT).length);
  await openData(chat);
  await chat.purpose("improve").click();
  await chat.button(chat.words.back).click();
  front.admit();
  const from = changes(front).length;
  await say(chat, "And now?");
  await expect.poll(() => said(front).slice(from).map(([kind]) => kind)).toEqual(["host", "widget"]);
  expect(said(front).slice(from)).toEqual([["host", only("improve")], ["widget", only()]]);
});

test("what the browser's signal takes away of a remembered conversation is nobody else's doing", async ({ address, arrive, edge, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember", "improve", "analytics"]);
  await ask(chat, "Hello");
  await signalPrivacy(page);
  await page.reload();
  await page.evaluate(() => window.sotto("consent", { functional: true, analytics: false }));
  await open(chat);
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes).toEqual(only("remember"));
  expect(changes(front)[0]).toMatchObject({ gpc: true, purposes: only("remember"), source: { kind: "widget" } });
  expect(changes(front)).toHaveLength(1);
  await openData(chat);
  await expect(chat.text("gate_gpc").filter({ visible: true })).toHaveCount(1);
  for (const purpose of ["improve", "analytics"]) await expect(chat.purpose(purpose)).toBeDisabled();
  await chat.button(chat.words.back).click();
  await ask(chat, "And now?");
  expect((await kept(page)).session).toHaveLength(1);
});

test("double clicks do no more than single ones", async ({ address, arrive, edge, front, host }) => {
  const chat = await arrive();
  await open(chat);
  await chat.agree.dblclick();
  await expect(chat.input).toBeVisible();
  await expect(chat.trouble).toBeEmpty();
  await chat.input.fill("Hello");
  await chat.send.dblclick();
  await expect(chat.messages("ai")).toHaveCount(2);
  await expect(chat.stop).toBeHidden();
  await openData(chat);
  await chat.purpose("improve").dblclick();
  await expect(chat.purpose("improve")).not.toBeChecked();
  await chat.switch("restrict").click();
  await expect(chat.switch("restrict")).toBeChecked();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.improve).toBe(false);
  await chat.button(chat.words.erase).click();
  await chat.button(chat.words.erase_yes).dblclick();
  await expect(chat.panel).toContainText(chat.words.receipt_title);
  expect([mints(front).length, chats(front).length]).toEqual([1, 1]);
  expect(front.sent(ERASE).filter(({ method }) => method === "POST")).toHaveLength(1);
});

test("two chats of one page keep what they remember, and what is taken back, apart", async ({ front, host, makeSite, page }) => {
  const sites = [await makeSite(), await makeSite()];
  const head = `<style>sotto-chat[site="${sites[1].key}"] { --sotto-position: start; }</style>`;
  await page.goto(host.page({ tags: sites.map(({ key }) => tag({ edge: front.url, site: key })).join("\n"), head }));
  const [first, second] = sites.map(({ key }) => new Chat(page, { site: key }));
  for (const [chat, words] of [[first, "Hello one"], [second, "Hello two"]]) {
    await open(chat);
    for (const purpose of ["remember", "improve"]) await chat.purpose(purpose).click();
    await chat.agree.click();
    await ask(chat, words);
    await chat.close.click();
  }
  expect((await kept(page)).session).toHaveLength(2);
  await open(first);
  await openData(first);
  await first.purpose("remember").click();
  await expect.poll(() => said(front)).toEqual([["widget", only("improve")]]);
  expect((await kept(page)).session).toEqual([`sotto:${sites[1].key}`]);
  await page.reload();
  await open(second);
  await expect(second.messages("visitor")).toContainText("Hello two");
  await openData(second);
  await expect(second.text("data_messages")).toBeVisible();
  for (const purpose of ["remember", "improve"]) await expect(second.purpose(purpose)).toBeChecked();
  await second.close.click();
  await open(first);
  await expect(first.gateTitle).toBeVisible();
});
