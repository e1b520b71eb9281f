// Sites and sessions over the wire, without a browser.
//
// 1. A site's public settings: who may read them, and which keys open nothing.
// 2. Minting: no session without consent to the notice in force, from an origin of the site.
// 3. Tokens: missing, forged, expired, of another kind, of another site or conversation.
// 4. Networks: an access token works from the one it was given to; a refresh token gets one for another.
// 5. Refreshing: one successor, the same again for a repetition, and the end of the family on replay.

import { randomBytes } from "node:crypto";
import { openAi } from "../support/admin.js";
import { claimsOf } from "../support/edge.js";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

test.describe("public settings", () => {
  test("are readable from the site's origins and may be cached", async ({ makeSite, makeVisitor }) => {
    const site = await makeSite({ texts: [{ lang: "de", greeting: "Guten Tag", starters: ["Was kostet der Versand?"] }] });
    const visitor = makeVisitor(site);
    const response = await (await visitor).call("GET", `/v1/sites/${site.key}?lang=de-AT`);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toMatch(/max-age=\d+/);
    expect(response.headers.get("vary")).toMatch(/origin/i);
    expect(await response.json()).toMatchObject({
      site: site.key,
      name: "Lantern & Loom",
      lang: "de",
      greeting: "Guten Tag",
      starters: ["Was kostet der Versand?"],
      purposes: { remember: true, improve: true, analytics: true },
      message_chars: 4000,
      notice: { controller: { name: "Lantern & Loom Ltd" }, recipients: [], legal_basis: "consent" },
    });
  });

  test("name the provider among the recipients, never its key or address", async ({ makeSite, makeVisitor, provider }) => {
    const site = await makeSite({ provider: openAi(provider), system_prompt: "Speak like a sailor." });
    const settings = await (await makeVisitor(site)).settings();
    expect(settings.notice.recipients).toEqual([openAi(provider).recipient]);
    expect(JSON.stringify(settings)).not.toMatch(/sk-test|127\.0\.0\.1|sailor/);
  });

  test("have another notice version when a recipient changes", async ({ makeSite, makeVisitor }) => {
    const site = await makeSite();
    const visitor = await makeVisitor(site);
    const before = (await visitor.settings()).notice.version;
    await site.change({ name: "Another name" });
    expect((await visitor.settings()).notice.version).toBe(before);
    await site.change({ recipients: [{ name: "Index Ltd", role: "searches", place: "EU" }] });
    expect((await visitor.settings()).notice.version).not.toBe(before);
  });

  test("are refused for keys that no site has", async ({ makeSite, makeVisitor }) => {
    const site = await makeSite();
    const visitor = await makeVisitor(site);
    const forged = site.key.slice(0, -1) + (site.key.endsWith("0") ? "1" : "0");
    const random = `pk_${randomBytes(33).toString("hex")}`;
    for (const key of [forged, random, "pk_short", "sk_x", "%00", site.key.toUpperCase()]) {
      await expectProblem(await visitor.call("GET", `/v1/sites/${key}?lang=en`), 404, "site_unknown");
    }
    await site.remove();
    await expectProblem(await visitor.call("GET", `/v1/sites/${site.key}?lang=en`), 404, "site_unknown");
  });

  test("are refused to other origins, to null and to none", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite());
    const path = `/v1/sites/${visitor.site.key}?lang=en`;
    await expectProblem(await visitor.call("GET", path, { origin: "https://elsewhere.example" }), 403, "origin_not_allowed");
    await expectProblem(await visitor.call("GET", path, { origin: visitor.origin.replace(/\d+$/, "1") }), 403, "origin_not_allowed");
    await expectProblem(await visitor.call("GET", path, { origin: `${visitor.origin}/path` }), 403, "origin_invalid");
    await expectProblem(await visitor.call("GET", path, { origin: "null" }), 403, "origin_invalid");
    await expectProblem(await visitor.call("GET", path, { origin: undefined }), 403, "origin_missing");
  });
});

