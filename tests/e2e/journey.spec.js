// The main job, end to end, on the demo page with its own settings and documents.
//
// 1. Open the demo page and the widget, read the notice, agree.
// 2. Ask about the shop, with an e-mail address in the text: a chip says that it will be hidden.
// 3. Read a streamed answer that names its document. The bubble shows the address; nothing that was sent does.
// 4. Ask again, close the panel, open it: the conversation is there.

import { readdir, readFile } from "node:fs/promises";
import { ask, enter, open, say, startNew, visit } from "../support/act.js";
import { recordFaults } from "../support/check.js";
import { expect, test } from "../support/test.js";

const DEMO = new URL("../../www/demo/", import.meta.url);

test("a visitor agrees, asks and reads a cited answer, and the address stays in the browser", async ({ edge, page, workspace }) => {
  const settings = JSON.parse(await readFile(new URL("site.json", DEMO), "utf8"));
  const site = await workspace.createSite({ ...settings, origins: [edge.url] });
  for (const name of await readdir(new URL("documents/", DEMO))) {
    await site.putDocument(name, await readFile(new URL(`documents/${name}`, DEMO), "utf8"));
  }
  const faults = await recordFaults(page);
  const sent = [];
  page.on("request", (request) => sent.push({ url: request.url(), headers: request.headers(), body: request.postData() }));

  const chat = await visit(page, `${edge.url}/demo/?site=${site.key}`);
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();
  await expect(chat.panel).toContainText("Tidewheel Cycles");
  await chat.agree.click();
  await expect(chat.disclosures.first()).toBeVisible();
  await expect(chat.log).toContainText("Ask me about our bicycles");

  await chat.input.fill("I am jo.doe@example.org. How long does delivery take?");
  await expect(chat.chips).toHaveCount(1);
  await expect(chat.chips).toContainText("[EMAIL_1]");
  await chat.button(chat.words.show_sent).click();
  await expect(chat.panel).toContainText("I am [EMAIL_1]. How long does delivery take?");
  await chat.send.click();
  await expect(chat.messages("visitor")).toContainText("jo.doe@example.org");
  await expect(chat.lastReply).toContainText("2 to 4 working days");
  await expect(chat.lastReply).toContainText("Delivery and shipping");

  const messages = sent.filter(({ url }) => url === `${edge.url}/v1/chat`);
  expect(messages).toHaveLength(1);
  expect(messages[0].body).toContain("I am [EMAIL_1]. How long does delivery take?");

  await ask(chat, "And to Austria?");
  await chat.close.click();
  await expect(chat.panel).toBeHidden();
  await open(chat);
  await expect(chat.messages("visitor")).toHaveCount(2);
  await expect(chat.log).toContainText("4 to 7 working days");
  expect(JSON.stringify(sent)).not.toMatch(/jo\.doe|example\.org/);
  expect(faults).toEqual([]);
});

test("a starter is a question that can be clicked", async ({ front, host, makeSite, page }) => {
  const site = await makeSite({ texts: [{ lang: "en", starters: ["What does delivery cost?"] }] });
  await site.putDocument("delivery.md", "# Delivery\n\nDelivery costs 4.90.");
  const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
  await enter(chat);
  await chat.button("What does delivery cost?").click();
  await expect(chat.lastReply).toContainText("4.90");
});

test("a new conversation begins with another id, and asks before it leaves the old one", async ({ arrive }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello there");
  await startNew(chat);
  await expect(chat.messages("visitor")).toHaveCount(0);
  await expect(chat.input).toBeVisible(); // The same was agreed to on this page.
  await say(chat, "Hello again");
  await expect(chat.messages("visitor")).toHaveCount(1);
  await expect.poll(async () => (await chat.site.conversations()).length).toBe(2);
});
