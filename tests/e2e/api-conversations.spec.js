// What an operator does to conversations: the list, reading with a reason, taking away, erasing, holding, answering.
//
// 1. The list says how conversations stand, and can be narrowed.
// 2. Reading and taking away what was not given to `improve` takes a reason, and what the visitor restricted is not shown.
// 3. The operator's erasure answers with the receipt, and the visitor's calls say who erased.
// 4. A legal hold delays the end and the operator, and not the visitor.
// 5. A review that was asked for is answered.
// 6. No key reaches another workspace's conversations, or does what its scopes do not say.
// 7. Daily figures are of days that are over.
// 8. Everything is in the audit log, what came to nothing too.

import { createWorkspace } from "../support/admin.js";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

const HOUR = 3_600_000;

/** A conversation in which something was said. */
async function talk(makeVisitor, site, purposes = {}) {
  const visitor = await (await makeVisitor(site)).mint({ purposes });
  expect((await visitor.ask("My cat is called Tom")).finish).toBe("stop");
  return visitor;
}

const hold = (reason = "legal_claim", wait = HOUR) => ({ reason, until: Date.now() + wait });
const path = (visitor, rest = "") => `/conversations/${visitor.conversation}${rest}`;
const texts = ({ messages }) => messages.map(({ text }) => text);

/** Every call to one conversation, by name. */
const CALLS = {
  read: ["GET", "?reason=complaint"],
  export: ["GET", "/export?reason=complaint"],
  hold: ["PUT", "/hold", () => ({ json: hold() })],
  release: ["DELETE", "/hold"],
  answer: ["POST", "/review", () => ({ json: { outcome: "confirmed" } })],
  erase: ["DELETE", ""],
};

/** Action, result and reason of the entries of a workspace's audit log about conversations. */
async function entries(workspace) {
  const lines = (await (await workspace.call("GET", "/audit")).text()).trim().split("\n").map(JSON.parse);
  return lines
    .filter(({ entry }) => entry)
    .map(({ entry }) => JSON.parse(entry.payload))
    .filter(({ actor, object }) => actor.kind === "operator" && object.kind === "conversation")
    .map(({ action, result, reason }) => [action, result, reason].filter(Boolean).join(" "));
}

