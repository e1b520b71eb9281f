// Whatever a model writes is words: nothing of it runs, loads or becomes a part of the page.
//
// 1. Each attack is given as a reply, whole and letter by letter: no script ran, no request left for anywhere else, and the reply
//    has no element that it may not make, nor an attribute, nor a link to anything but a site or a mail address.
// 2. The same holds after a reload, when the replies come from storage.

import { openAi } from "../support/admin.js";
import { ATTACKS } from "../support/attacks.js";
import { ask, enter, open, visit } from "../support/act.js";
import { recordRequests } from "../support/check.js";
import { expect, test } from "../support/test.js";

/** The elements that a reply may make, each with its attributes. */
const ALLOWED = {
  p: ["class"],
  pre: ["tabindex"],
  code: [],
  hr: [],
  blockquote: [],
  ul: [],
  ol: ["start"],
  li: [],
  strong: [],
  em: [],
  br: [],
  span: ["class", "title"],
  a: ["target", "rel", "referrerpolicy", "href"],
};

/** What stands in a reply and may not: elements, attributes, addresses. */
const strange = (reply) =>
  reply.locator(".body").evaluateAll((bodies, allowed) => {
    const found = [];
    for (const element of bodies.flatMap((body) => [...body.querySelectorAll("*")])) {
      const name = element.localName;
      if (!(name in allowed)) found.push(name);
      for (const attribute of element.attributes) {
        if (!allowed[name]?.includes(attribute.name)) found.push(`${name} ${attribute.name}`);
      }
      if (name === "a" && !/^(https?:\/\/[\w.-]+|mailto:[\w.+-]+@)/.test(element.getAttribute("href"))) found.push(element.getAttribute("href"));
    }
    return found;
  }, ALLOWED);

/** The attacks in two halves: from one address, no more messages are taken within a minute. */
const HALF = Math.ceil(ATTACKS.length / 2);
const HALVES = { first: ATTACKS.slice(0, HALF), second: ATTACKS.slice(HALF) };
const WAYS = { "in one piece": (text) => [text], "letter by letter": (text) => [...text] };

for (const [how, pieces, half, attacks] of Object.entries(WAYS).flatMap(([how, pieces]) => Object.entries(HALVES).map((half) => [how, pieces, ...half]))) {
  test(`nothing that a model writes ${how} runs, loads or becomes a part of the page (the ${half} half)`, async ({ front, host, makeSite, page, provider }) => {
    test.setTimeout(120_000);
    let asked = 0;
    provider.reply(async function* () {
      yield* pieces(`Look: ${attacks[asked++]}`);
    });
    const site = await makeSite({ provider: openAi(provider), budget: { messages_per_minute: 1000 } });
    const requests = recordRequests(page);
    const dialogs = [];
    page.on("dialog", (dialog) => dialogs.push(dialog.message()) && dialog.dismiss());
    const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
    await enter(chat, ["remember"]);
    const unharmed = async () => {
      expect(await page.evaluate(() => window.struck)).toBeUndefined();
      const ours = (url) => [host.origin, front.url].some((origin) => url.startsWith(`${origin}/`)) || url.startsWith("data:");
      expect(requests.filter((url) => !ours(url))).toEqual([]);
      expect(dialogs).toEqual([]);
      expect(page.frames()).toHaveLength(1);
    };
    for (const attack of attacks) {
      const reply = await ask(chat, `Question ${asked}`);
      await expect(reply.locator(".body")).toContainText("Look:");
      expect(await strange(reply), attack).toEqual([]);
      await unharmed();
    }
    expect(asked).toBe(attacks.length);

    await page.reload();
    await open(chat);
    await expect(chat.messages("ai")).toHaveCount(attacks.length + 1); // And the greeting.
    for (const reply of await chat.messages("ai").all()) expect(await strange(reply)).toEqual([]);
    await unharmed();
  });
}
