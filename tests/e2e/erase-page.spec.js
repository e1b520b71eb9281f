// The page on which a conversation is erased without the chat.
//
// 1. The token is pasted, the receipt is shown in words and saved as it was signed; no token in an address, none left behind.
// 2. Wrong tokens are told apart from a service that cannot be reached; nothing is erased.
// 3. By keyboard alone; in German; light, dark and narrow; nothing but this page's own files.
// 4. Without scripts, the form and its answers are pages.

import { readFile } from "node:fs/promises";
import { openAi } from "../support/admin.js";
import { reach } from "../support/act.js";
import { expectAccessible, kept, NOTHING, recordFaults, recordRequests } from "../support/check.js";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

const field = (page) => page.getByRole("textbox", { name: "Erase token" });
const erase = (page) => page.getByRole("button", { name: "Erase for good" });
const done = (page) => page.getByRole("heading", { name: "The conversation is erased" });

test("a pasted token erases, and the receipt is shown and saved", async ({ front, makeSite, makeVisitor, page, provider }) => {
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
  await visitor.ask("Hello");
  const [requests, faults] = [recordRequests(page), await recordFaults(page)];
  await page.goto(`${front.url}/erase`);
  await field(page).fill(`  ${visitor.erase_token}\t`);
  await erase(page).click();
  await expect(done(page)).toBeFocused();
  await expect(page.getByRole("main")).toContainText(visitor.conversation);
  await expect(page.getByRole("main")).toContainText("recovery history, for up to 30 days");
  await expect(page.getByRole("main")).toContainText("Model Inc, for up to 30 days by its own terms");
  await expect(page.locator("#token")).toHaveValue("");

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the receipt" }).click();
  const download = await saving;
  const receipt = await (await visitor.erase()).json();
  expect(download.suggestedFilename()).toBe(`sotto-receipt-${receipt.id}.json`);
  expect(await readFile(await download.path(), "utf8")).toBe(JSON.stringify(receipt));
  await expectProblem(await visitor.export(), 410, "erased");

  const origin = new URL(front.url).origin;
  for (const url of requests.filter((url) => !url.startsWith("blob:"))) {
    expect(new URL(url).origin, url).toBe(origin);
    expect(url).not.toContain("et_");
  }
  expect(faults).toEqual([]);
  expect(await kept(page)).toEqual(NOTHING);
  await page.getByRole("link", { name: "Erase another one" }).click();
  await expect(field(page)).toHaveValue("");
});

test("what does not erase says why", async ({ front, makeSite, makeVisitor, page }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint();
  await page.goto(`${front.url}/erase`);
  const alert = page.getByRole("alert");
  for (const wrong of ["et_x", visitor.refresh_token, visitor.erase_token.slice(0, -1)]) {
    await field(page).fill(wrong);
    await erase(page).click();
    await expect(alert).toContainText("This is not a whole erase token");
    await expect(field(page)).toHaveAttribute("aria-invalid", "true");
  }
  await expectAccessible(page);
  await page.route("**/v1/erase", (route) => route.abort());
  await field(page).fill(visitor.erase_token);
  await erase(page).click();
  await expect(alert).toContainText("The service cannot be reached");
  await page.unroute("**/v1/erase");
  expect((await visitor.copy()).messages).toEqual([]);
  await erase(page).click();
  await expect(done(page)).toBeVisible();
});

for (const colorScheme of ["light", "dark"]) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("it is accessible, also on a narrow screen and by keyboard alone", async ({ front, makeSite, makeVisitor, page }) => {
      const visitor = await (await makeVisitor(await makeSite())).mint();
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(`${front.url}/erase`);
      await expectAccessible(page);
      await reach(page, field(page));
      await page.keyboard.insertText(visitor.erase_token);
      await page.keyboard.press("Enter");
      await expect(done(page)).toBeFocused();
      await expectAccessible(page);
      await reach(page, page.getByRole("button", { name: "Save the receipt" }));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, "nothing scrolls sideways").toBe(false);

      // What browsers without scripts are answered with.
      for (const erase_token of [visitor.erase_token, "et_x"]) {
        const body = new URLSearchParams({ erase_token }).toString();
        const answer = await visitor.call("POST", "/v1/erase", { body, type: "application/x-www-form-urlencoded" });
        await page.goto("about:blank");
        await page.setContent(await answer.text());
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
      }
    });
  });
}

test.describe("in German", () => {
  test.use({ locale: "de-AT" });

  test("it speaks the browser's language", async ({ front, makeSite, makeVisitor, page }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    await page.goto(`${front.url}/erase`);
    await expect(page).toHaveTitle("Ein Gespräch löschen");
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    await page.getByLabel("Löschkennwort").fill(visitor.erase_token);
    await page.getByRole("button", { name: "Endgültig löschen" }).click();
    await expect(page.getByRole("heading", { name: "Das Gespräch ist gelöscht" })).toBeFocused();
    await expect(page.getByRole("main")).toContainText("Niemand sonst hat den Text erhalten.");
    await expect(page.locator("main")).not.toContainText(/erase|receipt|copies/i);
  });
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the form is answered with a page", async ({ front, makeSite, makeVisitor, page, provider }) => {
    const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
    await page.goto(`${front.url}/erase`);
    await expect(page.getByText("This page works without scripts")).toBeVisible();
    await field(page).fill("et_x");
    await erase(page).click();
    await expect(page.getByRole("heading", { name: "Nothing was erased" })).toBeVisible();
    await page.getByRole("link", { name: "Back" }).click();
    await field(page).fill(visitor.erase_token);
    await erase(page).click();
    await expect(done(page)).toBeVisible();
    await expect(page.getByRole("main")).toContainText("Model Inc, for up to 30 days by its own terms");
    expect(page.url()).toBe(`${front.url}/v1/erase`);

    const receipt = await (await visitor.erase()).json();
    await expect(page.locator("pre")).toHaveText(JSON.stringify(receipt));
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save the receipt" }).click();
    expect(await readFile(await (await saving).path(), "utf8")).toBe(JSON.stringify(receipt));
  });

  test("the answers have their status, their language and their policy", async ({ edge, makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    const send = (token, headers) => {
      const body = new URLSearchParams({ erase_token: token }).toString();
      return edge.call("POST", "/v1/erase", { body, type: "application/x-www-form-urlencoded", headers });
    };
    const wrong = await send("et_x", { "accept-language": "de-CH,en;q=0.5" });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain("Es wurde nichts gelöscht");
    const right = await send(visitor.erase_token, { "accept-language": "de" });
    expect(right.status).toBe(200);
    expect(right.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(right.headers.get("cache-control")).toBe("no-store");
    expect(await right.text()).toContain("Das Gespräch ist gelöscht");
    await expectProblem(await edge.call("POST", "/v1/erase", { body: "et_x", type: "text/plain" }), 415, "unsupported_media_type");
  });
});

test("the page may run its own script, send its form, and nothing else", async ({ edge }) => {
  const response = await edge.call("GET", "/erase");
  expect(response.status).toBe(200);
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
  expect(policy).toContain("form-action 'self'");
  expect(policy).not.toContain("wasm-unsafe-eval");
  expect(response.headers.get("referrer-policy")).toBe("same-origin");
  const html = await response.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
  expect(html).not.toMatch(/\bon\w+=|style=/);
});
