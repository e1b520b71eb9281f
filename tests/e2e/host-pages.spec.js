// The pages that the widget has to live on.
//
// 1. Every form of the tag: async, defer, module, in the body, added later by a script; calls before it has loaded.
// 2. A strict content security policy, by nonce and with 'strict-dynamic': nothing is refused, nothing inline.
// 3. A style sheet that hides everything.
// 4. Two widgets of two sites; a page that replaces its body; an element that is moved, removed and added again.
// 5. The page's own interface: events without texts, open, close, toggle, destroy.
// 6. A failure to load says so and can be tried again.

import { ask, enter, open, visit } from "../support/act.js";
import { recordFaults } from "../support/check.js";
import { Chat } from "../support/find.js";
import { HOSTILE_CSS, page as html, tag } from "../support/hosts.js";
import { expect, test } from "../support/test.js";

for (const attributes of ["async", "defer", 'type="module"', ""]) {
  test(`a tag with ${attributes || "no attribute"} works`, async ({ front, host, makeSite, page }) => {
    const site = await makeSite();
    const faults = await recordFaults(page);
    const chat = await visit(page, host.page({ edge: front.url, site: site.key, attributes }));
    await enter(chat);
    await ask(chat, "Hello");
    expect(faults).toEqual([]);
  });
}

test("a tag that a script adds later works", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  await page.goto(host.page({ tags: "" }));
  await page.evaluate(
    ([src, key]) => {
      const script = document.createElement("script");
      script.src = src;
      script.dataset.site = key;
      document.body.append(script);
    },
    [`${front.url}/embed.js`, site.key],
  );
  await enter(new Chat(page));
});

test("calls that come before the script are kept for it", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  const stub = "window.sotto=window.sotto||function(){(sotto.q=sotto.q||[]).push(arguments)};";
  const calls = "window.heard=[]; sotto('on','ready',()=>heard.push('ready')); sotto('on','open',()=>heard.push('open')); sotto('open');";
  await page.goto(host.page({ edge: front.url, site: site.key, head: `<script>${stub}${calls}</script>` }));
  const chat = new Chat(page);
  await expect(chat.panel).toBeVisible();
  expect(await page.evaluate(() => window.heard)).toEqual(["ready", "open"]);
});

const SCRIPT_SOURCES = [
  ["a nonce", () => "'nonce-n0nce'"],
  ["'strict-dynamic'", () => "'nonce-n0nce' 'strict-dynamic'"],
  ["the edge's host alone", (edge) => edge],
];
for (const [name, source] of SCRIPT_SOURCES) {
  test(`a strict content security policy with ${name} is enough`, async ({ front, host, makeSite, page }) => {
    const site = await makeSite();
    const faults = await recordFaults(page);
    const policy = [
      `default-src 'none'; script-src ${source(front.url)} 'wasm-unsafe-eval'; style-src 'none'; connect-src ${front.url}`,
      "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ].join("; ");
    const url = host.page({
      edge: front.url,
      site: site.key,
      attributes: source(front.url).includes("nonce") ? 'async nonce="n0nce"' : "async",
      html: 'lang="de"',
      headers: { "content-security-policy": policy },
    });
    const chat = await visit(page, url, { lang: "de" });
    await enter(chat);
    await ask(chat, "Hallo");
    expect(faults).toEqual([]);
    expect(await chat.host.evaluate(({ shadowRoot }) => shadowRoot.querySelectorAll("style").length)).toBe(0);
  });
}

test("session recorders are told to leave it out", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
  await open(chat);
  for (const mark of ["data-private", "data-hj-suppress", "data-sentry-mask", "data-clarity-mask", "data-dd-privacy"]) {
    await expect(chat.host).toHaveAttribute(mark);
  }
  await expect(chat.host).toHaveClass(/ph-no-capture/);
});

test("a style sheet that hides everything does not reach it", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  await site.putDocument("lamps.md", "# Lamps\n\nThe colour of the lamp is blue.");
  const chat = await visit(page, host.page({ edge: front.url, site: site.key, head: `<style>${HOSTILE_CSS}</style>` }));
  await enter(chat);
  await expect(await ask(chat, "Which colour has the lamp?")).toContainText("The colour of the lamp is blue.");
  await expect(chat.panel).toBeInViewport({ ratio: 1 });
  expect((await chat.launcher.boundingBox()).width).toBeGreaterThanOrEqual(44);
});

test("two widgets on one page are two chats of two sites", async ({ front, host, makeSite, page }) => {
  const [one, two] = [await makeSite({ name: "First shop" }), await makeSite({ name: "Second shop" })];
  const tags = [one, two].map(({ key }) => tag({ edge: front.url, site: key })).join("\n");
  const head = `<style>sotto-chat[site="${two.key}"] { --sotto-position: start; }</style>`;
  await page.goto(host.page({ tags, head }));
  const [first, second] = [new Chat(page, { site: one.key }), new Chat(page, { site: two.key })];
  await enter(first);
  await ask(first, "Hello");
  await expect(first.panel).toHaveAccessibleName(/First shop/);
  await page.evaluate((site) => window.sotto("close", site), one.key);
  await expect(first.panel).toBeHidden();
  await open(second);
  await expect(second.panel).toHaveAccessibleName(/Second shop/);
  await expect(second.gateTitle).toBeVisible();
  await expect(first.panel).toBeHidden();
  const modules = front.requests.filter(({ path }) => /widget-[0-9a-f]+\.(js|wasm)$/.test(path));
  expect(modules).toHaveLength(2); // The program is loaded once.
  expect(await one.conversations()).toHaveLength(1);
  expect(await two.conversations()).toHaveLength(0);
});

