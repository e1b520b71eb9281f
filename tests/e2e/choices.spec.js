// What was agreed to is changed as easily as it was given, takes effect at once and in full, and is on record.
//
// 1. “Your data” has the same switches as the gate, each one click; the edge's copy says what holds; the receipt can be saved.
// 2. Taking back clears the device in the same step, before any call; the call is repeated, and nothing is sent meanwhile.
// 3. What cannot be recorded is not given.
// 4. Taking back the chat ends the conversation and offers to erase it; switching off an interest of the operator's is an objection.
// 5. The host page's own banner narrows, at any time and never widens; before it reports anything it has no say.
// 6. A duplicated tab leaves the conversation with the tab that holds it.

import { readFile } from "node:fs/promises";
import { openAi } from "../support/admin.js";
import { ask, enter, erase, open, openData, runOut, say, takeBackUnheard, visit, withdraw } from "../support/act.js";
import { kept, NOTHING } from "../support/check.js";
import { changes, chats, CONSENT, stored } from "../support/consent.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";

/** Notes, when a click has been heard by everybody, how much the tab keeps: what was cleared in the same step is gone by then. */
const noteKept = (page) =>
  page.evaluate(() => {
    window.keptAfterClick = [];
    document.addEventListener("click", () => window.keptAfterClick.push(sessionStorage.length));
  });

const size = (button) => button.evaluate((element) => (({ width, height }) => [width, height])(element.getBoundingClientRect()));

test("each purpose is given and taken back by one click of the same switch", async ({ address, arrive, edge, front, host }) => {
  const chat = await arrive();
  await open(chat);
  const atTheGate = await size(chat.purpose("analytics"));
  await chat.agree.click();
  await ask(chat, "Hello");
  await openData(chat);
  await expect(chat.purpose("analytics")).not.toBeChecked();
  expect(await size(chat.purpose("analytics"))).toEqual(atTheGate);

  await chat.purpose("analytics").click();
  await expect(chat.purpose("analytics")).toBeChecked();
  await expect.poll(() => changes(front).length).toBe(1);
  expect(changes(front)[0]).toMatchObject({
    chat: true,
    purposes: { remember: false, improve: false, analytics: true },
    source: { kind: "widget", version: "0.1.0" },
  });
  expect(changes(front)[0].source.host).toBeUndefined();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.analytics).toBe(true);

  await chat.purpose("analytics").click();
  await expect(chat.purpose("analytics")).not.toBeChecked();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.analytics).toBe(false);
  await expect(chat.purpose("analytics")).toBeFocused();
});

test("only the visitor's own click changes a choice", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat);
  await openData(chat);
  for (const control of [chat.purpose("improve"), chat.button(chat.words.withdraw_consent)]) {
    await control.evaluate((button) => button.click());
  }
  await expect(chat.purpose("improve")).not.toBeChecked();
  await expect(chat.question("withdrawn_title")).toBeHidden();
  await chat.button(chat.words.back).click();
  await ask(chat, "Hello"); // What the clicks had sent would have gone before.
  expect(front.sent(CONSENT)).toEqual([]);
});

