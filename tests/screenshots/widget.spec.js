// A picture of each state of the widget: on a desktop in light and dark, on a phone, and in each error state.

import { readdir, readFile } from "node:fs/promises";
import { openAi } from "../support/admin.js";
import { ask, enter, open, openData, say, visit } from "../support/act.js";
import { problem } from "../support/front.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";

const FOLDER = new URL("../../target/screenshots/", import.meta.url).pathname;
const DEMO = new URL("../../www/demo/", import.meta.url);

const ANSWER = `Parts arrive within Germany in **2 to 4 working days**:

- up to €60, shipping costs €4.90
- from €60 it is *free*

Your order goes to [EMAIL_1]. See [the terms](https://tidewheel.example/terms) for more.`;

const FORMS = {
  light: { viewport: { width: 1100, height: 760 }, colorScheme: "light" },
  dark: { viewport: { width: 1100, height: 760 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  "phone-dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark", isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

/** The demo page with its own settings; `settings` go over them. */
async function demo({ edge, page, workspace }, settings = {}, lang = "en") {
  const own = JSON.parse(await readFile(new URL("site.json", DEMO), "utf8"));
  const site = await workspace.createSite({ ...own, origins: [edge.url], ...settings });
  for (const name of await readdir(new URL("documents/", DEMO))) {
    await site.putDocument(name, await readFile(new URL(`documents/${name}`, DEMO), "utf8"));
  }
  return visit(page, `${edge.url}/demo/?site=${site.key}&lang=${lang}`, { lang });
}

/** Answers the next request to a path with a problem. */
const answerOnce = (page, path, status, code, more) =>
  page.route(`**${path}`, (route) => route.fulfill({ status, json: problem(status, code, more) }), { times: 1 });

for (const [form, options] of Object.entries(FORMS)) {
  test.describe(form, () => {
    test.use(options);
    const shoot = (page, name) => page.screenshot({ path: `${FOLDER}${form}-${name}.png` });

    test("the way of a conversation", async ({ edge, page, provider, workspace }) => {
      const rest = gate();
      provider.reply(async function* () {
        yield ANSWER.slice(0, 90);
        yield ANSWER.slice(90, 140);
        await rest.opened;
        yield ANSWER.slice(140);
      });
      const chat = await demo({ edge, page, workspace }, { provider: openAi(provider) });
      await shoot(page, "1-closed");
      await open(chat);
      await shoot(page, "2-gate");
      await chat.decline.scrollIntoViewIfNeeded();
      await shoot(page, "2-gate-end");
      await chat.agree.click();
      await expect(chat.input).toBeVisible();
      await shoot(page, "3-empty");
      await chat.input.fill("I am jo.doe@example.org, please call +49 30 901820. How long does delivery take?");
      await chat.button(chat.words.show_sent).click();
      await shoot(page, "4-chips");
      await chat.why.click();
      await shoot(page, "4-why");
      await chat.send.click();
      await expect(chat.lastReply).toContainText("Parts arrive"); // Numbers wait for what may name them.
      await shoot(page, "5-mid-reply");
      rest.open();
      await expect(chat.stop).toBeHidden();
      await shoot(page, "6-answered");
      await chat.menu.click();
      await shoot(page, "7-menu");
      await chat.menuItem(chat.words.new_conversation).click();
      await shoot(page, "7-new");
      await chat.button(chat.words.cancel).click();
      await openData(chat);
      await expect(chat.text("data_messages")).toBeVisible();
      await shoot(page, "8-your-data");
      await chat.button(chat.words.erase).click();
      await shoot(page, "8-erase");
      await chat.button(chat.words.erase_yes).click();
      await expect(chat.panel).toContainText(chat.words.receipt_title);
      await shoot(page, "9-receipt");
    });

    test("choices and rights", async ({ edge, page, provider, workspace }) => {
      provider.reply([ANSWER]);
      const chat = await demo({ edge, page, workspace }, {
        provider: openAi(provider),
        legal_bases: { improve: "legitimate_interest" },
        purposes: { remember: true, improve: true, analytics: true },
        consent_proof_days: 90,
      });
      await open(chat);
      await shoot(page, "a-gate-purposes");
      await chat.purpose("analytics").scrollIntoViewIfNeeded();
      await shoot(page, "a-gate-switches");
      await chat.decline.click();
      await open(chat);
      await shoot(page, "a-declined");
      await chat.button(chat.words.declined_change).click();
      await chat.purpose("improve").click();
      await chat.purpose("remember").click();
      await chat.agree.click();
      await ask(chat, "I am jo.doe@example.org. How long does delivery take?");
      const own = chat.messages("visitor").first();
      await own.hover();
      await shoot(page, "b-tools");
      await chat.tool(own, "edit").click();
      await shoot(page, "b-correcting");
      await chat.input.press("Enter");
      await expect(chat.text("editing")).toBeHidden();
      await ask(chat, "And what does it cost?");
      await chat.tool(own, "edit").click();
      await chat.input.fill("I am ann.doe@example.org. How long does delivery take?");
      await chat.input.press("Enter");
      await expect(own).toContainText(chat.words.edited);
      await own.scrollIntoViewIfNeeded();
      await shoot(page, "b-corrected");
      await chat.tool(chat.messages("visitor").nth(1), "remove").click();
      await shoot(page, "b-remove");
      await chat.panel.locator(".ask").getByRole("button", { name: chat.words.remove }).click();
      await expect(chat.log.getByText(chat.words.removed)).toBeVisible();
      await shoot(page, "b-removed");
      await chat.tool(chat.lastReply, "review").click();
      await shoot(page, "b-review");
      await chat.button(chat.words.review_wrong).click();
      await expect(chat.log).toContainText(chat.words.review_asked.split("{")[0]);
      await shoot(page, "b-review-asked");
      await openData(chat);
      await expect(chat.text("data_messages")).toBeVisible();
      await shoot(page, "c-data");
      await chat.purpose("analytics").scrollIntoViewIfNeeded();
      await shoot(page, "c-choices");
      await chat.purpose("improve").click();
      await chat.switch("restrict").click();
      await expect(chat.switch("restrict")).toBeChecked();
      await chat.switch("restrict").scrollIntoViewIfNeeded();
      await shoot(page, "c-restricted");
      await page.evaluate(() => window.sotto("consent", {}));
      await chat.purpose("remember").scrollIntoViewIfNeeded();
      await shoot(page, "c-by-page");
      await chat.button(chat.words.back).click();
      await shoot(page, "d-restricted");
      await openData(chat);
      await chat.button(chat.words.withdraw_consent).click();
      await shoot(page, "d-withdrawn-erase");
      await chat.button(chat.words.cancel).click();
      await chat.button(chat.words.back).click();
      await shoot(page, "d-withdrawn");
    });

    test("a cited answer of the shop's own documents", async ({ edge, page, workspace }) => {
      const chat = await demo({ edge, page, workspace });
      await enter(chat);
      await ask(chat, "How long does delivery take?");
      await shoot(page, "6-cited");
      await ask(chat, "Quetzalcoatl xylophone?");
      await shoot(page, "6-nothing-fits");
    });
  });
}

test.describe("errors", () => {
  test.use(FORMS.light);
  const shoot = (page, name) => page.screenshot({ path: `${FOLDER}error-${name}.png` });

  test("of a session", async ({ context, edge, page, workspace }) => {
    const chat = await demo({ edge, page, workspace });
    await enter(chat);
    await ask(chat, "How long does delivery take?");
    const states = {
      "rate-limited": [429, "rate_limited", { retry_after: 7 }],
      "budget-spent": [429, "budget_spent", { retry_after: 3600 }],
      full: [422, "conversation_full"],
      internal: [500, "internal"],
      ended: [410, "conversation_ended"],
      erased: [410, "erased", { receipt: "01TEST" }],
    };
    for (const [name, [status, code, more]] of Object.entries(states)) {
      await answerOnce(page, "/v1/chat", status, code, more);
      await say(chat, "What does a repair cost?");
      await expect(chat.trouble).toContainText(/\S/);
      await shoot(page, name);
    }
    for (const code of ["token_expired", "token_revoked"]) {
      await chat.button(chat.words.new_conversation).click();
      await expect(chat.messages("visitor")).toHaveCount(0);
      await answerOnce(page, "/v1/chat", 401, "token_expired");
      await answerOnce(page, "/v1/sessions/refresh", 401, code);
      await say(chat, "What does a repair cost?");
      await expect(chat.trouble).toContainText(/\S/);
      await shoot(page, code);
    }
    await chat.input.fill("Too long ".repeat(500));
    await shoot(page, "too-long");
    await context.setOffline(true);
    await say(chat, "What does a repair cost?");
    await shoot(page, "offline");
  });

  test("of choices and rights", async ({ edge, page, workspace }) => {
    const chat = await demo({ edge, page, workspace }, { purposes: { improve: true } });
    await enter(chat, ["improve"]);
    await ask(chat, "How long does delivery take?");
    await answerOnce(page, "/v1/conversation?purpose=resume", 503, "unavailable");
    await openData(chat);
    await expect(chat.trouble).toContainText(/\S/);
    await shoot(page, "data-read-once");
    await page.route("**/v1/consent", (route) => route.abort());
    await chat.purpose("improve").click();
    await expect(chat.text("unrecorded")).toBeVisible();
    await shoot(page, "unrecorded");
  });

  test("of a provider", async ({ edge, page, provider, workspace }) => {
    const chat = await demo({ edge, page, workspace }, { provider: openAi(provider) });
    await enter(chat);
    await provider.stop();
    await say(chat, "What does a repair cost?");
    await expect(chat.text("provider")).toBeVisible();
    await shoot(page, "provider-down");
  });

  test("of loading", async ({ edge, page, workspace }) => {
    const chat = await demo({ edge, page, workspace });
    await page.route(/\.wasm$/, (route) => route.abort());
    await chat.launcher.click();
    await expect(chat.retryLoading).toBeVisible();
    await shoot(page, "not-loaded");
  });

  test("of a site", async ({ edge, page, workspace }) => {
    const chat = await demo({ edge, page, workspace }, { origins: ["https://elsewhere.example"] });
    await chat.launcher.click();
    await expect(chat.retryFor("origin_not_allowed")).toBeVisible();
    await shoot(page, "origin-not-allowed");
  });
});

test.describe("German", () => {
  test.use(FORMS.light);

  test("gate and chat", async ({ edge, page, workspace }) => {
    const chat = await demo({ edge, page, workspace }, {}, "de");
    await open(chat);
    await page.screenshot({ path: `${FOLDER}german-gate.png` });
    await chat.agree.click();
    await ask(chat, "Wie lange dauert die Lieferung?");
    await page.screenshot({ path: `${FOLDER}german-answered.png` });
    await openData(chat);
    await expect(chat.text("data_messages")).toBeVisible();
    await page.screenshot({ path: `${FOLDER}german-data.png` });
    await chat.button(chat.words.withdraw_consent).click();
    await page.screenshot({ path: `${FOLDER}german-withdrawn.png` });
  });
});
