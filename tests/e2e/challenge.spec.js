// The challenge before a new conversation, in a browser: a visitor of a site that asks for it just chats.
//
// 1. It is solved without the visitor doing anything; the solver is loaded by those who need it alone.
// 2. Meanwhile the visitor is told in plain words, and a screen reader says them.
// 3. A solver that cannot be loaded, or is not the one that was built, is a trouble with a way on.

import { ask, enter, open, startNew } from "../support/act.js";
import { mints } from "../support/consent.js";
import { problem } from "../support/front.js";
import { expect, test } from "../support/test.js";

const SOLVER = /\/assets\/challenge-[0-9a-f]+\.wasm$/;

test("a visitor just chats", async ({ arrive, front }) => {
  const chat = await arrive({ challenge: "on" });
  await enter(chat);
  await ask(chat, "Hello");
  expect(mints(front)).toHaveLength(2);
  const [first, second] = mints(front).map(({ body }) => JSON.parse(body));
  expect(first.challenge).toBeUndefined();
  const { challenge, ...rest } = second;
  expect(rest, "the same choice is sent again").toEqual(first);
  expect(Object.keys(challenge).sort()).toEqual(["nonce", "text"]);
  expect(front.sent(SOLVER)).toHaveLength(1);
});

test("a site without a challenge loads no solver", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat);
  expect(mints(front)).toHaveLength(1);
  expect(front.sent(SOLVER)).toEqual([]);
});

test("a second conversation solves another one with the same solver", async ({ arrive, front }) => {
  const chat = await arrive({ challenge: "on" });
  await enter(chat);
  await startNew(chat);
  await expect.poll(() => mints(front).filter(({ body }) => JSON.parse(body).challenge).length).toBe(2);
  const [one, two] = mints(front).map(({ body }) => JSON.parse(body).challenge?.text).filter(Boolean);
  expect(one).not.toBe(two);
  await ask(chat, "Hello");
  expect(front.sent(SOLVER)).toHaveLength(1);
});

test("the visitor is told what happens meanwhile", async ({ arrive, page }) => {
  let go;
  const held = new Promise((resolve) => {
    go = resolve;
  });
  await page.route(SOLVER, async (route) => {
    await held;
    await route.continue();
  });
  const chat = await arrive({ challenge: "on" });
  await open(chat);
  await chat.agree.click();
  const status = chat.panel.getByRole("status").filter({ hasText: chat.words.solving });
  await expect(status).toBeVisible();
  go();
  await expect(chat.input).toBeVisible();
  await expect(status).toHaveCount(0);
});

test("in the visitor's language", async ({ arrive, page }) => {
  await page.route(SOLVER, () => {}); // It never comes.
  const chat = await arrive({ challenge: "on" }, { html: 'lang="de"', lang: "de" });
  await open(chat);
  await chat.agree.click();
  await expect(chat.text("solving")).toBeVisible();
});

test("a solver that cannot be loaded leaves a way on", async ({ arrive, front }) => {
  const chat = await arrive({ challenge: "on" });
  front.refuse(SOLVER);
  await open(chat);
  await chat.agree.click();
  await expect(chat.trouble).toContainText(chat.words.unsolved);
  await expect(chat.text("solving")).toBeHidden();
  await expect(chat.trouble.getByRole("link", { name: "Write to us" })).toBeVisible();
  front.admit();
  await chat.button(chat.words.dismiss).click();
  await chat.agree.click();
  await ask(chat, "Hello");
});

test("a solver that is not the one that was built does not run", async ({ arrive, page }) => {
  const chat = await arrive({ challenge: "on" });
  await page.route(SOLVER, async (route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    body[body.length - 1] ^= 1;
    await route.fulfill({ response, body });
  });
  await open(chat);
  await chat.agree.click();
  await expect(chat.trouble).toContainText(chat.words.unsolved);
  await expect(chat.input).toBeHidden();
});

test("it is solved under the policy that the README asks for", async ({ arrive, front, page }) => {
  const policy = `default-src 'none'; img-src data:; script-src ${front.url} 'wasm-unsafe-eval'; connect-src ${front.url}`;
  const violations = [];
  page.on("console", (message) => message.type() === "error" && violations.push(message.text()));
  const chat = await arrive({ challenge: "on" }, { headers: { "content-security-policy": policy } });
  await enter(chat);
  expect(violations.filter((text) => text.includes("Content Security Policy"))).toEqual([]);
});

test("the page stays responsive while it is solved", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await open(chat);
  // One that takes exactly 1,587,601 tries: about a second.
  const challenge = { text: `ch_${"02".repeat(33)}`, bits: 20, expires_at: Date.now() + 300_000 };
  front.answerOnce(/^\/v1\/sessions$/, 403, problem(403, "challenge_required", { challenge }));
  await page.evaluate(() => {
    window.gaps = [];
    let last = performance.now();
    const tick = () => {
      const now = performance.now();
      window.gaps.push(now - last);
      last = now;
      setTimeout(tick);
    };
    tick();
  });
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
  expect(JSON.parse(mints(front).at(-1).body).challenge).toEqual({ text: challenge.text, nonce: 1_587_600 });
  // What the page had to wait for at a time is a small part of the work, however busy the machine is.
  const gaps = await page.evaluate(() => window.gaps);
  const work = gaps.filter((gap) => gap > 10).reduce((sum, gap) => sum + gap, 0);
  expect(work).toBeGreaterThan(250);
  expect(Math.max(...gaps), JSON.stringify(gaps.filter((gap) => gap > 50))).toBeLessThan(work / 4);
});