test("the receipt of what holds can be saved, and is one that the edge signed", async ({ arrive, edge, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await openData(chat);
  const save = async () => {
    const download = page.waitForEvent("download");
    await chat.button(chat.words.consent_save).click();
    return readFile(await (await download).path(), "utf8");
  };
  const first = await save();
  expect(JSON.parse(first)).toMatchObject({ kind: "consent_receipt", purposes: { improve: true } });
  await chat.purpose("improve").click();
  await expect.poll(() => changes(front).length).toBe(1);
  let second = first;
  await expect.poll(async () => (second = await save()), { timeout: 20_000 }).not.toBe(first);
  expect(JSON.parse(second)).toMatchObject({ kind: "consent_receipt", purposes: { improve: false } });
  for (const receipt of [first, second]) {
    const response = await edge.call("POST", "/v1/receipts/verify", { origin: host.origin, json: JSON.parse(receipt) });
    expect(await response.json()).toMatchObject({ valid: true });
  }
});

test("taking remember back clears the device in the same step, before the call, which is repeated", async ({ address, arrive, edge, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "I am jo@example.org");
  expect((await kept(page)).session).toHaveLength(1);
  await openData(chat);
  await noteKept(page);
  front.refuse(CONSENT);
  await chat.purpose("remember").click();
  expect(await page.evaluate(() => window.keptAfterClick)).toEqual([0]);
  await expect(chat.purpose("remember")).not.toBeChecked();
  await expect(chat.text("unrecorded")).toBeVisible();
  expect((await stored(edge, front, host, address)).purposes.remember).toBe(true);
  front.admit();
  await expect(chat.text("unrecorded")).toBeHidden();
  await expect.poll(async () => (await stored(edge, front, host, address)).purposes.remember).toBe(false);
  // Nothing is kept again by what goes on, and what this window shows stays.
  await chat.button(chat.words.back).click();
  await ask(chat, "And ann@example.org");
  await expect(chat.messages("visitor").first()).toContainText("jo@example.org");
  expect(await kept(page)).toEqual(NOTHING);
  await page.reload();
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();
});

test("nothing is sent before what was taken back is on record", async ({ arrive, front, page }) => {
  await page.clock.install();
  const chat = await arrive();
  await enter(chat, ["improve"]);
  await ask(chat, "Hello");
  await openData(chat);
  await takeBackUnheard(chat, front);
  await chat.button(chat.words.back).click();
  await say(chat, "And now?");
  await expect(chat.text("unrecorded")).toBeVisible();
  await expect(chat.input).toHaveValue("And now?");
  // The tries lie apart by seconds, and end.
  await runOut(page, () => front.sent(CONSENT).length);
  expect(chats(front)).toHaveLength(1);
  await openData(chat);
  await expect(chat.purpose("improve")).not.toBeChecked();
  await chat.button(chat.words.back).click();

  front.admit();
  await say(chat, "And now?");
  await expect(async () => {
    if ((await chat.input.inputValue()) !== "") await chat.send.click();
    await expect(chat.messages("visitor")).toHaveCount(2, { timeout: 500 });
  }).toPass();
  await expect.poll(() => chats(front).length).toBe(2);
  const sent = front.sent(/^\/v1\/(chat|consent)$/).filter(({ method }) => method !== "OPTIONS");
  expect(sent.slice(-2).map(({ method, path }) => `${method} ${path}`)).toEqual(["PUT /v1/consent", "POST /v1/chat"]);
  expect(changes(front).at(-1).purposes.improve).toBe(false);
});

test("what cannot be recorded is not given", async ({ arrive, front, page }) => {
  await page.clock.install();
  const chat = await arrive();
  await enter(chat);
  await openData(chat);
  front.refuse(CONSENT);
  await chat.purpose("remember").click();
  await expect(async () => {
    await page.clock.fastForward(8_000);
    await expect(chat.text("unreachable")).toBeVisible({ timeout: 100 });
  }).toPass();
  await expect(chat.purpose("remember")).not.toBeChecked();
  expect(await kept(page)).toEqual(NOTHING);
  front.admit();
  await chat.purpose("remember").click();
  await expect.poll(async () => (await kept(page)).session.length).toBe(1);
});

test("taking back the chat ends it at once, with a reply under way, and offers to erase", async ({ arrive, front, page, provider }) => {
  const rest = gate();
  provider.reply(async function* () {
    yield "As far as it came. ";
    yield "And further. ";
    await rest.opened;
    yield "Never seen.";
  });
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember", "analytics"]);
  await say(chat, "Hello");
  await expect(chat.lastReply).toContainText("As far as it came.");
  await openData(chat);
  await noteKept(page);
  await chat.button(chat.words.withdraw_consent).click();
  expect(await page.evaluate(() => window.keptAfterClick)).toEqual([0]);
  await expect(chat.question("withdrawn_title")).toBeVisible();
  await expect.poll(() => changes(front).at(-1)).toMatchObject({ chat: false });
  await expect(chat.purpose("analytics")).not.toBeChecked();
  await expect(chat.button(chat.words.withdraw_consent)).toBeHidden();

  await chat.button(chat.words.cancel).click();
  await chat.button(chat.words.back).click();
  await expect(chat.text("withdrawn")).toBeVisible();
  await expect(chat.input).toBeHidden();
  rest.open();
  await expect(chat.log).not.toContainText("Never seen.");
  await erase(chat);
  await chat.button(chat.words.new_conversation).click();
  await expect(chat.gateTitle).toBeVisible();
  await expect(chat.text("withdrawn")).toBeHidden();
});

test("who took the chat back is asked again before another conversation", async ({ arrive, front }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await openData(chat);
  await withdraw(chat);
  await expect.poll(() => changes(front).length).toBe(1);
  await chat.button(chat.words.new_conversation).click();
  await expect(chat.gateTitle).toBeVisible();
  await chat.agree.click();
  await ask(chat, "Hello again");
  await expect(chat.messages("visitor")).toHaveCount(1);
});

test("the words follow what each purpose rests on, and switching off an interest is an objection", async ({ arrive, front }) => {
  const chat = await arrive({ legal_basis: "contract", legal_bases: { improve: "legitimate_interest" } });
  await open(chat);
  await expect(chat.text("gate_what_contract")).toBeVisible();
  await expect(chat.button(chat.words.agree_contract)).toBeVisible();
  await expect(chat.button(chat.words.agree)).toHaveCount(0);
  await expect(chat.text("detail_interest")).toHaveCount(1);
  await expect(chat.purpose("improve")).not.toBeChecked();
  await chat.purpose("improve").click();
  await chat.agree.click();
  await ask(chat, "Hello");
  await openData(chat);
  await expect(chat.button(chat.words.withdraw_contract)).toBeVisible();
  await chat.purpose("improve").click();
  await expect(chat.text("detail_objected").filter({ visible: true })).toHaveCount(1);
  await expect.poll(() => changes(front)[0]?.objections).toEqual({ remember: false, improve: true, analytics: false });
  await chat.button(chat.words.back).click();
  await openData(chat);
  await expect(chat.text("detail_objected").filter({ visible: true })).toHaveCount(1);
  await withdraw(chat, chat.words.withdraw_contract);
  await expect(chat.text("withdrawn")).toBeVisible();
  await expect(chat.panel).not.toContainText(/agree/i);
});

test("where the chat rests on a contract, a notice that changed is not asked about as an agreement", async ({ arrive }) => {
  const chat = await arrive({ legal_basis: "contract" });
  await enter(chat);
  await ask(chat, "Hello");
  await chat.site.change({ idle_seconds: 3601 });
  await say(chat, "And now?");
  await expect(chat.text("gate_changed")).toBeVisible();
  await expect(chat.text("gate_changed")).not.toContainText(/agree/i);
  await chat.button(chat.words.agree_contract).click();
  await expect(chat.input).toHaveValue("And now?");
});

test("the host page's banner narrows a running conversation at once, and gives nothing back", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember", "improve", "analytics"]);
  await ask(chat, "Hello");
  expect((await kept(page)).session).toHaveLength(1);
  const left = await page.evaluate(() => {
    window.sotto("consent", { functional: false, analytics: true });
    return sessionStorage.length;
  });
  expect(left).toBe(0);
  await expect.poll(() => changes(front).length).toBe(1);
  expect(changes(front)[0]).toMatchObject({
    chat: true,
    purposes: { remember: false, improve: true, analytics: true },
    source: { kind: "host", host: { functional: false, analytics: true, marketing: false } },
  });
  // What it does not say any more is denied.
  await page.evaluate(() => window.sotto("consent", {}));
  await expect.poll(() => changes(front).at(-1).purposes).toEqual({ remember: false, improve: true, analytics: false });
  await openData(chat);
  await expect(chat.purpose("remember")).toBeDisabled();
  await expect(chat.text("gate_by_page").filter({ visible: true })).toHaveCount(1);
  const before = changes(front).length;
  await page.evaluate(() => window.sotto("consent", { functional: true, analytics: true, marketing: true }));
  await expect(chat.purpose("remember")).toBeEnabled();
  await expect(chat.purpose("remember")).not.toBeChecked();
  await expect(chat.purpose("analytics")).not.toBeChecked();
  await chat.button(chat.words.back).click();
  await ask(chat, "And now?"); // What the report had sent would have gone before.
  expect(changes(front)).toHaveLength(before);
  expect((await kept(page)).session).toEqual([]);
});

