// Accessibility of every state: axe with the tags of WCAG 2.2 A and AA, in both colour schemes, and what axe cannot see.
//
// 1. Closed, gate, chat, menu, your data, choices, rights, errors: no violation, light and dark, also with a badly chosen accent.
// 2. A reply is announced once, when it is finished; so is what became of a message.
// 3. Languages: German where asked for; English marked as such on an Arabic page, which is mirrored.
// 4. Reduced motion: nothing moves. Forced colours: nothing disappears.
// 5. Targets are large enough, and nothing scrolls sideways on a narrow screen.

import { openAi } from "../support/admin.js";
import { ask, enter, open, openData, say, visit } from "../support/act.js";
import { expectAccessible } from "../support/check.js";
import { pattern } from "../support/find.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";

for (const colorScheme of ["light", "dark"]) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("every state passes", async ({ front, host, makeSite, page, provider }) => {
      test.slow(); // axe looks at a dozen states.
      const site = await makeSite({
        provider: openAi(provider),
        texts: [{ lang: "en", greeting: "Good day.", starters: ["What does delivery cost?"] }],
      });
      provider.reply(["## Delivery\n\n- *costs* **4.90**\n- `free` from 60\n\nSee [terms](https://shop.example/terms)."]);
      const chat = await visit(page, host.page({ edge: front.url, site: site.key, html: 'lang="en"' }));
      await test.step("closed", () => expectAccessible(page));
      await open(chat);
      await test.step("gate", () => expectAccessible(page));
      await chat.agree.click();
      await expect(chat.input).toBeVisible();
      await test.step("empty chat", () => expectAccessible(page));
      await chat.input.fill("I am jo@example.org");
      await expect(chat.chips).toHaveCount(1);
      await test.step("chips", () => expectAccessible(page));
      await chat.send.click();
      await expect(chat.lastReply).toContainText("4.90");
      await expect(chat.stop).toBeHidden();
      await test.step("answered", () => expectAccessible(page));
      await chat.menu.click();
      await expect(chat.menuItem(chat.words.your_data)).toBeVisible();
      await test.step("menu", () => expectAccessible(page));
      await chat.menuItem(chat.words.your_data).click();
      await expect(chat.button(chat.words.erase)).toBeVisible();
      await test.step("your data", () => expectAccessible(page));
      await chat.button(chat.words.erase).click();
      await test.step("erase?", () => expectAccessible(page));
      await chat.button(chat.words.erase_yes).click();
      await expect(chat.panel).toContainText(chat.words.receipt_title);
      await test.step("receipt", () => expectAccessible(page));
    });

    test("every state of choices and rights passes", async ({ arrive, front, page }) => {
      test.slow(); // axe looks at a dozen states.
      const chat = await arrive({ legal_bases: { improve: "legitimate_interest" }, consent_proof_days: 30 });
      await open(chat);
      await chat.decline.click();
      await open(chat);
      await expect(chat.question("declined_title")).toBeVisible();
      await test.step("declined", () => expectAccessible(page));
      await chat.button(chat.words.declined_change).click();
      await chat.purpose("improve").click();
      await chat.agree.click();
      await ask(chat, "Hello");
      const own = chat.messages("visitor").first();
      await chat.tool(own, "edit").click();
      await expect(chat.text("editing")).toBeVisible();
      await test.step("correcting", () => expectAccessible(page));
      await chat.input.fill("Hello, corrected");
      await chat.input.press("Enter");
      await expect(own).toContainText(chat.words.edited);
      await test.step("corrected", () => expectAccessible(page));
      await chat.tool(own, "remove").click();
      await expect(chat.question("remove_title")).toBeVisible();
      await test.step("remove?", () => expectAccessible(page));
      await chat.panel.locator(".ask").getByRole("button", { name: chat.words.remove }).click();
      await expect(chat.log.getByText(chat.words.removed)).toBeVisible();
      await test.step("removed", () => expectAccessible(page));
      await chat.tool(chat.lastReply, "review").click();
      await test.step("what should a person check?", () => expectAccessible(page));
      await chat.button(chat.words.review_other).click();
      await openData(chat);
      await expect(chat.text("review_asked").and(chat.panel.locator(".data *"))).toBeVisible();
      await chat.purpose("improve").click();
      await expect(chat.text("detail_objected").filter({ visible: true })).toHaveCount(1);
      await chat.switch("restrict").click();
      await expect(chat.switch("restrict")).toBeChecked();
      await test.step("objected and restricted", () => expectAccessible(page));
      await page.evaluate(() => window.sotto("consent", {}));
      await test.step("narrowed by the page", () => expectAccessible(page));
      front.refuse(/^\/v1\/consent$/);
      await chat.button(chat.words.withdraw_consent).click();
      await expect(chat.text("unrecorded")).toBeVisible();
      await test.step("taken back, and not passed on yet", () => expectAccessible(page));
      await chat.button(chat.words.cancel).click();
      await chat.button(chat.words.back).click();
      await expect(chat.text("withdrawn")).toBeVisible();
      await test.step("taken back", () => expectAccessible(page));
    });

    for (const accent of ["#ffff00", "#ffffff", "#000000", "#7f7f7f"]) {
      test(`the accent ${accent} is corrected`, async ({ arrive, page }) => {
        const chat = await arrive({ accent });
        await enter(chat);
        await ask(chat, "Hello");
        await expectAccessible(page);
      });
    }

    test("an error passes", async ({ arrive, page }) => {
      const chat = await arrive({ budget: { messages_per_minute: 1 } });
      await enter(chat);
      await ask(chat, "Hello");
      await say(chat, "Too fast");
      await expect(chat.text("rate_limited")).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test("a switch is described by what stands below it, and a question is a group of its name", async ({ arrive }) => {
  const chat = await arrive({ legal_bases: { improve: "legitimate_interest" } });
  await open(chat);
  const interest = pattern(chat.words.detail_interest);
  await expect(chat.purpose("improve")).toHaveAccessibleDescription(pattern(chat.words.detail_improve));
  await expect(chat.purpose("improve")).toHaveAccessibleDescription(interest);
  await expect(chat.purpose("analytics")).toHaveAccessibleDescription(chat.words.detail_analytics);
  await chat.purpose("improve").click();
  await chat.agree.click();
  await ask(chat, "Hello");
  await openData(chat);
  await expect(chat.purpose("improve")).not.toHaveAccessibleDescription(pattern(chat.words.detail_objected));
  await chat.purpose("improve").click();
  await expect(chat.purpose("improve")).toHaveAccessibleDescription(pattern(chat.words.detail_objected));
  await expect(chat.switch("restrict")).toHaveAccessibleDescription(chat.words.restrict_text);
  await chat.button(chat.words.erase).click();
  await expect(chat.panel.getByRole("group", { name: chat.words.erase_title })).toBeFocused();
});

test("the gate and “Your data” can be read from right to left", async ({ arrive, page }) => {
  const chat = await arrive();
  await open(chat);
  await chat.panel.evaluate((dialog) => dialog.setAttribute("dir", "rtl"));
  const check = async () => {
    const frame = await chat.panel.boundingBox();
    expect(await chat.panel.evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth)).toBe(true);
    for (const purpose of ["remember", "improve", "analytics"]) {
      const button = chat.purpose(purpose);
      const [at, label] = [await button.boundingBox(), await button.locator("xpath=preceding-sibling::span").boundingBox()];
      expect(at.x + at.width).toBeLessThanOrEqual(label.x + 1);
      expect(at.x).toBeGreaterThanOrEqual(frame.x);
      expect(label.x + label.width).toBeLessThanOrEqual(frame.x + frame.width);
    }
    await expectAccessible(page);
  };
  await test.step("the gate", check);
  await chat.agree.click();
  await ask(chat, "Hello");
  await openData(chat);
  await expect(chat.text("data_messages")).toBeVisible();
  await test.step("“Your data”", check);
});

test("a reply is announced once, when it is finished", async ({ arrive, page, provider }) => {
  const rest = gate();
  provider.reply(async function* () {
    yield "The beginning of it. ";
    yield "More of it. ";
    await rest.opened;
    yield "The end of it.";
  });
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  // What a screen reader hears: every change of a polite or assertive region that is not busy.
  await chat.host.evaluate((host) => {
    window.announced = [];
    const live = "[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], [role=log]:not([aria-live=off])";
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        const region = (target.nodeType === 3 ? target.parentElement : target)?.closest?.(live);
        if (!region || region.closest("[aria-busy=true]")) continue;
        for (const { textContent } of target.nodeType === 3 ? [target] : addedNodes) {
          if (textContent.trim()) window.announced.push(textContent);
        }
      }
    }).observe(host.shadowRoot, { subtree: true, childList: true, characterData: true });
  });
  await say(chat, "Hello");
  await expect(chat.lastReply).toContainText("The beginning of it.");
  expect((await page.evaluate(() => window.announced)).join("\n")).not.toContain("The beginning of it.");
  rest.open();
  await expect(chat.lastReply).toContainText("The end of it.");
  const whole = (text) => text.includes("The beginning of it.") && text.includes("The end of it.");
  const heard = async () => (await page.evaluate(() => window.announced)).filter(whole).length;
  await expect.poll(heard).toBe(1);
});

