// Promise 2: nothing before the visitor's own click, and nothing more than was agreed to.
//
// 1. The gate tells who, what, where, how long and who else; two buttons of equal weight; purposes off.
// 2. A click made by a script does not count; the visitor's does, once.
// 3. Declining closes, stores nothing, and is remembered for as long as the page lives, with a way back.
// 4. Global Privacy Control is shown and honoured; the page can narrow a choice and never widen it. choices.spec.js goes on with it.
// 5. What is remembered comes back after a reload, nothing else; a changed notice is asked about again.

import { openAi } from "../support/admin.js";
import { ask, changeNotice, enter, open, returnToChangedNotice, signalPrivacy, visit } from "../support/act.js";
import { kept, NOTHING } from "../support/check.js";
import { mints } from "../support/consent.js";
import { expect, test } from "../support/test.js";

const consentOf = (front) => JSON.parse(mints(front)[0].body).consent;

test("the gate tells the notice, and its buttons weigh the same", async ({ arrive, front, provider }) => {
  const chat = await arrive({ provider: openAi(provider), idle_seconds: 7200 });
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();
  await expect(chat.input).toBeHidden();
  for (const words of ["Lantern & Loom Ltd", "privacy@lantern.example", "2 hours", "Model Inc", "EU", "writes the answers", "30 days"]) {
    await expect(chat.panel).toContainText(words);
  }
  await expect(chat.text("gate_ai")).toBeVisible();
  for (const name of ["remember", "improve", "analytics"]) await expect(chat.purpose(name)).not.toBeChecked();
  const look = (button) =>
    button.evaluate((element) => {
      const { backgroundColor, color, fontSize, fontWeight, borderColor, borderWidth } = getComputedStyle(element);
      const { height } = element.getBoundingClientRect();
      return { backgroundColor, color, fontSize, fontWeight, borderColor, borderWidth, height };
    });
  expect(await look(chat.agree)).toEqual(await look(chat.decline));
  expect(mints(front)).toEqual([]);
});

test("only the visitor's own click agrees", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await page.evaluate(() => window.sotto("open"));
  await expect(chat.agree).toBeVisible();
  await chat.agree.evaluate((button) => {
    button.click();
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    button.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, composed: true }));
    button.form?.requestSubmit?.();
  });
  await page.evaluate(() => window.sotto("consent", { functional: true, analytics: true, marketing: true }));
  await expect(chat.gateTitle).toBeVisible();
  await expect(chat.purpose("analytics")).not.toBeChecked();
  expect(mints(front)).toEqual([]);
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
  await ask(chat, "Hello");
  expect(mints(front)).toHaveLength(1);
  expect(consentOf(front)).toMatchObject({ chat: true, purposes: { remember: false, improve: false, analytics: false }, gpc: false });
  expect(await chat.site.conversations()).toHaveLength(1);
});

test("purposes are given one by one", async ({ arrive, front }) => {
  const chat = await arrive({ purposes: { remember: true, analytics: true } });
  await open(chat);
  await expect(chat.purpose("improve")).toHaveCount(0);
  await chat.purpose("analytics").click();
  await expect(chat.purpose("analytics")).toBeChecked();
  await chat.purpose("remember").click();
  await chat.purpose("remember").click();
  await chat.agree.click();
  await ask(chat, "Hello");
  expect(consentOf(front).purposes).toEqual({ remember: false, improve: false, analytics: true });
});

test("declining closes, stores nothing and does not ask again by itself", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await open(chat);
  await chat.purpose("remember").click();
  await chat.decline.click();
  await expect(chat.panel).toBeHidden();
  await expect(chat.launcher).toBeFocused();
  expect(await kept(page)).toEqual(NOTHING);
  expect(mints(front)).toEqual([]);
  await open(chat);
  await expect(chat.question("declined_title")).toBeVisible();
  await expect(chat.gateTitle).toBeHidden();
  await expect(chat.agree).toBeHidden();
  await chat.button(chat.words.declined_change).click();
  await expect(chat.gateTitle).toBeVisible();
  await expect(chat.purpose("remember")).not.toBeChecked();
  await chat.decline.click();
  // A new page knows nothing of it: nothing may be stored.
  await page.reload();
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();
});

test("what was remembered before remembers that a new notice was declined", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  await returnToChangedNotice(chat, page);
  await chat.decline.click();
  await page.reload();
  await open(chat);
  await expect(chat.question("declined_title")).toBeVisible();
  // The earlier conversation is still there: nothing else is said of it, and it can be erased.
  await expect(chat.text("declined_earlier")).toBeVisible();
  await expect(chat.text("declined_text")).toBeHidden();
  await expect(chat.button(chat.words.erase)).toBeVisible();
  await chat.button(chat.words.declined_change).click();
  await chat.agree.click();
  await ask(chat, "Hello again");
  expect(mints(front)).toHaveLength(2);
});

