// Promise 7: every conversation has a lifetime and erases itself.
//
// 1. Without `remember` or `improve` it ends when it has been idle for the site's idle life.
// 2. With one of them it lives for the site's retention.
// 3. What ended by itself still gives its receipt to the erase token, and a message in the widget.
// 4. A life that the site makes shorter holds for conversations that exist, a longer one does not; those of a removed site end.

import { ask, enter, say } from "../support/act.js";
import { newAddress } from "../support/edge.js";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

test("a conversation erases itself when its idle life is over", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ idle_seconds: 6 });
  const visitor = await (await makeVisitor(site)).mint();
  const { ends_at } = visitor;
  expect(ends_at - Date.now()).toBeLessThanOrEqual(6000);
  await visitor.ask("Hello");
  const read = () => visitor.call("GET", "/v1/conversation", { token: visitor.access_token });
  await expect.poll(async () => (await read()).status, { timeout: 20_000 }).toBe(410);
  expect(Date.now()).toBeGreaterThanOrEqual(ends_at);
  await expectProblem(await read(), 410, "conversation_ended");
  await expectProblem(await visitor.send("Still there?"), 410, "conversation_ended");
  expect((await visitor.refresh()).status).toBeGreaterThanOrEqual(400);
  await expect.poll(() => site.conversations()).toEqual([]);
  const receipt = await (await visitor.erase()).json();
  expect(receipt).toMatchObject({ conversation: visitor.conversation, signature: { alg: "Ed25519" } });
  expect(receipt.erased_at).toBeGreaterThanOrEqual(ends_at);
});

test("a message gives it another life", async ({ makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite({ idle_seconds: 3600 }))).mint();
  const { ends_at: first } = await visitor.copy();
  await expect.poll(async () => (await visitor.ask("Hello")).finish).toBe("stop");
  const { ends_at: second } = await visitor.copy();
  expect(second).toBeGreaterThan(first);
});

test("with `remember` or `improve` it lives for the site's retention", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ idle_seconds: 1, retention_seconds: 3600 });
  const idle = await (await makeVisitor(site)).mint();
  const kept = [];
  for (const purposes of [{ remember: true }, { improve: true }]) {
    kept.push(await (await makeVisitor(site)).mint({ purposes }));
  }
  const read = (visitor) => visitor.call("GET", "/v1/conversation", { token: visitor.access_token });
  await expect.poll(async () => (await read(idle)).status, { timeout: 15_000 }).toBe(410);
  for (const visitor of kept) {
    expect((await read(visitor)).status).toBe(200);
    expect(visitor.ends_at - Date.now()).toBeGreaterThan(3_500_000);
  }
});

test("a shorter life of the site holds for conversations that exist, a longer one does not", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ idle_seconds: 3600, retention_seconds: 7200, absolute_seconds: 7200 });
  const idle = [];
  // More than the workspace's alarm asks at a time, and more than a network may begin in a minute.
  for (let n = 0; n < 30; n += 1) idle.push(await (await makeVisitor(site, { address: newAddress() })).mint());
  const kept = await (await makeVisitor(site)).mint({ purposes: { remember: true } });
  const read = (visitor) => visitor.call("GET", "/v1/conversation?purpose=resume", { token: visitor.access_token });
  await site.change({ idle_seconds: 7200, retention_seconds: 3600 });
  const ends = async (visitor) => (await (await read(visitor)).json()).ends_at;
  await expect.poll(() => ends(kept), { timeout: 15_000 }).toBe(kept.ends_at - 3_600_000);
  expect(await ends(idle[0])).toBe(idle[0].ends_at);
  await site.change({ idle_seconds: 1 });
  await expect.poll(() => site.conversations(), { timeout: 30_000 }).toEqual([kept.conversation]);
  for (const visitor of [idle[0], idle[29]]) await expectProblem(await read(visitor), 410, "conversation_ended");
});

test("the conversations of a removed site end", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite();
  const visitor = await (await makeVisitor(site)).mint({ purposes: { remember: true } });
  const other = await (await makeVisitor(await makeSite())).mint();
  await site.remove();
  const read = ({ access_token: token }) => visitor.call("GET", "/v1/conversation?purpose=resume", { token });
  await expect.poll(async () => (await read(visitor)).status, { timeout: 15_000 }).toBe(410);
  await expect.poll(() => site.conversations()).toEqual([]);
  expect((await read(other)).status).toBe(200);
  expect((await visitor.erase()).status).toBe(200);
});

test("the widget says that it has ended, and keeps what was typed", async ({ arrive }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await chat.site.change({ idle_seconds: 1 });
  await expect.poll(() => chat.site.conversations(), { timeout: 20_000 }).toEqual([]);
  await say(chat, "Are you still there?");
  await expect(chat.text("ended")).toBeVisible();
  await chat.button(chat.words.new_conversation).click();
  // The notice says by now for how long a conversation is kept.
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
  await expect(chat.input).toHaveValue("Are you still there?");
});