test("the edge's own pages have no Origin on a GET: Sec-Fetch-Site stands for it", async ({ edge, makeSite, makeVisitor }) => {
  const [own, other] = [await makeSite({ origins: [edge.url] }), await makeSite()];
  const read = async (site, headers) =>
    (await makeVisitor(site)).call("GET", `/v1/sites/${site.key}?lang=en`, { origin: undefined, headers });
  expect((await read(own, { "sec-fetch-site": "same-origin" })).status).toBe(200);
  await expectProblem(await read(own, { "sec-fetch-site": "cross-site" }), 403, "origin_missing");
  await expectProblem(await read(own, { "sec-fetch-site": "none" }), 403, "origin_missing");
  await expectProblem(await read(other, { "sec-fetch-site": "same-origin" }), 403, "origin_not_allowed");
});

test.describe("minting", () => {
  test("gives a conversation, its tokens and a receipt of the consent", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite());
    const request = await visitor.mintRequest({ purposes: { remember: true }, gpc: false });
    const before = Date.now();
    const response = await visitor.call("POST", "/v1/sessions", { json: request });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const minted = await response.json();
    expect(minted).toMatchObject({
      conversation: expect.stringMatching(/^[0-9a-f]{64}$/),
      refresh_token: expect.stringMatching(/^rt_[0-9A-Za-z]+$/),
      erase_token: expect.stringMatching(/^et_[0-9A-Za-z]{94}$/),
      receipt: { notice: request.consent.notice, purposes: { remember: true, improve: false, analytics: false } },
    });
    const life = minted.access_expires_at - before;
    expect(life).toBeGreaterThan(14 * 60_000);
    expect(life).toBeLessThanOrEqual(15 * 60_000 + 5_000);
    expect(await visitor.site.conversations()).toContain(minted.conversation);
  });

  test("under Global Privacy Control keeps only what stays on the device", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite());
    await visitor.mint({ purposes: { remember: true, improve: true, analytics: true }, gpc: true });
    expect(visitor.receipt.purposes).toEqual({ remember: true, improve: false, analytics: false });
  });

  test("needs consent, to the notice in force, for purposes that are offered", async ({ makeSite, makeVisitor }) => {
    const site = await makeSite({ purposes: { remember: true } });
    const visitor = await makeVisitor(site);
    const mint = async (consent) => visitor.call("POST", "/v1/sessions", { json: await visitor.mintRequest(consent) });
    await expectProblem(await mint({ chat: false }), 403, "consent_required");
    const { notice } = await expectProblem(await mint({ notice: "0".repeat(32) }), 409, "notice_changed");
    expect(notice).toBe((await visitor.settings()).notice.version);
    await expectProblem(await mint({ purposes: { improve: true } }), 400, "invalid_value");
    const stale = await visitor.mintRequest();
    await site.change({ retention_seconds: 7200 });
    await expectProblem(await visitor.call("POST", "/v1/sessions", { json: stale }), 409, "notice_changed");
    expect(await site.conversations()).toEqual([]);
  });

  test("is refused to other origins, to null and to none", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite());
    const json = await visitor.mintRequest();
    const mint = (origin) => visitor.call("POST", "/v1/sessions", { json, origin });
    await expectProblem(await mint("https://elsewhere.example"), 403, "origin_not_allowed");
    await expectProblem(await mint("null"), 403, "origin_invalid");
    await expectProblem(await mint(undefined), 403, "origin_missing");
  });

  test("refuses bodies that it cannot read", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite());
    const good = await visitor.mintRequest();
    const mint = (options) => visitor.call("POST", "/v1/sessions", { type: "application/json", ...options });
    await expectProblem(await mint({ body: "{" }), 400, "malformed_body");
    await expectProblem(await mint({ body: "" }), 400, "malformed_body");
    await expectProblem(await mint({ body: Buffer.from([0x7b, 0x22, 0xff, 0xfe]) }), 400, "malformed_body");
    await expectProblem(await mint({ json: { ...good, consent: undefined } }), 400, "invalid_value");
    await expectProblem(await mint({ json: { ...good, extra: 1 } }), 400, "unknown_field");
    await expectProblem(await mint({ json: { ...good, consent: { ...good.consent, all: true } } }), 400, "unknown_field");
    await expectProblem(await mint({ json: { ...good, site: `${good.site.slice(0, -1)}!` } }), 400, "invalid_value");
    await expectProblem(await mint({ body: " ".repeat(8 * 1024) + JSON.stringify(good) }), 413, "too_large");
    await expectProblem(await mint({ json: good, type: "text/plain" }), 415, "unsupported_media_type");
    await expectProblem(await visitor.call("PUT", "/v1/sessions", { json: good }), 405, "method_not_allowed");
  });

  test("is slowed down for a network in a hurry, and for no other", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite());
    let response;
    // Thirty a minute: of twice as many and one, some minute has more.
    for (let n = 0; n < 61 && response?.status !== 429; n += 1) {
      response = await visitor.call("POST", "/v1/sessions", { body: "{", type: "application/json" });
    }
    const { retry_after } = await expectProblem(response, 429, "rate_limited");
    expect(response.headers.get("retry-after")).toBe(String(retry_after));
    await (await makeVisitor(visitor.site, { address: "203.0.113.7" })).mint();
  });

  test("ends at the site's budget for a network", async ({ makeSite, makeVisitor }) => {
    const site = await makeSite({ budget: { sessions_per_network: 1 } });
    const visitor = await makeVisitor(site);
    await visitor.mint();
    const neighbour = visitor.address.replace(/\d+$/, "99"); // The same /24.
    const again = await visitor.call("POST", "/v1/sessions", { json: await visitor.mintRequest(), address: neighbour });
    const { retry_after } = await expectProblem(again, 429, "budget_spent");
    expect(retry_after).toBeGreaterThan(0);
    expect(again.headers.get("retry-after")).toBe(String(retry_after));
    await (await makeVisitor(site, { address: "192.0.2.7" })).mint();
  });
});

