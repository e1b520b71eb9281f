// What a visitor can ask for beside talking, over the wire.
//
// 1. The copy: JSON by its schema, signed; a page without scripts; plain text. Exports are recorded, resumptions are not.
// 2. Rectification: one's own words, scrubbed; the old ones are gone, the reply says that it answered them.
// 3. Removal: any message, once and for all; its id is not used again, and no model is reminded of it.
// 4. Restriction: kept and not used; a reply under way stops; lifted again.
// 5. Review: asked for once, from a closed list.
// 6. Erasure: with an expired access token, without the workspace, twice, while a reply is under way; then 410 from every door.

import { createPublicKey, verify } from "node:crypto";
import { rm } from "node:fs/promises";
import { createWorkspace, DELIVERY, openAi } from "../support/admin.js";
import { expectAccessible } from "../support/check.js";
import { claimsOf, Edge, newAddress, until } from "../support/edge.js";
import { never } from "../support/provider.js";
import { expect, test } from "../support/test.js";
import { expectProblem, parts, readUntil, Visitor } from "../support/wire.js";

/** What the audit log of a workspace says about visitors' acts, in order. */
async function recorded(workspace) {
  const response = await workspace.call("GET", "/audit");
  expect(response.status).toBe(200);
  const lines = (await response.text()).trim().split("\n").map((line) => JSON.parse(line));
  const payloads = lines.filter(({ entry }) => entry).map(({ entry }) => JSON.parse(entry.payload));
  return payloads.filter(({ actor }) => actor.kind === "visitor").map(({ action, result }) => `${action} ${result}`);
}

/** A workspace of its own with one site, so that its log holds one test's acts. */
async function ownSite(edge, host, settings = {}) {
  return (await createWorkspace(edge, "Rights")).createSite({ origins: [host.origin], ...settings });
}

/** Whether a signed document verifies with the published key, by the documentation alone. */
async function verifies(edge, text) {
  const { signature, ...document } = JSON.parse(text);
  const { keys } = await (await edge.call("GET", "/.well-known/jwks.json")).json();
  const { kty, crv, x } = keys.find(({ kid }) => String(kid) === String(signature.kid));
  const key = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
  return verify(null, Buffer.from(JSON.stringify(document)), key, Buffer.from(signature.value, "base64url"));
}