test("a banner that reports before the chat is opened narrows what was remembered", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  await page.reload();
  await page.evaluate(() => window.sotto("consent", { functional: false }));
  await open(chat);
  // The visitor's conversation is still here, for this page alone.
  await expect(chat.messages("visitor")).toContainText("Hello");
  expect(await kept(page)).toEqual(NOTHING);
  await expect.poll(() => changes(front)[0]).toMatchObject({ purposes: { remember: false }, source: { kind: "host" } });
});

test("a duplicated tab leaves the conversation where it is", async ({ arrive, context, front, host, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  const copied = await page.evaluate(() => Object.entries(sessionStorage));
  const second = await context.newPage();
  await second.addInitScript((entries) => {
    if (!sessionStorage.length) for (const [key, value] of entries) sessionStorage.setItem(key, value);
  }, copied);
  const other = await visit(second, host.page({ edge: front.url, site: chat.site.key }));
  await open(other);
  await expect(other.text("gate_elsewhere")).toBeVisible();
  await expect(other.input).toBeHidden();
  expect(await second.evaluate(() => sessionStorage.length)).toBe(0);
  // The first one goes on, and gives it free when it goes.
  await ask(chat, "Hello again");
  await expect(chat.messages("visitor")).toHaveCount(2);
  await page.reload();
  await open(chat);
  await expect(chat.messages("visitor")).toHaveCount(2);
});
