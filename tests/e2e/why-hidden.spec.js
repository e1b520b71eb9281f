// "Why is this hidden?": the composer says of each value what it is and how that was seen.
//
// 1. With the keyboard alone, in the visitor's language, for every way of recognising; nothing of it is on the wire.
// 2. It can be read: by a screen reader, in both colour schemes, on a narrow screen, from right to left.
// 3. The gate says what is hidden, and what the site has switched off.
// 4. However much is pasted, typing goes on.

import { openAi } from "../support/admin.js";
import { enter, open, reach } from "../support/act.js";
import { expectAccessible, expectReadable } from "../support/check.js";
import { expect, test } from "../support/test.js";

const MESSAGE = "Write to jo.doe@private.example, pay from DE89 3704 0044 0532 0130 00, call 0171 234 5678, my passport is C01X00T47.";

/** The chips of MESSAGE: placeholder, kind, how it was seen. */
const MARKS = [
  ["[EMAIL_1]", "email", "structure"],
  ["[IBAN_1]", "iban", "check_digit"],
  ["[PHONE_1]", "phone", "grouping"],
  ["[PASSPORT_1]", "passport", "cue"],
];

for (const lang of ["en", "de"]) {
  test(`each value says what it is and how that was seen (${lang})`, async ({ arrive, front, page }) => {
    const chat = await arrive({}, { html: `lang="${lang}"`, lang });
    await enter(chat);
    await chat.input.fill(MESSAGE);
    await expect(chat.chips).toHaveCount(MARKS.length);
    await expect(chat.why).toHaveAttribute("aria-expanded", "false");
    await expect(chat.chips.first()).not.toContainText(chat.words.kind_email);

    await chat.input.focus();
    await reach(page, chat.why, "Shift+Tab", 4);
    await page.keyboard.press("Enter");
    await expect(chat.why).toBeFocused();
    await expect(chat.why).toHaveAttribute("aria-expanded", "true");
    for (const [n, [placeholder, kind, reason]] of MARKS.entries()) {
      await expect(chat.chips.nth(n)).toContainText(placeholder);
      await expect(chat.chips.nth(n)).toContainText(chat.reason(reason, kind));
    }

    // It stays while the visitor goes on typing, and ends with the message.
    await chat.input.pressSequentially(" Thanks");
    await expect(chat.chips.nth(1)).toContainText(chat.reason("check_digit", "iban"));
    await reach(page, chat.why, "Shift+Tab", 4);
    await page.keyboard.press("Space");
    await expect(chat.chips.nth(1)).not.toContainText(chat.words.kind_iban);
    await page.keyboard.press("Space");
    await chat.send.click();
    await expect(chat.chips).toHaveCount(0);
    await chat.input.fill("And jo.doe@private.example");
    await expect(chat.why).toHaveAttribute("aria-expanded", "false");
    expect(JSON.stringify(front.requests)).not.toMatch(/jo\.doe|private\.example|3704|234 5678|C01X00T47/);
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 320]) {
    test(`it can be read (${colorScheme}, ${width} wide)`, async ({ arrive, page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const chat = await arrive();
      await enter(chat);
      await chat.input.fill(MESSAGE);
      await chat.why.click();
      await expectReadable(chat.panel.getByText(chat.reason("structure", "email")));
      await expectReadable(chat.why);
      await expectAccessible(page);
      for (const direction of ["ltr", "rtl"]) {
        const { wide, tall, field } = await chat.panel.evaluate((dialog, dir) => {
          dialog.dir = dir;
          const list = dialog.querySelector(".hidden ul");
          return {
            wide: [dialog, list].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).length,
            tall: list.clientHeight,
            field: dialog.querySelector("textarea").getBoundingClientRect().bottom,
          };
        }, direction);
        expect(wide, direction).toBe(0);
        expect(tall).toBeLessThan(200);
        expect(field).toBeLessThan(800);
      }
      // However little is left, the field and the disclosure stay.
      await page.setViewportSize({ width, height: 420 });
      await chat.button(chat.words.show_sent).click();
      await expectReadable(chat.disclosures.last());
      await expect(chat.input).toBeInViewport({ ratio: 0.95 });
      await chat.button(chat.words.hide_sent).click();
      await page.setViewportSize({ width, height: 800 });
      // More than fits is scrolled to by the keyboard.
      await chat.input.fill(`${MESSAGE} `.repeat(20));
      const list = chat.panel.getByRole("list", { name: chat.words.hidden_label });
      await expect(list.getByRole("listitem")).toHaveCount(80);
      await chat.input.focus();
      await reach(page, list, "Shift+Tab", 5);
      await page.keyboard.press("End");
      await expect(list.getByRole("listitem").last()).toBeInViewport();
      await expect(chat.input).toBeInViewport({ ratio: 0.95 });
      await expectAccessible(page);
    });
  }
}

test("the gate says what is hidden, and what this site does not hide", async ({ arrive }) => {
  const chat = await arrive({ scrub: { off: ["PHONE", "TAX_ID"], patterns: [] } });
  await open(chat);
  await expect(chat.text("gate_hidden")).toBeVisible();
  await expect(chat.panel).toContainText("Not hidden on this website: phone number, tax number");
});

test("the gate says nothing of what no site has switched off", async ({ arrive }) => {
  const chat = await arrive();
  await open(chat);
  await expect(chat.text("gate_hidden")).toBeVisible();
  await expect(chat.text("gate_shown")).toBeHidden();
});

/** Hostile texts: each is the worst for another part of the search. */
const HOSTILE = {
  "words that announce a value": "password is password is PIN: call me ",
  "digits and separators": "4111-1111 1111.1111/030 90182-",
  "values side by side": "a@b.cc ",
  "signs that open something": "[=[[<<@:-----BEGIN ",
  "disguises": "j\u200bo (at) ｅｘａｍｐｌｅ [dot] com٤٢ ",
};

/** The middle one of several waits from a key pressed in a field until the browser has drawn it, in milliseconds. */
const waitForKey = (field) =>
  field.evaluate(async (area) => {
    const waits = [];
    for (let n = 0; n < 7; n += 1) {
      const begun = performance.now();
      area.setRangeText("x", area.value.length, area.value.length, "end");
      area.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      waits.push(performance.now() - begun);
    }
    return waits.sort((a, b) => a - b)[3];
  });

for (const [what, piece] of Object.entries(HOSTILE)) {
  test(`typing goes on in a long paste of ${what}`, async ({ arrive, page, provider }) => {
    const body = '<textarea id="plain" rows="5" style="font: 16px/1.5 sans-serif; width: 350px"></textarea>';
    const chat = await arrive({ provider: openAi(provider) }, { body });
    await enter(chat);
    for (const size of [4_000, 15_900, 200_000]) {
      const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
      const [plain, ours] = [page.locator("#plain"), chat.input];
      for (const field of [plain, ours]) await field.fill(text);
      // Against a text field of the page's own, since a machine may be slow or busy.
      const [least, wait] = [await waitForKey(plain), await waitForKey(ours)];
      await plain.fill("");
      expect(wait, `${size} characters, ${least} ms in a plain field`).toBeLessThan(4 * least + 100);
    }
    await expect(chat.text("characters_over")).toBeVisible();
    await expect(chat.chips).toHaveCount(0);
    await chat.input.press("Enter");
    await expect(chat.messages("visitor")).toHaveCount(0);
    expect(provider.requests).toEqual([]);
  });
}