test.describe("the copy", () => {
  test("is signed, says how each reply came about, and is recorded; a resumption is not", async ({ edge, host, makeVisitor, provider }) => {
    const site = await ownSite(edge, host, { provider: openAi(provider) });
    const visitor = await (await makeVisitor(site)).mint();
    await visitor.ask("I am jo@example.org");
    const stored = await visitor.copy();
    expect(stored).not.toHaveProperty("signature");
    expect(await recorded(site.workspace)).toEqual([]);

    const response = await visitor.export();
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const text = await response.text();
    const copy = JSON.parse(text);
    expect(copy).toMatchObject({
      kind: "conversation_copy",
      schema: "urn:sotto:schema:conversation-copy:1",
      conversation: visitor.conversation,
      lang: "en",
      recipients: [{ name: "Model Inc", retention_days: 30 }],
      messages: [
        { author: "visitor", text: "I am [EMAIL]" },
        {
          author: "ai",
          provider: "openai",
          model: "m-test",
          reply_to: "m-1",
          provenance: {
            generated_by_ai: true,
            digital_source_type: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            text_marking: "none",
            notice: copy.notice,
          },
        },
      ],
    });
    expect(Array.isArray(copy.consent)).toBe(true);
    expect(await verifies(edge, text)).toBe(true);
    expect(await verifies(edge, text.replace("[EMAIL]", "[PHONE]"))).toBe(false);
    for (const path of ["/v1/receipts/verify", "/v1/provenance/verify"]) {
      const asked = await edge.call("POST", path, { body: text, type: "application/json" });
      expect(await asked.json()).toMatchObject({ valid: true, kind: "conversation_copy" });
    }
    expect(await recorded(site.workspace)).toEqual(["conversation.exported done"]);
  });

  test("comes as a page and as text, with the signed JSON in both", async ({ edge, host, makeSite, makeVisitor, page }) => {
    const site = await makeSite();
    await site.putDocument("delivery.md", DELIVERY);
    const visitor = await (await makeVisitor(site)).mint();
    await visitor.ask("What does delivery cost? <script>alert(1)</script>");

    const html = await visitor.export("?format=html");
    expect(html.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(html.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    const markup = await html.text();
    expect(markup).not.toMatch(/<script/i);
    const byHeader = await visitor.export("", { accept: "text/html,*/*;q=0.8" });
    expect(byHeader.headers.get("content-type")).toBe("text/html; charset=utf-8");
    await byHeader.body.cancel();

    // Kept as a file it runs nothing and loads nothing; its own policy holds there too.
    const requests = [];
    const refused = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => refused.push(message.text()));
    await page.setContent(markup);
    await expect(page.locator("[data-ai-generated=true]")).toHaveCount(1);
    await expect(page.locator("[data-ai-generated=true]")).toContainText("4.90");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Copy of a conversation");
    await page.getByText("Signed original").click();
    const signed = await page.locator("pre").textContent();
    expect(await verifies(edge, signed)).toBe(true);
    await expectAccessible(page);
    expect(requests.filter((url) => !url.startsWith("about:"))).toEqual([]);
    expect(refused).toEqual([]);

    const plain = await visitor.export("?format=text", { accept: "text/html" });
    expect(plain.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const text = await plain.text();
    const between = text.match(/\n-----BEGIN SOTTO COPY-----\n(.*)\n-----END SOTTO COPY-----\n$/)[1];
    expect(await verifies(edge, between)).toBe(true);

    await expectProblem(await visitor.export("?format=pdf"), 400, "invalid_value");
    await expectProblem(await visitor.export("?purpose=other"), 400, "invalid_value");
  });

  test("that cannot be made is recorded as failed", async ({ host }) => {
    test.setTimeout(240_000); // `cargo xtask` may have to be built first.
    const edge = await Edge.start();
    try {
      const site = await ownSite(edge, host);
      const visitor = await new Visitor(site, { origin: host.origin, address: newAddress() }).mint();
      await visitor.ask("Hello");
      // The root that sealed its keys is retired before they were sealed anew: nothing of it opens any more.
      await edge.changeKeys("rotate root", "retire root 1 --sure");
      await expectProblem(await visitor.export(), 500, "internal");
      expect(await recorded(site.workspace)).toEqual(["conversation.exported failed"]);
    } finally {
      await edge.stop();
    }
  });
});

test.describe("rectification", () => {
  test("replaces one's own words, scrubbed, and marks the reply to the old ones", async ({ edge, host, makeVisitor, provider }) => {
    const site = await ownSite(edge, host, { provider: openAi(provider) });
    const visitor = await (await makeVisitor(site)).mint();
    await visitor.ask("I live in Ulm");
    const response = await visitor.rectify("m-1", "I live in Bonn, jo@example.org");
    expect(response.status).toBe(200);
    const message = await response.json();
    expect(message).toMatchObject({ id: "m-1", text: "I live in Bonn, [EMAIL]", changed_at: expect.any(Number) });
    const { messages } = await visitor.copy();
    expect(messages[0]).toEqual(message);
    expect(messages[1]).toMatchObject({ reply_to: "m-1", answers_earlier_text: true });
    expect(JSON.stringify(await (await visitor.export()).json())).not.toContain("Ulm");

    // Again it changes nothing; the model hears the new text.
    expect(await (await visitor.rectify("m-1", "I live in Bonn, jo@example.org")).json()).toEqual(message);
    await visitor.ask("Where do I live?");
    const heard = JSON.stringify(provider.requests.at(-1).body);
    expect(heard).toContain("Bonn");
    expect(heard).not.toContain("Ulm");
    expect(await recorded(site.workspace)).toEqual(["message.changed done", "conversation.exported done"]);
  });

  test("is refused for replies, unknown and removed messages, bad texts, and while it is answered", async ({ makeSite, makeVisitor, provider }) => {
    const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
    const { id } = await visitor.ask("Hello");
    await expectProblem(await visitor.rectify(id, "Mine"), 403, "not_own_message");
    await expectProblem(await visitor.rectify("m-9", "Hello"), 404, "not_found");
    await expectProblem(await visitor.rectify("%20", "Hello"), 404, "not_found");
    await expectProblem(await visitor.rectify("m-1", " \u200b"), 422, "message_empty");
    await expectProblem(await visitor.rectify("m-1", "x".repeat(4001)), 422, "message_too_long");
    const escaped = "\u{1f600}".repeat(4000);
    expect((await visitor.rectify("m-1", escaped)).status).toBe(200);
    const path = "/v1/conversation/messages/m-1";
    const wrong = { token: visitor.access_token, json: { text: "a", author: "ai" } };
    await expectProblem(await visitor.call("PATCH", path, wrong), 400, "unknown_field");
    await expectProblem(await visitor.call("PUT", path, wrong), 405, "method_not_allowed");

    provider.reply(async function* () {
      yield "So far. ";
      yield "And on. ";
      await never;
    });
    const stream = parts(await visitor.send("Second", { id: "m-2" }));
    await readUntil(stream, "So far");
    await expectProblem(await visitor.rectify("m-2", "Other"), 409, "reply_in_progress");
    expect((await visitor.stop()).status).toBe(204);
    expect((await visitor.rectify("m-2", "Other")).status).toBe(200);
    await visitor.remove("m-2");
    await expectProblem(await visitor.rectify("m-2", "Hello"), 409, "message_conflict");
  });
});

test.describe("removal", () => {
  test("takes any message away for good and keeps its place", async ({ edge, host, makeVisitor, provider }) => {
    const site = await ownSite(edge, host, { provider: openAi(provider) });
    const visitor = await (await makeVisitor(site)).mint();
    const { id } = await visitor.ask("My locker is blue");
    const removed = await (await visitor.remove("m-1")).json();
    expect(removed).toMatchObject({ id: "m-1", text: "", state: "removed", removed_at: expect.any(Number) });
    expect(await (await visitor.remove("m-1")).json()).toEqual(removed);
    expect((await visitor.remove(id)).status).toBe(200);
    const { messages } = await visitor.copy();
    expect(messages.map(({ state }) => state)).toEqual(["removed", "removed"]);
    expect(messages[1]).toMatchObject({ id, reply_to: "m-1", text: "" });
    expect(messages[1]).not.toHaveProperty("model");

    await expectProblem(await visitor.send("My locker is blue", { id: "m-1" }), 409, "message_conflict");
    await visitor.ask("Which locker?", { id: "m-2" });
    expect(JSON.stringify(provider.requests.at(-1).body)).not.toContain("blue");
    await expectProblem(await visitor.remove("m-9"), 404, "not_found");
    expect(await recorded(site.workspace)).toEqual(["message.removed done", "message.removed done"]);
  });

  test("stops the reply that is under way to it", async ({ makeSite, makeVisitor, provider }) => {
    const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
    provider.reply(async function* () {
      yield "So far. ";
      yield "And on. ";
      await never;
    });
    const stream = parts(await visitor.send("Hello"));
    await readUntil(stream, "So far");
    expect((await visitor.remove("m-1")).status).toBe(200);
    for await (const part of stream) expect(part.type).not.toBe("text-delta");
    await until(() => provider.requests[0].left, "the provider's connection stayed open", 15_000);
    expect((await visitor.copy()).messages.map(({ state }) => state)).toEqual(["removed", "stopped"]);
  });
});

test.describe("restriction", () => {
  test("keeps a conversation and does not use it, until it is lifted", async ({ edge, host, makeVisitor, provider }) => {
    const site = await ownSite(edge, host, { provider: openAi(provider) });
    const visitor = await (await makeVisitor(site)).mint();
    provider.reply(async function* () {
      yield "So far. ";
      yield "And on. ";
      await never;
    });
    const stream = parts(await visitor.send("Hello"));
    await readUntil(stream, "So far");
    const { created_at } = await visitor.copy();

    const restricted = await visitor.restrict(true);
    expect(restricted.status).toBe(200);
    const restriction = await restricted.json();
    expect(restriction).toEqual({ restricted_at: expect.any(Number), ends_at: created_at + 400 * 86_400_000 });
    for await (const part of stream) expect(part.type).not.toBe("text-delta");
    await until(() => provider.requests[0].left, "the provider's connection stayed open", 15_000);

    const asked = provider.requests.length;
    await expectProblem(await visitor.send("More", { id: "m-2" }), 409, "restricted");
    await expectProblem(await visitor.send("Hello", { id: "m-1", trigger: "regenerate-message" }), 409, "restricted");
    expect(provider.requests).toHaveLength(asked);
    expect(await visitor.copy()).toMatchObject(restriction);
    expect((await visitor.export()).status).toBe(200);
    expect(await (await visitor.restrict(true)).json()).toEqual(restriction);

    const lifted = await (await visitor.restrict(false)).json();
    expect(lifted).not.toHaveProperty("restricted_at");
    expect(lifted.ends_at).toBeLessThan(restriction.ends_at);
    provider.reply(["Here I am."]);
    expect((await visitor.ask("More", { id: "m-2" })).text).toContain("Here I am.");
    const acts = ["conversation.restricted done", "conversation.exported done", "restriction.lifted done"];
    expect(await recorded(site.workspace)).toEqual(acts);
    const wrong = await visitor.call("PUT", "/v1/restriction", { token: visitor.access_token, json: { restricted: "yes" } });
    await expectProblem(wrong, 400, "invalid_value");
  });

  test("does not stand in the way of erasing", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite({ restriction_keeps: false }))).mint();
    const { ends_at } = await visitor.copy();
    expect(await (await visitor.restrict(true)).json()).toMatchObject({ ends_at });
    expect((await visitor.erase()).status).toBe(200);
    await expectProblem(await visitor.restrict(false), 410, "erased");
  });
});

