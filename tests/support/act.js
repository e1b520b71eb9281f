// What a visitor does, step by step.

import { expect } from "@playwright/test";
import { CONSENT } from "./consent.js";
import { Chat } from "./find.js";

/** Goes to a page and finds its chat. */
export async function visit(page, url, options) {
  await page.goto(url);
  const chat = new Chat(page, options);
  await expect(chat.launcher).toBeVisible();
  return chat;
}

/** Opens the panel. */
export async function open(chat) {
  await chat.launcher.click();
  await expect(chat.panel).toBeVisible({ timeout: 20_000 }); // The first time, the program is fetched and compiled.
}

/** Opens the panel and agrees, with optional purposes if any are named. */
export async function enter(chat, purposes = []) {
  await open(chat);
  for (const purpose of purposes) await chat.purpose(purpose).click();
  await chat.agree.click();
  await expect(chat.input).toBeVisible();
}

/** Presses Tab (or another key) until an element has the focus; fails when `most` were not enough. */
export async function reach(page, locator, key = "Tab", most = 25) {
  for (let n = 0; n < most; n += 1) {
    if (await locator.evaluate((element) => element.getRootNode().activeElement === element)) return;
    await page.keyboard.press(key);
  }
  await expect(locator).toBeFocused();
}

/** Sends a message. */
export async function say(chat, text) {
  await chat.input.fill(text);
  await chat.send.click();
}

/** Sends a message and waits for the whole reply. */
export async function ask(chat, text) {
  await expect(chat.input).toBeVisible(); // The log is hidden behind the gate until then, and its greeting counts.
  const before = await chat.messages("ai").count();
  await say(chat, text);
  await expect(chat.messages("ai")).toHaveCount(before + 1);
  await expect(chat.stop).toBeHidden();
  return chat.lastReply;
}

/** Opens the menu's “Your data”. */
export async function openData(chat) {
  await chat.menu.click();
  await chat.menuItem(chat.words.your_data).click();
}

/** Begins another conversation from the menu, and confirms that the one on the screen is left. */
export async function startNew(chat) {
  await chat.menu.click();
  await chat.menuItem(chat.words.new_conversation).click();
  await chat.button(chat.words.new_yes).click();
}

/** In “Your data”, takes the chat back, does not erase, and goes back to the messages. */
export async function withdraw(chat, words = chat.words.withdraw_consent) {
  await chat.button(words).click();
  await chat.button(chat.words.cancel).click();
  await chat.button(chat.words.back).click();
}

/** In “Your data”, takes `improve` back while the edge cannot hear of it. */
export async function takeBackUnheard(chat, front) {
  front.refuse(CONSENT);
  await chat.purpose("improve").click();
  await expect(chat.text("unrecorded")).toBeVisible();
}

/** Erases the conversation from where that is offered, and sees the receipt. */
export async function erase(chat) {
  await chat.button(chat.words.erase).click();
  await chat.button(chat.words.erase_yes).click();
  await expect(chat.panel).toContainText(chat.words.receipt_title);
}

/** Gives the site another notice: one more recipient, Index Ltd. */
export const changeNotice = (chat) => chat.site.change({ recipients: [{ name: "Index Ltd", role: "searches", place: "EU" }] });

/** Comes back to the page after the notice has changed, and is told so. */
export async function returnToChangedNotice(chat, page) {
  await changeNotice(chat);
  // The settings may be cached for a minute, which the test does not wait for.
  await (await page.context().newCDPSession(page)).send("Network.clearBrowserCache");
  await page.reload();
  await open(chat);
  await expect(chat.text("gate_changed")).toBeVisible();
}

/** Has the browser send Global Privacy Control from the next page on. */
export const signalPrivacy = (page) => page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));

/** Lets the tries of a call that fails run out, by the page's own clock: until laps that are longer than any wait bring none. */
export async function runOut(page, count) {
  let before = count();
  let steady = 0;
  await expect(async () => {
    await page.clock.fastForward(10_000);
    await page.evaluate(() => fetch(location.href)); // What the lap began has left the browser.
    steady = count() === before ? steady + 1 : 0;
    before = count();
    expect(steady).toBeGreaterThanOrEqual(4);
  }).toPass({ intervals: [100], timeout: 20_000 });
}