test("a page that replaces its body keeps the conversation", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  const embed = tag({ edge: front.url, site: site.key });
  const chat = await visit(page, host.put("/", html({ tags: "", body: embed })));
  await enter(chat);
  await ask(chat, "Hello");
  // What Turbo does: a new body with the same tag in it, whose script is made anew so that it runs.
  await page.evaluate((source) => {
    const next = new DOMParser().parseFromString(`<body><h1>Next page</h1>${source}</body>`, "text/html").body;
    for (const old of next.querySelectorAll("script")) {
      const script = document.createElement("script");
      for (const { name, value } of old.attributes) script.setAttribute(name, value);
      old.replaceWith(script);
    }
    document.body.replaceWith(document.adoptNode(next));
  }, embed);
  await expect(page.getByRole("heading", { name: "Next page" })).toBeVisible();
  await expect(page.locator("sotto-chat")).toHaveCount(1);
  await expect(chat.messages("visitor")).toHaveCount(1);
  await ask(chat, "Hello again");
  await expect(chat.messages("visitor")).toHaveCount(2);
  expect(await site.conversations()).toHaveLength(1);
});

test("an element that is moved goes on, and one that is removed and added again begins anew", async ({ arrive, page }) => {
  const chat = await arrive();
  await enter(chat);
  await ask(chat, "Hello");
  await chat.host.evaluate((element) => document.body.append(element));
  await expect(chat.messages("visitor")).toHaveCount(1);
  await page.evaluate(async () => {
    window.chat = document.querySelector("sotto-chat");
    window.chat.remove();
  });
  await expect(chat.host).toHaveCount(0);
  await page.evaluate(() => document.body.append(window.chat));
  await expect(chat.panel).toBeHidden();
  await open(chat);
  await expect(chat.gateTitle).toBeVisible();
});

test("the page hears what happens and no word of it", async ({ arrive, page }) => {
  const chat = await arrive();
  await page.evaluate(() => {
    window.heard = [];
    for (const name of ["open", "close", "message", "consent", "erased"]) {
      window.sotto("on", name, (event) => window.heard.push([event.type, JSON.stringify(event.detail)]));
    }
  });
  await enter(chat);
  await ask(chat, "Hello secret");
  await page.keyboard.press("Escape");
  const heard = await page.evaluate(() => window.heard);
  expect(heard.map(([type]) => type)).toEqual(["sotto:open", "sotto:consent", "sotto:message", "sotto:message", "sotto:close"]);
  expect(heard[1][1]).toBe('{"given":true}');
  expect(heard[2][1]).toBe('{"author":"visitor"}');
  expect(heard[3][1]).toBe('{"author":"ai"}');

  await page.evaluate(() => window.sotto("toggle"));
  await expect(chat.panel).toBeVisible();
  await expect(chat.host).toHaveAttribute("open");
  await page.evaluate(() => window.sotto("toggle"));
  await expect(chat.panel).toBeHidden();
  await page.evaluate(() => window.sotto("destroy"));
  await expect(chat.host).toHaveCount(0);
});

for (const [name, broken] of [["module", /widget-[0-9a-f]+\.js/], ["Wasm", /\.wasm/], ["settings", /\/v1\/sites\//]]) {
  test(`without the ${name} it says so and can be tried again`, async ({ front, host, makeSite, page }) => {
    const site = await makeSite();
    const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
    front.refuse(broken);
    await chat.launcher.click();
    await expect(chat.retryLoading).toBeVisible();
    await expect(chat.panel).toBeHidden();
    front.admit();
    await chat.retryLoading.click();
    await expect(chat.gateTitle).toBeVisible();
    await expect(chat.retryLoading).toBeHidden();
  });
}

for (const [name, altered] of [["module", /widget-[0-9a-f]+\.js/], ["Wasm", /\.wasm/]]) {
  test(`a ${name} that was altered on the way does not run`, async ({ front, host, makeSite, page }) => {
    const site = await makeSite();
    const chat = await visit(page, host.page({ edge: front.url, site: site.key }));
    const type = name === "module" ? "text/javascript" : "application/wasm";
    front.answerOnce(altered, 200, "globalThis.altered = true;", { "content-type": type, "access-control-allow-origin": "*" });
    await chat.launcher.click();
    await expect(chat.retryLoading).toBeVisible();
    expect(await page.evaluate(() => window.altered)).toBeUndefined();
    await expect(chat.panel).toBeHidden();
  });
}
