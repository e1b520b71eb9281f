// Promise 1: a page whose visitor leaves the widget alone pays for one script of at most 2,000 bytes and nothing else.
//
// 1. Load a page with the tag; let it come to rest; move over the launcher, focus it, scroll.
// 2. The page requested itself and the script. It keeps no cookie, storage key, database or cache.
// 3. The script is small enough.
// 4. Opening is what loads the rest, once.

import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { open, visit } from "../support/act.js";
import { kept, NOTHING, recordRequests } from "../support/check.js";
import { expect, test } from "../support/test.js";

test("a page left alone asks for one script and keeps nothing", async ({ front, host, makeSite, page }) => {
  const site = await makeSite();
  const url = host.page({ edge: front.url, site: site.key });
  const requests = recordRequests(page);
  const chat = await visit(page, url);
  await chat.launcher.hover();
  await chat.launcher.focus();
  await page.mouse.wheel(0, 500);
  await page.waitForLoadState("networkidle");
  expect(requests.filter((request) => !request.startsWith("data:"))).toEqual([url, `${front.url}/embed.js`]);
  expect(front.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /embed.js"]);
  expect(front.requests[0].headers.cookie).toBeUndefined();
  expect(await kept(page)).toEqual(NOTHING);

  await open(chat);
  const paths = () => front.requests.map(({ path }) => path.replace(/[0-9a-f]{16}/, "#").split("?")[0]).sort();
  const wanted = ["/assets/scrubber-#.wasm", "/assets/widget-#.js", "/assets/widget-#.wasm", "/embed.js", `/v1/sites/${site.key}`];
  await expect.poll(paths).toEqual(wanted.sort());
  expect(await kept(page)).toEqual(NOTHING);
});

test("the script has at most 2,000 bytes", async () => {
  const script = await readFile(new URL("../../dist/embed.js", import.meta.url));
  const packed = brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  expect(packed.length).toBeLessThanOrEqual(2000);
});
