// Everything can be done with a keyboard, on a desktop and on a phone.
//
// 1. Open, agree, write, send, stop, open the menu and close without a pointer; Esc gives the focus back.
// 2. So are a correction, a removal, a choice and a restriction; the focus is always somewhere sensible, after a failure too.
// 3. Enter sends, Shift+Enter breaks the line, Enter that ends a composition does neither.
// 4. On a desktop the panel is not modal: Tab leaves it. On a phone it is modal and fills the screen.

import { openAi } from "../support/admin.js";
import { enter, reach } from "../support/act.js";
import { expect, test } from "../support/test.js";

test("a conversation without a pointer", async ({ arrive, page, provider }) => {
  provider.reply(["An answer."]);
  const chat = await arrive({ provider: openAi(provider) });
  await reach(page, chat.launcher);
  await expect(chat.launcher).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Enter");
  await expect(chat.gateTitle).toBeVisible();
  await expect(chat.launcher).toHaveAttribute("aria-expanded", "true");
  await reach(page, chat.purpose("analytics"));
  await page.keyboard.press("Space");
  await expect(chat.purpose("analytics")).toBeChecked();
  await reach(page, chat.agree);
  await page.keyboard.press("Enter");
  await expect(chat.input).toBeFocused();
  await page.keyboard.type("First line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Second line");
  await expect(chat.input).toHaveValue("First line\nSecond line");
  await page.keyboard.press("Enter");
  await expect(chat.lastReply).toContainText("An answer.");
  expect((await provider.asked()).body.messages.at(-1).content).toContain("First line\nSecond line");
  await expect(chat.input).toHaveValue("");
  await expect(chat.input).toBeFocused();

  await reach(page, chat.menu, "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(chat.menuItem(chat.words.your_data)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chat.menuItem(chat.words.your_data)).toBeHidden();
  await expect(chat.menu).toBeFocused();
  await expect(chat.panel).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chat.panel).toBeHidden();
  await expect(chat.launcher).toBeFocused();
  await expect(chat.launcher).toHaveAttribute("aria-expanded", "false");
});

test("choices and rights without a pointer", async ({ arrive, page }) => {
  const chat = await arrive();
  await enter(chat);
  await page.keyboard.type("First words");
  await page.keyboard.press("Enter");
  await expect(chat.stop).toBeHidden();
  const own = chat.messages("visitor").first();
  await reach(page, chat.tool(own, "edit"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(chat.input).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Other words");
  await page.keyboard.press("Enter");
  await expect(own).toContainText("Other words");
  await expect(chat.input).toBeFocused();

  await reach(page, chat.tool(own, "remove"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(chat.question("remove_title")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(chat.question("remove_title")).toBeHidden();
  await expect(chat.input).toBeFocused();
  await reach(page, chat.tool(own, "remove"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab"); // From the question to its first answer.
  await page.keyboard.press("Enter");
  await expect(chat.log.getByText(chat.words.removed)).toBeVisible();
  await expect(chat.input).toBeFocused();

  await reach(page, chat.menu, "Shift+Tab");
  await page.keyboard.press("Enter");
  await reach(page, chat.menuItem(chat.words.your_data));
  await page.keyboard.press("Enter");
  await reach(page, chat.purpose("analytics"));
  await page.keyboard.press("Space");
  await expect(chat.purpose("analytics")).toBeChecked();
  await expect(chat.purpose("analytics")).toBeFocused();
  await reach(page, chat.switch("restrict"));
  await page.keyboard.press("Space");
  await expect(chat.switch("restrict")).toBeChecked();
  await expect(chat.switch("restrict")).toBeFocused();
  await reach(page, chat.button(chat.words.back), "Shift+Tab");
  await page.keyboard.press("Enter");
  await reach(page, chat.button(chat.words.restricted_lift));
  await page.keyboard.press("Enter");
  await expect(chat.input).toBeFocused();
});

test("what fails leaves the focus in the panel", async ({ arrive, front, page }) => {
  const chat = await arrive();
  await enter(chat, ["improve"]);
  const focused = chat.panel.locator(":focus");
  const press = async (button) => {
    await reach(page, button);
    await page.keyboard.press("Enter");
  };
  front.refuse(/^\/v1\/(conversation|erase|consent|sessions)/);
  await reach(page, chat.menu, "Shift+Tab");
  await page.keyboard.press("Enter");
  await press(chat.menuItem(chat.words.your_data));
  const again = chat.panel.locator(".data").getByRole("button", { name: chat.words.again });
  const asked = () => front.sent(/^\/v1\/conversation/).length;
  const before = asked();
  await press(again);
  await expect.poll(asked).toBeGreaterThan(before);
  await expect(again).toBeVisible();
  await expect(focused).toHaveCount(1);
  await press(chat.button(chat.words.erase));
  await press(chat.button(chat.words.erase_yes));
  await expect(chat.text("unreachable")).toBeVisible();
  await expect(focused).toHaveCount(1);
  await press(chat.button(chat.words.dismiss));
  await reach(page, chat.menu, "Shift+Tab");
  await page.keyboard.press("Enter");
  await press(chat.menuItem(chat.words.new_conversation));
  await press(chat.button(chat.words.new_yes));
  await expect(chat.text("unreachable")).toBeVisible();
  await expect(focused).toHaveCount(1);
  await press(chat.purpose("improve"));
  await expect(chat.text("unrecorded")).toBeVisible();
  await press(chat.trouble.getByRole("button", { name: chat.words.again }));
  await expect(focused).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(chat.panel).toBeHidden();
  await expect(chat.launcher).toBeFocused();
});

test("Enter that ends a composition does not send", async ({ arrive }) => {
  const chat = await arrive();
  await enter(chat);
  await chat.input.fill("にほん");
  await chat.input.dispatchEvent("keydown", { key: "Enter", isComposing: true, keyCode: 229, bubbles: true, cancelable: true });
  await expect(chat.input).toHaveValue("にほん");
  await expect(chat.messages("visitor")).toHaveCount(0);
  await chat.input.press("Enter");
  await expect(chat.messages("visitor")).toHaveCount(1);
});

test("on a desktop the panel is not modal", async ({ arrive, page }) => {
  const chat = await arrive();
  await enter(chat);
  await page.getByRole("link", { name: "A link" }).click();
  await expect(chat.panel).toBeVisible();
  const box = await chat.panel.boundingBox();
  expect(box.width).toBeLessThanOrEqual(400);
  expect(box.height).toBeLessThanOrEqual(640);
  // Esc belongs to the page while the focus is there.
  await page.getByRole("link", { name: "A link" }).focus();
  await page.keyboard.press("Escape");
  await expect(chat.panel).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the panel is modal, fills the screen and gives it back", async ({ arrive, page }) => {
    const chat = await arrive();
    await enter(chat);
    expect(await chat.panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    expect(await chat.panel.evaluate((dialog) => dialog.matches(":modal"))).toBe(true);
    await expect(chat.launcher).toBeHidden();
    expect(await chat.input.evaluate((input) => Number.parseFloat(getComputedStyle(input).fontSize))).toBeGreaterThanOrEqual(16);
    await chat.close.tap();
    await expect(chat.panel).toBeHidden();
    await expect(chat.launcher).toBeVisible();
    await page.getByRole("link", { name: "A link" }).tap();
    expect(new URL(page.url()).hash).toBe("#more");
  });
});