test("German is spoken where it is asked for", async ({ arrive, page }) => {
  const texts = [{ lang: "de", greeting: "Guten Tag", starters: ["Was kostet der Versand?"], contact_label: "Schreiben Sie uns" }];
  const chat = await arrive({ texts }, { html: 'lang="de-AT"', lang: "de" });
  await enter(chat);
  await expect(chat.log).toContainText("Guten Tag");
  await expect(chat.button("Was kostet der Versand?")).toBeVisible();
  await expectAccessible(page);
});

test("data-lang goes before the page's language", async ({ front, host, makeSite, page }) => {
  const tags = `<script async src="${front.url}/embed.js" data-site="${(await makeSite()).key}" data-lang="de"></script>`;
  const chat = await visit(page, host.page({ tags }), { lang: "de" });
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();
});

test("on an Arabic page it is mirrored, and says that its words are English", async ({ arrive, page }) => {
  const chat = await arrive({}, { html: 'lang="ar" dir="rtl"' });
  const { x, width } = await chat.launcher.boundingBox();
  expect(x + width).toBeLessThan(640);
  await enter(chat);
  const panel = await chat.panel.boundingBox();
  expect(panel.x + panel.width).toBeLessThan(640);
  expect(await chat.input.evaluate((input) => input.closest("[lang]")?.lang ?? input.getRootNode().host.lang)).toMatch(/^en/);
  await ask(chat, "مرحبا بكم");
  const words = chat.messages("visitor").getByText("مرحبا بكم");
  expect(await words.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
  await expectAccessible(page);
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing moves", async ({ arrive }) => {
    const chat = await arrive();
    await enter(chat);
    await say(chat, "Hello");
    const moving = () =>
      chat.host.evaluate(({ shadowRoot }) => {
        const runs = ({ playState, effect }) => playState === "running" && effect.getComputedTiming().duration > 1;
        return shadowRoot.getAnimations().filter(runs).length;
      });
    expect(await moving()).toBe(0);
    await expect(chat.messages("ai").last()).toBeVisible();
    expect(await moving()).toBe(0);
  });
});