test("the gate names data, time, recipients, proof and authority", async ({ arrive }) => {
  const chat = await arrive({
    consent_proof_days: 90,
    retention_seconds: 7 * 86_400,
    controller: { name: "Lantern & Loom Ltd", contact: "privacy@lantern.example", address: "1 High Street, Town", authority: "The Authority" },
  });
  await open(chat);
  for (const words of ["1 High Street, Town", "The Authority", "90 days", "7 days", "24 hours"]) await expect(chat.panel).toContainText(words);
  for (const name of ["remember", "improve", "analytics"]) await expect(chat.text(`detail_${name}`)).toBeVisible();
});

test("Global Privacy Control is shown, and switches review and statistics off", async ({ arrive, front, page }) => {
  await signalPrivacy(page);
  const chat = await arrive();
  await open(chat);
  await expect(chat.text("gate_gpc")).toBeVisible();
  await expect(chat.purpose("improve")).toBeDisabled();
  await expect(chat.purpose("analytics")).toBeDisabled();
  await chat.purpose("remember").click();
  await chat.agree.click();
  await ask(chat, "Hello");
  expect(consentOf(front)).toMatchObject({ gpc: true, purposes: { remember: true, improve: false, analytics: false } });
});

test("the page can narrow a choice, never widen it", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await page.evaluate(() => window.sotto("consent", { functional: false, analytics: false, marketing: false }));
  await open(chat);
  for (const name of ["remember", "analytics"]) {
    await expect(chat.purpose(name)).toBeDisabled();
    await expect(chat.purpose(name)).not.toBeChecked();
  }
  await expect(chat.text("gate_by_page").first()).toBeVisible();
  await page.evaluate(() => window.sotto("consent", { functional: true, analytics: true, marketing: true }));
  await expect(chat.purpose("analytics")).not.toBeChecked();
  await expect(chat.purpose("analytics")).toBeEnabled();
  await chat.purpose("analytics").click();
  await chat.agree.click();
  await ask(chat, "Hello");
  const host = { functional: true, analytics: true, marketing: true };
  expect(consentOf(front)).toMatchObject({ purposes: { analytics: true }, source: { kind: "widget", host } });
  expect(consentOf(front).shown_seconds).toBeGreaterThanOrEqual(0);
});

test("a reload brings back only what the visitor chose to have remembered", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  await site.putDocument("lamps.md", "# Lamps\n\nThe colour of the lamp is blue.");
  const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
  await enter(chat);
  await ask(chat, "Which colour has the lamp?");
  expect(await kept(page)).toEqual(NOTHING);
  await page.reload();
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();

  await chat.purpose("remember").click();
  await chat.agree.click();
  await ask(chat, "I am jo@example.org. Which colour has the lamp?");
  const { session, ...others } = await kept(page);
  expect(session).toHaveLength(1);
  expect({ ...others, session: [] }).toEqual(NOTHING);
  await page.reload();
  expect(front.sent(/^\/v1\/conversation$/)).toEqual([]);
  await open(chat);
  await expect(chat.messages("visitor")).toContainText("jo@example.org");
  await expect(chat.lastReply).toContainText("The colour of the lamp is blue.");
  await chat.input.fill("And ann@example.org?");
  await expect(chat.chips).toContainText("[EMAIL_2]"); // Numbers are never given twice.
});

test("a changed notice is asked about again", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  await returnToChangedNotice(chat, page);
  await expect(chat.panel).toContainText("Index Ltd");
  await expect(chat.input).toBeHidden();
  await chat.agree.click();
  await ask(chat, "Hello again");
  expect(mints(front)).toHaveLength(2);
});

test("a notice that changes while the gate is open is asked about again", async ({ arrive }) => {
  const chat = await arrive();
  await open(chat);
  await changeNotice(chat);
  await chat.agree.click();
  await expect(chat.panel).toContainText("Index Ltd");
  await expect(chat.text("gate_changed")).toBeVisible();
  await expect(chat.input).toBeHidden();
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
});

test("a notice that changes in mid-conversation ends it until it is asked about, and keeps what was typed", async ({ arrive }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await changeNotice(chat);
  await chat.input.fill("And now?");
  await chat.input.press("Enter");
  await expect(chat.text("gate_changed")).toBeVisible();
  await expect(chat.panel).toContainText("Index Ltd");
  await expect(chat.input).toBeHidden();
  await chat.agree.click();
  await expect(chat.input).toHaveValue("And now?");
});