test.describe("tokens", () => {
  test("are needed, and must be whole, genuine, fresh and of the right kind", async ({ edge, makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    const read = (token) => visitor.call("GET", "/v1/conversation", { token });
    const claims = claimsOf(visitor.access_token);
    const past = Math.floor(Date.now() / 1000) - 1000;
    // The same claims signed by this test are accepted: what is refused below is refused for what was changed.
    expect((await read(edge.sign(claims))).status).toBe(200);
    await expectProblem(await read(undefined), 401, "token_missing");
    await expectProblem(await read("x"), 401, "token_invalid");
    await expectProblem(await read(`${visitor.access_token}x`), 401, "token_invalid");
    await expectProblem(await read(edge.sign(claims, { key: randomBytes(32) })), 401, "token_invalid");
    await expectProblem(await read(edge.sign(claims, { header: { alg: "none" } })), 401, "token_invalid");
    await expectProblem(await read(edge.sign(claims, { header: { typ: "JWT" } })), 401, "token_invalid");
    await expectProblem(await read(edge.sign(claims, { header: { kid: "9" } })), 401, "token_invalid");
    await expectProblem(await read(edge.sign({ ...claims, iss: "https://elsewhere.example" })), 401, "token_invalid");
    await expectProblem(await read(edge.sign({ ...claims, aud: "https://elsewhere.example" })), 401, "token_invalid");
    await expectProblem(await read(edge.sign({ ...claims, iat: past, nbf: past, exp: past + 900 })), 401, "token_expired");
    await expectProblem(await read(visitor.refresh_token), 401, "token_invalid");
    await expectProblem(await read(visitor.erase_token), 401, "token_invalid");
    await expectProblem(await read(visitor.site.workspace.key), 401, "token_invalid");
  });

  test("work for one conversation, on one site, from one origin", async ({ edge, makeSite, makeVisitor }) => {
    const site = await makeSite();
    const [own, other] = [await (await makeVisitor(site)).mint(), await (await makeVisitor(site)).mint()];
    const elsewhere = await makeSite({ origins: ["https://elsewhere.example"] });
    const chat = (options) => own.call("POST", "/v1/chat", options);
    const json = { ...own.chatRequest("Hello"), id: other.conversation };
    await expectProblem(await chat({ token: own.access_token, json }), 403, "token_mismatch");
    const stream = await own.call("GET", `/v1/chat/${other.conversation}/stream`, { token: own.access_token });
    await expectProblem(stream, 403, "token_mismatch");
    const stop = await own.call("POST", "/v1/chat/stop", { token: own.access_token, json: { id: other.conversation } });
    await expectProblem(stop, 403, "token_mismatch");
    const abroad = { token: own.access_token, json: own.chatRequest("Hello"), origin: elsewhere.settings.origins[0] };
    await expectProblem(await chat(abroad), 403, "token_mismatch");
    await expectProblem(await chat({ ...abroad, origin: "null" }), 403, "origin_invalid");
    await expectProblem(await chat({ ...abroad, origin: undefined }), 403, "origin_missing");
    const token = edge.sign({ ...claimsOf(own.access_token), sub: "0".repeat(64) });
    const nobody = await own.call("GET", "/v1/conversation", { token });
    await expectProblem(nobody, 401, "token_invalid");
    expect((await own.copy()).messages).toEqual([]);
  });
});

test.describe("networks", () => {
  test("an access token works from its own, on every route", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite(), { address: "203.0.113.7" })).mint();
    const { access_token: token, conversation } = visitor;
    const routes = [
      ["GET", "/v1/conversation", {}],
      ["PUT", "/v1/restriction", { json: { restricted: false } }],
      ["POST", "/v1/review", { json: {} }],
      ["GET", `/v1/chat/${conversation}/stream`, {}],
      ["POST", "/v1/chat/stop", { json: { id: conversation } }],
      ["POST", "/v1/chat", { json: visitor.chatRequest("Hello", { id: "m-1" }) }],
      ["PATCH", "/v1/conversation/messages/m-1", { json: { text: "Hello" } }],
      ["DELETE", "/v1/conversation/messages/m-1", {}],
    ];
    for (const [method, path, body] of routes) {
      for (const address of ["203.0.114.7", "198.51.100.7", "2001:db8::7"]) {
        const refused = await visitor.call(method, path, { token, address, ...body });
        await expectProblem(refused, 401, "network_mismatch");
      }
      for (const address of ["203.0.113.250", "::ffff:203.0.113.9"]) {
        const taken = await visitor.call(method, path, { token, address, ...body });
        expect([200, 204], `${method} ${path}`).toContain(taken.status);
        await taken.text(); // A reply is whole before the next call changes what it answers.
      }
    }
    await expectProblem(await visitor.call("GET", "/v1/conversation", { token, address: "unknown" }), 503, "misconfigured");
  });

  test("a refresh token gets an access token for another, and its repetition is that one's alone", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite(), { address: "203.0.113.7" })).mint();
    const json = { refresh_token: visitor.refresh_token, rotation_id: "r-1" };
    const refresh = (address) => visitor.call("POST", "/v1/sessions/refresh", { json, address });
    const read = (token, address) => visitor.call("GET", "/v1/conversation", { token, address });
    const moved = await (await refresh("198.51.100.7")).json();
    expect((await read(moved.access_token, "198.51.100.8")).status).toBe(200);
    await expectProblem(await read(moved.access_token, "203.0.113.7"), 401, "network_mismatch");
    expect((await (await refresh("198.51.100.7")).json()).refresh_token).toBe(moved.refresh_token);
    await expectProblem(await refresh("203.0.113.7"), 401, "token_revoked");
    await expectProblem(await read(moved.access_token, "198.51.100.7"), 401, "token_revoked");
  });
});