test("the list says how conversations stand and can be narrowed", async ({ edge, makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  const plain = await talk(makeVisitor, site);
  const given = await talk(makeVisitor, site, { improve: true });
  const list = async (query) => (await (await workspace.call("GET", `/conversations?site=${site.number}${query}`)).json()).conversations;
  const all = await list("");
  expect(all.map(({ conversation }) => conversation)).toEqual([plain.conversation, given.conversation]);
  expect(all[0]).toMatchObject({ site: site.number, improve: false, restricted: false });
  expect(all[0].ends_at - all[0].created_at).toBe(24 * HOUR);
  expect(JSON.stringify(all)).not.toContain("Tom");
  expect((await list("&flag=improve")).map(({ conversation }) => conversation)).toEqual([given.conversation]);
  expect(await list("&flag=hold")).toEqual([]);
  await plain.call("PUT", "/v1/restriction", { token: plain.access_token, json: { restricted: true } });
  await expect.poll(async () => (await list("&flag=restricted")).length).toBe(1);
  await expectProblem(await workspace.call("GET", "/conversations?flag=all"), 400, "invalid_value");
  await expectProblem(await workspace.call("GET", "/conversations?site=one"), 404, "site_unknown");
  await expectProblem(await edge.call("GET", "/v1/admin/conversations", {}), 401, "token_missing");
});

test("what was not given to improve is read with a reason", async ({ edge, makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  const plain = await talk(makeVisitor, site);
  const given = await talk(makeVisitor, site, { improve: true });
  const read = (visitor, query = "", rest = "") => workspace.call("GET", path(visitor, rest + query));
  for (const rest of ["", "/export"]) {
    await expectProblem(await read(plain, "", rest), 403, "reason_required");
    await expectProblem(await read(plain, "?reason=curiosity", rest), 400, "invalid_value");
    expect(texts(await (await read(plain, "?reason=complaint", rest)).json())).toContain("My cat is called Tom");
    expect(texts(await (await read(given, "", rest)).json())).toContain("My cat is called Tom");
  }
  const copy = await read(given, "", "/export");
  expect(copy.headers.get("content-disposition")).toContain("attachment");
  expect((await copy.json()).signature).toMatchObject({ alg: "Ed25519" });

  // The conversation's key is not in memory any more: the workspace opens it for its operator too.
  await edge.restart();
  expect(texts(await (await read(plain, "?reason=security")).json())).toContain("My cat is called Tom");

  await given.call("PUT", "/v1/restriction", { token: given.access_token, json: { restricted: true } });
  await expectProblem(await read(given, "?reason=legal_claim"), 409, "restricted");
  await expectProblem(await read(given, "?reason=legal_claim", "/export"), 409, "restricted");
  await expectProblem(await workspace.call("DELETE", path(given)), 409, "restricted");
  await given.call("PUT", "/v1/restriction", { token: given.access_token, json: { restricted: false } });
  expect((await read(given)).status).toBe(200);

  const recorded = await entries(workspace);
  for (const entry of [
    "conversation.read refused",
    "conversation.read done complaint",
    "conversation.read done",
    "conversation.read done security",
    "conversation.read refused legal_claim",
    "conversation.exported refused",
    "conversation.exported done complaint",
    "conversation.exported refused legal_claim",
    "conversation.erased refused",
  ]) {
    expect(recorded).toContain(entry);
  }
});

test("the operator's erasure is told to the visitor, with the receipt", async ({ makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  const visitor = await talk(makeVisitor, site);
  const erased = await workspace.call("DELETE", path(visitor));
  expect(erased.status).toBe(200);
  const receipt = await erased.json();
  expect(receipt).toMatchObject({ conversation: visitor.conversation, recovery_days: 30, signature: { alg: "Ed25519" } });
  const copy = await visitor.call("GET", "/v1/conversation", { token: visitor.access_token });
  const problem = await expectProblem(copy, 410, "erased");
  expect(problem).toMatchObject({ receipt: receipt.id, detail: expect.stringContaining("operator") });
  await expectProblem(await visitor.send("Still there?"), 410, "erased");
  expect(await (await visitor.erase()).json()).toEqual(receipt);
  expect(await site.conversations()).toEqual([]);
  await expectProblem(await workspace.call("DELETE", path(visitor)), 404, "not_found");
  await expectProblem(await workspace.call("GET", path(visitor, "?reason=complaint")), 404, "not_found");
  expect((await entries(workspace)).filter((entry) => entry === "conversation.erased done")).toHaveLength(1);
});

test.describe("a legal hold", () => {
  test("keeps the operator from erasing, is shown to the visitor, and never stops the visitor", async ({ makeSite, makeVisitor, workspace }) => {
    const site = await makeSite();
    const visitor = await talk(makeVisitor, site);
    const order = hold("authority_order");
    const held = await workspace.call("PUT", path(visitor, "/hold"), { json: order });
    expect(await held.json()).toMatchObject({ conversation: visitor.conversation, hold: order });
    expect((await visitor.copy()).hold).toEqual(order);
    await expectProblem(await workspace.call("DELETE", path(visitor)), 409, "legal_hold");
    const free = await (await workspace.call("DELETE", path(visitor, "/hold"))).json();
    expect(free.hold).toBeUndefined();
    expect((await visitor.copy()).hold).toBeUndefined();
    await workspace.call("PUT", path(visitor, "/hold"), { json: order });
    expect((await visitor.erase()).status).toBe(200);
    await expect.poll(() => site.conversations()).toEqual([]);
    const recorded = await entries(workspace);
    expect(recorded).toContain("conversation.held done authority_order");
    expect(recorded).toContain("conversation.released done");
    expect(recorded).toContain("conversation.erased refused");
  });

  test("keeps what was said after the conversation's end, for the operator alone, and lets it go", async ({ makeSite, makeVisitor, workspace }) => {
    const site = await makeSite({ idle_seconds: 8 });
    const visitor = await talk(makeVisitor, site);
    expect((await workspace.call("PUT", path(visitor, "/hold"), { json: hold() })).status).toBe(200);
    const copy = () => visitor.call("GET", "/v1/conversation", { token: visitor.access_token });
    await expect.poll(async () => (await copy()).status, { timeout: 20_000 }).toBe(410);
    const problem = await expectProblem(await copy(), 410, "conversation_ended");
    expect(problem.receipt).toBeUndefined();
    await expectProblem(await visitor.send("Still there?"), 410, "conversation_ended");
    await expectProblem(await visitor.refresh(), 410, "conversation_ended");
    const read = await workspace.call("GET", path(visitor, "?reason=legal_claim"));
    expect(texts(await read.json())).toContain("My cat is called Tom");
    expect(await site.conversations()).toEqual([visitor.conversation]);
    expect((await workspace.call("DELETE", path(visitor, "/hold"))).status).toBe(200);
    await expect.poll(() => site.conversations(), { timeout: 15_000 }).toEqual([]);
    expect((await expectProblem(await copy(), 410, "conversation_ended")).receipt).toMatch(/^[0-9A-Z]{26}$/);
  });

  test("has a reason of the list and an end within 400 days", async ({ makeSite, makeVisitor, workspace }) => {
    const visitor = await talk(makeVisitor, await makeSite());
    const put = (json) => workspace.call("PUT", path(visitor, "/hold"), { json });
    await expectProblem(await put({ ...hold(), reason: "because Jane sued" }), 400, "invalid_value");
    await expectProblem(await put({ ...hold(), note: "Jane" }), 400, "unknown_field");
    await expectProblem(await put(hold("legal_claim", -1000)), 400, "invalid_value");
    await expectProblem(await put(hold("legal_claim", 401 * 24 * HOUR)), 400, "invalid_value");
    expect((await put(hold("legal_claim", 399 * 24 * HOUR))).status).toBe(200);
  });
});

test("a review that was asked for is answered, and the visitor sees it", async ({ makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  const visitor = await talk(makeVisitor, site);
  const answer = (json = { outcome: "corrected" }) => workspace.call("POST", path(visitor, "/review"), { json });
  await expectProblem(await answer(), 404, "not_found");
  const asked = await visitor.call("POST", "/v1/review", { token: visitor.access_token, json: {} });
  expect(asked.status, await asked.clone().text()).toBe(200);
  const waiting = async () => (await (await workspace.call("GET", `/conversations?site=${site.number}&flag=review`)).json()).conversations;
  await expect.poll(async () => (await waiting()).length).toBe(1);
  await expectProblem(await answer({ outcome: "ignored" }), 400, "invalid_value");
  const answered = await (await answer()).json();
  expect(answered.review_asked_at).toBeUndefined();
  expect(await waiting()).toEqual([]);
  expect((await visitor.copy()).review).toMatchObject({ outcome: "corrected" });
  expect(await entries(workspace)).toContain("review.answered done corrected");
});

// Promise 8.
test("no key reaches another workspace's conversations", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await talk(makeVisitor, await makeSite(), { improve: true });
  const stranger = await createWorkspace(edge, "Stranger");
  for (const [name, [method, rest, options]] of Object.entries(CALLS)) {
    await test.step(name, async () => {
      await expectProblem(await stranger.call(method, path(visitor, rest), options?.()), 404, "not_found");
      const never = { conversation: "0".repeat(64) };
      await expectProblem(await stranger.call(method, path(never, rest), options?.()), 404, "not_found");
      await expectProblem(await stranger.call(method, path({ conversation: "x" }, rest), options?.()), 404, "not_found");
      await expectProblem(await edge.call(method, `/v1/admin${path(visitor, rest)}`, options?.()), 401, "token_missing");
      const token = visitor.access_token;
      await expectProblem(await edge.call(method, `/v1/admin${path(visitor, rest)}`, { token, ...options?.() }), 401, "token_invalid");
    });
  }
  expect(texts(await visitor.copy())).toContain("My cat is called Tom");
  expect((await visitor.copy()).hold).toBeUndefined();
  expect((await entries(stranger)).every((entry) => entry.includes(" refused"))).toBe(true);
});

test("a key does to conversations what its scopes say", async ({ makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  const visitor = await talk(makeVisitor, site);
  await visitor.call("POST", "/v1/review", { token: visitor.access_token, json: {} });
  const key = async (scopes) => (await (await workspace.call("POST", "/keys", { json: { name: "one", scopes } })).json()).api_key;
  const needed = { read: "read", export: "read", hold: "manage", release: "manage", answer: "manage", erase: "erase" };
  for (const [name, [method, rest, options]] of Object.entries(CALLS)) {
    await test.step(name, async () => {
      const others = ["read", "manage", "erase"].filter((scope) => scope !== needed[name]).map((scope) => `conversations:${scope}`);
      const wrong = await workspace.call(method, path(visitor, rest), { ...options?.(), token: await key([...others, "sites", "counts"]) });
      await expectProblem(wrong, 403, "scope_missing");
      const right = await workspace.call(method, path(visitor, rest), { ...options?.(), token: await key([`conversations:${needed[name]}`]) });
      expect(right.status, await right.clone().text()).toBe(200);
    });
  }
});

test("daily figures are of days that are over, and need a key for them alone", async ({ makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  await talk(makeVisitor, site, { analytics: true });
  const made = await workspace.call("POST", "/keys", { json: { name: "figures", scopes: ["counts"] } });
  const { api_key: token } = await made.json();
  const counts = (query = "", number = site.number) => workspace.call("GET", `/sites/${number}/counts${query}`, { token });
  const { days } = await (await counts()).json();
  expect(days).toHaveLength(30);
  const today = new Date().toISOString().slice(0, 10);
  expect(days.every(({ day }) => day < today)).toBe(true);
  expect(days.every(({ conversations, messages }) => conversations === null && messages === null)).toBe(true);
  expect((await (await counts("?from=2026-01-01&to=2026-01-07")).json()).days).toHaveLength(7);
  await expectProblem(await counts("?from=yesterday"), 400, "invalid_value");
  await expectProblem(await counts("?from=2020-01-01&to=2026-01-01"), 400, "invalid_value");
  await expectProblem(await counts("", 999), 404, "site_unknown");
  await expectProblem(await workspace.call("GET", "/conversations", { token }), 403, "scope_missing");
});
