// Promise 10: what was accepted is stored before it is answered, a reply that breaks off can be resumed, a retry does not send twice.
//
// 1. The connection breaks in the middle of a reply: the widget resumes without loss or repetition.
// 2. The tab is closed in the middle of a reply: it goes on and is stored whole.
// 3. The answer to a message is lost on the way: the retry has the same id and is answered once.
// 4. workerd is killed in the middle of a reply: the message is there, the reply is marked interrupted and can be retried.
// 5. Over the wire: resuming gives everything so far as one delta, then goes on live.

import { openAi } from "../support/admin.js";
import { ask, enter, open, say } from "../support/act.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";
import { parts, readUntil, textOf } from "../support/wire.js";

/** A reply in two halves, the second behind a gate. */
function inTwoHalves(provider) {
  const second = gate();
  provider.reply(async function* () {
    yield "The first half stands here. ";
    yield "It is long enough to be shown. ";
    await second.opened;
    yield "The second half follows.";
  });
  return second;
}

const WHOLE = "The first half stands here. It is long enough to be shown. The second half follows.";

test("a broken connection is resumed without loss or repetition", async ({ arrive, front, provider }) => {
  const second = inTwoHalves(provider);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  await say(chat, "Hello");
  await expect(chat.lastReply).toContainText("The first half");
  front.cut();
  await expect.poll(() => front.sent(/\/stream$/).filter(({ method }) => method === "GET").length).toBeGreaterThan(0);
  second.open();
  await expect(chat.lastReply).toContainText(WHOLE);
  await expect(chat.stop).toBeHidden();
  expect((await chat.lastReply.innerText()).match(/first half/g)).toHaveLength(1);
  expect(provider.requests).toHaveLength(1);
  expect(front.sent(/^\/v1\/chat$/).filter(({ method }) => method === "POST")).toHaveLength(1);
});

test("a closed tab does not end the reply", async ({ address, arrive, edge, front, host, page, provider }) => {
  const second = inTwoHalves(provider);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  await say(chat, "Hello");
  await expect(chat.lastReply).toContainText("The first half");
  const { authorization } = front.sent(/^\/v1\/chat$/).find(({ method }) => method === "POST").headers;
  await page.close();
  second.open();
  const last = async () => {
    const response = await edge.call("GET", "/v1/conversation", { origin: host.origin, address, headers: { authorization } });
    return (await response.json()).messages.at(-1);
  };
  await expect.poll(last).toMatchObject({ author: "ai", state: "complete", text: WHOLE });
  expect(provider.requests[0].left).toBe(false);
});

test("a reply under way comes back after a reload", async ({ arrive, page, provider }) => {
  const second = inTwoHalves(provider);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember"]);
  await say(chat, "I am jo@example.org");
  await expect(chat.lastReply).toContainText("The first half");
  await page.reload();
  await open(chat);
  await expect(chat.lastReply).toContainText("The first half");
  second.open();
  await expect(chat.lastReply).toContainText(WHOLE);
  await expect(chat.messages("visitor")).toHaveCount(1);
  await expect(chat.messages("visitor")).toContainText("jo@example.org");
});

test("a retry does not send twice", async ({ arrive, front, provider }) => {
  provider.reply(["Answered once."]);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  front.loseAnswer(/^\/v1\/chat$/);
  await say(chat, "Hello");
  await provider.asked();
  await expect(chat.lastReply).toContainText("Answered once.");
  await expect(chat.messages("visitor")).toHaveCount(1);
  const ids = front.sent(/^\/v1\/chat$/).filter(({ method }) => method === "POST").map(({ body }) => JSON.parse(body).messages[0].id);
  expect(new Set(ids).size).toBe(1);
  expect(provider.requests).toHaveLength(1);
});

test("a restart of workerd marks the reply as interrupted, and the message is there", async ({ address, arrive, edge, front, host, provider }) => {
  const second = inTwoHalves(provider);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  await say(chat, "Hello");
  await expect(chat.lastReply).toContainText("The first half");
  const { authorization } = front.sent(/^\/v1\/chat$/).find(({ method }) => method === "POST").headers;
  // Its words are sealed as they are stored, in the turn that sent them; that there is a reply is not.
  await expect.poll(() => edge.stored(), "the reply is stored as it grows").toContain("running");
  await edge.restart();
  second.open();
  const response = await edge.call("GET", "/v1/conversation", { origin: host.origin, address, headers: { authorization } });
  const { messages } = await response.json();
  expect(messages).toMatchObject([
    { author: "visitor", text: "Hello", state: "complete" },
    { author: "ai", state: "interrupted", text: expect.stringContaining("The first half") },
  ]);
  await expect(chat.text("interrupted")).toBeVisible({ timeout: 20_000 });
  provider.reply(["Whole again."]);
  await chat.again.click();
  await expect(chat.lastReply).toContainText("Whole again.");
  await expect(chat.messages("visitor")).toHaveCount(1);
});

test("over the wire a reply is resumed from its beginning and goes on live", async ({ makeSite, makeVisitor, provider }) => {
  const second = inTwoHalves(provider);
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
  const leaving = new AbortController();
  await readUntil(parts(await visitor.send("Hello", { signal: leaving.signal })), "The first half");
  leaving.abort();
  const resumed = parts(await visitor.resume());
  const so_far = await readUntil(resumed, "The first half");
  expect(so_far[0].type).toBe("start");
  expect(so_far.filter(({ type }) => type === "text-delta")).toHaveLength(1);
  const [other, read] = [parts(await visitor.resume()), so_far];
  second.open();
  for await (const part of resumed) read.push(part);
  expect(textOf(read)).toBe(WHOLE);
  expect(read.at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
  const second_reader = [];
  for await (const part of other) second_reader.push(part);
  expect(textOf(second_reader)).toBe(WHOLE);
  expect((await visitor.copy()).messages.at(-1).text).toBe(WHOLE);
});

test("the draft survives closing the panel", async ({ arrive, page }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await chat.input.fill("Half a thou");
  await page.keyboard.press("Escape");
  await expect(chat.panel).toBeHidden();
  await open(chat);
  await expect(chat.input).toHaveValue("Half a thou");
});