test.describe("refreshing", () => {
  test("rotates, repeats itself for a repetition, and revokes the family on replay", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    const first = await (await visitor.refresh("r-1")).json();
    expect(first.refresh_token).not.toBe(visitor.refresh_token);
    expect((await visitor.call("GET", "/v1/conversation", { token: first.access_token })).status).toBe(200);
    const again = await (await visitor.refresh("r-1")).json();
    expect(again.refresh_token).toBe(first.refresh_token);
    await expectProblem(await visitor.refresh("r-2"), 401, "token_revoked");
    await expectProblem(await visitor.refresh("r-3", first.refresh_token), 401, "token_revoked");
  });

  test("refuses what is no refresh token", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    const wrong = visitor.refresh_token.slice(0, -1) + (visitor.refresh_token.endsWith("0") ? "1" : "0");
    await expectProblem(await visitor.refresh("r-1", wrong), 401, "token_invalid");
    await expectProblem(await visitor.refresh("r-1", visitor.erase_token), 401, "token_invalid");
    await expectProblem(await visitor.refresh("r-1", ""), 401, "token_invalid");
    await expectProblem(await visitor.refresh("not an id!"), 400, "invalid_value");
    const abroad = { origin: "https://elsewhere.example", json: { refresh_token: visitor.refresh_token, rotation_id: "r-1" } };
    await expectProblem(await visitor.call("POST", "/v1/sessions/refresh", abroad), 403, "token_mismatch");
    expect((await visitor.refresh("r-1")).status).toBe(200);
  });
});