test("a review is asked for once, with a reason from a closed list", async ({ edge, host, makeVisitor }) => {
  const site = await ownSite(edge, host);
  const visitor = await (await makeVisitor(site)).mint();
  const first = await visitor.review();
  expect(first.status).toBe(200);
  const asked = await first.json();
  expect(asked).toEqual({ asked_at: expect.any(Number) });
  const named = { ...asked, reason: "decision" };
  expect(await (await visitor.review("decision")).json()).toEqual(named);
  expect(await (await visitor.review()).json()).toEqual(named);
  expect((await visitor.copy()).review).toEqual(named);
  await expectProblem(await visitor.review("because I say so"), 400, "invalid_value");
  const more = { token: visitor.access_token, json: { reason: "wrong", text: "hello" } };
  await expectProblem(await visitor.call("POST", "/v1/review", more), 400, "unknown_field");
  expect(await recorded(site.workspace)).toEqual(["review.asked done"]);
});

test.describe("erasure", () => {
  test("promise 6: works with an expired access token, and afterwards every door answers 410", async ({ edge, makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    await visitor.ask("Hello");
    const past = Math.floor(Date.now() / 1000) - 1000;
    const expired = edge.sign({ ...claimsOf(visitor.access_token), iat: past, nbf: past, exp: past + 900 });
    await expectProblem(await visitor.call("GET", "/v1/conversation", { token: expired }), 401, "token_expired");
    const erased = await visitor.call("POST", "/v1/erase", { token: expired, json: { erase_token: visitor.erase_token } });
    expect(erased.status).toBe(200);
    const receipt = await erased.json();
    const again = await visitor.erase();
    expect(await again.json()).toEqual(receipt);

    const token = visitor.access_token;
    const id = visitor.conversation;
    const consent = { notice: visitor.receipt.notice, chat: true, purposes: {}, objections: {}, gpc: false, source: { kind: "sdk" } };
    const doors = [
      ["POST", "/v1/chat", { json: visitor.chatRequest("Hello?") }],
      ["POST", "/v1/chat/stop", { json: { id } }],
      ["GET", `/v1/chat/${id}/stream`],
      ["GET", "/v1/conversation"],
      ["GET", "/v1/conversation?purpose=resume"],
      ["GET", "/v1/conversation?format=html"],
      ["PATCH", "/v1/conversation/messages/m-1", { json: { text: "Hello" } }],
      ["DELETE", "/v1/conversation/messages/m-1"],
      ["PUT", "/v1/restriction", { json: { restricted: true } }],
      ["POST", "/v1/review", { json: {} }],
      ["PUT", "/v1/consent", { json: consent }],
      ["POST", "/v1/sessions/refresh", { json: { refresh_token: visitor.refresh_token, rotation_id: "r-1" } }],
    ];
    for (const [method, path, options] of doors) {
      const gone = await expectProblem(await visitor.call(method, path, { token, ...options }), 410, "erased");
      expect(gone.receipt, path).toBe(receipt.id);
    }
  });

  test("promise 6: works when the workspace is gone", async () => {
    test.setTimeout(90_000);
    const edge = await Edge.start();
    try {
      const workspace = await createWorkspace(edge, "Gone");
      const origin = "https://shop.example";
      const visitor = await new Visitor(await workspace.createSite({ origins: [origin] }), { origin, address: newAddress() }).mint();
      await visitor.ask("Hello");
      await edge.kill();
      const files = await edge.files((name) => name.includes(workspace.id));
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) await rm(file);
      await edge.restart();
      const gone = await workspace.call("GET", "/sites");
      expect(gone.status).toBeGreaterThanOrEqual(400);
      const receipt = await visitor.erase();
      expect(receipt.status).toBe(200);
      const { id } = await receipt.json();
      const after = await expectProblem(await visitor.call("GET", "/v1/conversation", { token: visitor.access_token }), 410, "erased");
      expect(after.receipt).toBe(id);
    } finally {
      await edge.stop();
    }
  });

  test("names every recipient that was agreed to, whatever the settings have become", async ({ makeSite, makeVisitor, provider }) => {
    const site = await makeSite({ provider: openAi(provider), recipients: [{ name: "Index Ltd", role: "searches", place: "EU" }] });
    const visitor = await (await makeVisitor(site)).mint();
    await visitor.ask("Hello");
    await site.change({ provider: { kind: "local" }, recipients: [] });
    const { recipients } = await (await visitor.erase()).json();
    expect(recipients).toEqual([{ name: "Model Inc", retention_days: 30 }, { name: "Index Ltd" }]);
  });
});
