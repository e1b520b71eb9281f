// What a visitor does, step by step.

import { expect } from "@playwright/test";
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