test.describe("with forced colours", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("controls keep an outline", async ({ arrive }) => {
    const chat = await arrive();
    await enter(chat);
    for (const control of [chat.launcher, chat.send, chat.input]) {
      await expect(control).toBeVisible();
      const outlined = await control.evaluate((element) => {
        for (let node = element; node && node.localName !== "dialog"; node = node.parentElement) {
          const { borderTopWidth, borderTopStyle } = getComputedStyle(node);
          if (Number.parseFloat(borderTopWidth) > 0 && borderTopStyle !== "none") return true;
        }
        return false;
      });
      expect(outlined).toBe(true);
    }
  });
});

test("targets are large enough, and nothing scrolls sideways on a narrow screen", async ({ arrive, page, provider }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  provider.reply([`${"w".repeat(300)}\n\n\`\`\`\n${"x".repeat(300)}\n\`\`\`\n\nhttps://shop.example/${"y".repeat(200)}`]);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  await ask(chat, "v".repeat(300));
  for (const button of await chat.panel.getByRole("button").all()) {
    if (!(await button.isVisible())) continue;
    const { width, height } = await button.boundingBox();
    expect(Math.min(width, height), await button.innerText()).toBeGreaterThanOrEqual(24);
  }
  const wide = await chat.host.evaluate((host) => {
    const log = host.shadowRoot.querySelector("[role=log]");
    const dialog = host.shadowRoot.querySelector("dialog");
    return [log, dialog, document.documentElement].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).length;
  });
  expect(wide).toBe(0);
  await chat.tool(chat.lastReply, "review").click();
  await test.step("a question with many answers", () => expectFits(chat, ".ask"));
  await chat.button(chat.words.cancel).click();
  await openData(chat);
  await expect(chat.text("data_began")).toBeVisible();
  await expectAccessible(page);
  await test.step("your data", () => expectFits(chat, ".data"));
  for (const control of await chat.panel.locator(".data").getByRole("switch").all()) {
    const { width, height } = await control.boundingBox();
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
  }
});

/** Asserts that a part of the panel does not scroll sideways, nor stands out of it. */
const expectFits = async (chat, selector) =>
  expect(await chat.panel.locator(selector).evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0);
