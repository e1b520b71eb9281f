// Consent over the wire, without a browser.
//
// 1. The site's notice tells each purpose; the first answer is recorded, and its receipt verifies.
// 2. Every purpose is withdrawn at once and given again; an objection holds; Global Privacy Control and the host page narrow.
// 3. Without the chat the reply stops and nothing more is taken; reading and erasing go on.
// 4. What cannot be given is refused: another site's notice, what is not offered, by whoever may not ask.
// 5. Receipts verify by call and by command, changed ones do not, and bare texts get no answer.
// 6. A record that is in a power cut is there after it; after an erasure only the proof is left that the site keeps.

import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWorkspace, openAi } from "../support/admin.js";
import { Edge, newAddress } from "../support/edge.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";
import { expectProblem, parts, readUntil, Visitor } from "../support/wire.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const ALL = { remember: true, improve: true, analytics: true };
const NONE = { remember: false, improve: false, analytics: false };

/** Changes the consent; what is not said stays as the receipt has it. */
const put = (visitor, changes = {}, options = {}) =>
  visitor.call("PUT", "/v1/consent", {
    token: visitor.access_token,
    json: { notice: visitor.receipt.notice, chat: true, purposes: visitor.receipt.purposes, ...changes },
    ...options,
  });

async function set(visitor, changes, options) {
  const response = await put(visitor, changes, options);
  expect(response.status, await response.clone().text()).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.json();
}

const verify = (edge, document, options = {}) => edge.call("POST", "/v1/receipts/verify", { json: document, ...options });

/** What a visitor did, as the copy tells it. */
async function events(visitor) {
  const { consent } = await visitor.copy();
  return consent.map(({ state, purposes }) => `${state} ${purposes.join(" ")}`);
}

test("the notice tells data, basis and retention of each purpose, in codes", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(
    await makeSite({
      legal_basis: "contract",
      legal_bases: { improve: "legitimate_interest" },
      idle_seconds: 3600,
      retention_seconds: 7200,
      purposes: { improve: true },
      consent_proof_days: 30,
    }),
  );
  const { notice } = await visitor.settings();
  expect(notice.purposes).toEqual([
    { purpose: "chat", legal_basis: "contract", data: ["messages", "replies", "session", "network"], seconds: 3600 },
    { purpose: "improve", legal_basis: "legitimate_interest", data: ["messages", "replies"], seconds: 7200 },
  ]);
  expect(notice.proof_days).toBe(30);
});

test("the first answer is on record, with what was shown before it, and names nobody", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite());
  const source = { kind: "widget", version: "0.1.0", host: { functional: true, analytics: false } };
  const before = Date.now();
  await visitor.mint({ purposes: ALL, shown_seconds: 60, source });
  expect(visitor.receipt.purposes).toEqual({ remember: true, improve: true, analytics: false });
  const { record } = visitor.receipt;
  expect(visitor.receipt).toMatchObject({ kind: "consent_receipt", chat: true, objections: NONE });
  expect(record).toMatchObject({
    schema: "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
    principal: { id: visitor.conversation, type: "visitor" },
    controller: { name: "Lantern & Loom Ltd" },
    notice: { version: visitor.receipt.notice, lang: "en" },
    purposes: [{ id: "chat", legal_basis: "eu-gdpr:A6-1-a" }, { id: "remember" }, { id: "improve" }, { id: "analytics" }],
  });
  expect(record.notice.sha256.slice(0, 32)).toBe(record.notice.version);
  expect(record.events.map(({ state, purposes }) => [state, purposes])).toEqual([
    ["noticed", ["chat", "remember", "improve", "analytics"]],
    ["given", ["chat", "remember", "improve"]],
    ["refused", ["analytics"]],
  ]);
  expect(record.events[0].at).toBeLessThanOrEqual(before - 59_000);
  expect(record.events[1].source).toEqual({ ...source, host: { ...source.host, marketing: false } });
  const { consent } = await visitor.copy();
  expect(consent).toEqual(record.events);
  expect(JSON.stringify(visitor.receipt)).not.toContain(visitor.address.split(".").slice(0, 3).join("."));
  expect(await (await verify(edge, visitor.receipt)).json()).toEqual({ valid: true, kind: "consent_receipt", kid: 1 });
});

test.describe("every purpose can be withdrawn and given again", () => {
  for (const purpose of Object.keys(ALL)) {
    test(purpose, async ({ edge, makeSite, makeVisitor }) => {
      const visitor = await (await makeVisitor(await makeSite())).mint({ purposes: ALL });
      const less = await set(visitor, { purposes: { ...ALL, [purpose]: false } });
      expect(less).toMatchObject({ chat: true, purposes: { ...ALL, [purpose]: false }, offers_erasure: false });
      expect((await visitor.copy()).purposes).toEqual(less.purposes);
      expect((await events(visitor)).at(-1)).toBe(`withdrawn ${purpose}`);
      expect((await (await verify(edge, less.receipt)).json()).valid).toBe(true);
      const again = await set(visitor, { purposes: { ...ALL, [purpose]: false } });
      expect(again.receipt).toEqual(less.receipt);
      const more = await set(visitor, { purposes: ALL });
      expect(more.purposes).toEqual(ALL);
      expect((await events(visitor)).at(-1)).toBe(`given ${purpose}`);
      expect((await visitor.ask("Hello")).finish).toBe("stop");
    });
  }
});

test("without remember and improve the conversation lives its short life", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ idle_seconds: 3600, retention_seconds: 7200 });
  const visitor = await (await makeVisitor(site)).mint({ purposes: ALL });
  expect(visitor.ends_at - visitor.receipt.given_at).toBe(7_200_000);
  const { ends_at, receipt } = await set(visitor, { purposes: NONE });
  expect(ends_at).toBeLessThanOrEqual(receipt.given_at + 3_600_000);
  expect((await visitor.copy()).ends_at).toBe(ends_at);
});

test("an objection holds until the purpose is given again", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ legal_bases: { improve: "legitimate_interest", analytics: "consent" } });
  const visitor = await (await makeVisitor(site)).mint({ purposes: { improve: true } });
  const objections = { improve: true, analytics: true };
  const objected = await set(visitor, { purposes: { improve: true }, objections });
  expect(objected).toMatchObject({ purposes: NONE, objections: { ...NONE, ...objections } });
  expect((await events(visitor)).slice(-2)).toEqual(["objected improve", "objected analytics"]);
  expect((await set(visitor, { purposes: { remember: true } })).objections).toMatchObject(objections);
  const given = await set(visitor, { purposes: { improve: true } });
  expect(given).toMatchObject({ purposes: { improve: true }, objections: { improve: false, analytics: true } });
  await set(visitor, { purposes: NONE });
  expect((await events(visitor)).at(-1), "what rests on an interest is objected to").toBe("objected improve");
  await expectProblem(await put(visitor, { objections: { remember: true } }), 400, "invalid_value");
});

test("Global Privacy Control takes back, and nothing can be given under it", async ({ makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint({ purposes: ALL });
  const signal = { headers: { "sec-gpc": "1" } };
  const left = await set(visitor, { purposes: ALL }, signal);
  expect(left.purposes).toEqual({ ...NONE, remember: true });
  expect(left.receipt.record.events.at(-1)).toMatchObject({ state: "withdrawn", purposes: ["improve", "analytics"], gpc: true });
  expect((await set(visitor, { purposes: ALL, gpc: true })).purposes).toEqual({ ...NONE, remember: true });
  expect((await set(visitor, { purposes: ALL }, { headers: { "sec-gpc": "0" } })).purposes).toEqual(ALL);
});

test("the host page's banner narrows and never widens", async ({ makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint({ purposes: { analytics: true } });
  const source = { kind: "host", host: { functional: true } };
  const narrowed = await set(visitor, { purposes: ALL, source });
  expect(narrowed.purposes).toEqual(NONE);
  expect(narrowed.receipt.record.events.at(-1)).toMatchObject({ state: "withdrawn", source: { kind: "host" } });
  const mint = await visitor.call("POST", "/v1/sessions", { json: await visitor.mintRequest({ source }) });
  await expectProblem(mint, 403, "consent_required");
});

test("without the chat the reply stops and nothing more is taken", async ({ makeSite, makeVisitor, provider }) => {
  const held = gate();
  provider.reply(async function* () {
    yield "The beginning of an answer. ";
    await held.opened;
    yield "Its end.";
  });
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint({ purposes: ALL });
  const stream = parts(await visitor.send("Hello"));
  await readUntil(stream, "The beginning");
  const over = await set(visitor, { chat: false });
  expect(over).toMatchObject({ chat: false, purposes: NONE, offers_erasure: true });
  expect(over.receipt.chat).toBe(false);
  const rest = [];
  for await (const part of stream) rest.push(part);
  expect(rest.some(({ delta }) => delta?.includes("Its end"))).toBe(false);
  held.open();
  await expectProblem(await visitor.send("More"), 403, "consent_withdrawn");
  await expectProblem(await put(visitor, { purposes: ALL }), 403, "consent_withdrawn");
  expect((await set(visitor, { chat: false })).receipt).toEqual(over.receipt);
  expect(await visitor.copy()).toMatchObject({ chat: false, purposes: NONE, messages: [{ text: "Hello" }, { state: "stopped" }] });
  expect((await visitor.refresh()).status).toBe(200);
  expect((await visitor.erase()).status).toBe(200);
  await expectProblem(await put(visitor), 410, "erased");
});

test("a withdrawn chat erases itself at its end", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ idle_seconds: 2 });
  const visitor = await (await makeVisitor(site)).mint({ purposes: ALL });
  await set(visitor, { chat: false });
  await expect.poll(async () => (await put(visitor, { chat: false })).status, { timeout: 20_000 }).toBe(410);
  await expect.poll(() => site.conversations(), { timeout: 20_000 }).not.toContain(visitor.conversation);
});

test("what is not offered, and another notice, are not given", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ purposes: { remember: true } });
  const other = await (await makeVisitor(await makeSite({ idle_seconds: 3601 }))).settings();
  const visitor = await (await makeVisitor(site)).mint();
  await expectProblem(await put(visitor, { purposes: { improve: true } }), 400, "invalid_value");
  const { notice } = await expectProblem(await put(visitor, { notice: other.notice.version }), 409, "notice_changed");
  expect(notice).toBe(visitor.receipt.notice);
  await expectProblem(await put(visitor, { notice: "0".repeat(32), purposes: { remember: true } }), 409, "notice_changed");
  expect(await events(visitor)).toHaveLength(3);
  for (const [json, code] of [
    [{ notice: visitor.receipt.notice }, "invalid_value"],
    [{ notice: visitor.receipt.notice, chat: true, extra: 1 }, "unknown_field"],
    [{ notice: visitor.receipt.notice, chat: true, source: { kind: "widget", version: "Mozilla/5.0 (X)" } }, "invalid_value"],
  ]) {
    await expectProblem(await put(visitor, {}, { json }), 400, code);
  }
});

test("taking back works whatever becomes of the rest", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite();
  const visitor = await (await makeVisitor(site)).mint({ purposes: { improve: true } });
  await site.change({ idle_seconds: 3601 });
  await expectProblem(await put(visitor, { purposes: { remember: true } }), 409, "notice_changed");
  expect((await visitor.copy()).purposes).toEqual(NONE);
  expect((await site.workspace.call("POST", `/sites/${site.number}/key`)).status).toBe(200);
  await expectProblem(await put(visitor, { purposes: { remember: true } }), 404, "site_unknown");
  expect((await set(visitor, { chat: false })).chat).toBe(false);
});

test("an answer to a changed notice lets the conversation go on under it", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite();
  const visitor = await (await makeVisitor(site)).mint({ purposes: ALL });
  await site.change({ idle_seconds: 3601 });
  await expectProblem(await visitor.send("Hello"), 409, "notice_changed");
  const { notice } = await visitor.settings();
  const set_ = await set(visitor, { notice: notice.version, purposes: { remember: true } });
  expect(set_.receipt.notice).toBe(notice.version);
  expect(set_.receipt.record.events.map(({ state }) => state)).toEqual(["noticed", "given", "refused"]);
  expect((await visitor.ask("Hello")).finish).toBe("stop");
  expect((await visitor.copy()).consent.map(({ notice: version }) => version)).toContain(visitor.receipt.notice);
});

test("who may not ask changes nothing", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint({ purposes: ALL });
  const off = { purposes: NONE };
  await expectProblem(await put(visitor, off, { token: undefined }), 401, "token_missing");
  await expectProblem(await put(visitor, off, { token: visitor.refresh_token }), 401, "token_invalid");
  await expectProblem(await put(visitor, off, { address: newAddress() }), 401, "network_mismatch");
  await expectProblem(await put(visitor, off, { origin: "https://evil.example" }), 403, "token_mismatch");
  await expectProblem(await put(visitor, off, { origin: undefined }), 403, "origin_missing");
  await expectProblem(await edge.call("PATCH", "/v1/consent", { token: visitor.access_token }), 405, "method_not_allowed");
  expect((await visitor.copy()).purposes).toEqual(ALL);
});

test("receipts verify by call, and what was changed does not", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint({ purposes: ALL });
  const consent = visitor.receipt;
  const pretty = await verify(edge, undefined, { body: JSON.stringify(consent, null, 4), type: "application/json" });
  expect(pretty.headers.get("access-control-allow-origin")).toBe("*");
  expect(await pretty.json()).toEqual({ valid: true, kind: "consent_receipt", kid: 1 });
  const changed = { ...consent, purposes: NONE };
  expect(await (await verify(edge, changed)).json()).toEqual({ valid: false, kind: "consent_receipt", kid: 1, reason: "changed" });
  const strange = { ...consent, signature: { ...consent.signature, kid: 9 } };
  expect(await (await verify(edge, strange)).json()).toMatchObject({ valid: false, kid: 9, reason: "unknown_key" });
  const erasure = await (await visitor.erase()).json();
  expect(await (await verify(edge, erasure)).json()).toEqual({ valid: true, kind: "erasure_receipt", kid: 1 });
  expect((await (await verify(edge, { ...erasure, recovery_days: 0 })).json()).valid).toBe(false);
  for (const text of [{}, "text", [], { signature: consent.signature }, { text: "any", signature: consent.signature }]) {
    await expectProblem(await verify(edge, text), 400, "invalid_value");
  }
  await expectProblem(await verify(edge, undefined, { body: "text", type: "text/plain" }), 415, "unsupported_media_type");
  const large = JSON.stringify({ ...consent, more: "x".repeat(1024 * 1024) });
  await expectProblem(await verify(edge, undefined, { body: large, type: "application/json" }), 413, "too_large");
});

test("receipts verify offline by command", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint();
  const folder = await mkdtemp(join(tmpdir(), "sotto-receipts-"));
  const keep = (name, text) => writeFile(join(folder, name), text);
  const command = (name) => {
    const args = ["xtask", "receipts", "verify", join(folder, name), "--key", join(folder, "keys.json")];
    const { status, stdout } = spawnSync("cargo", args, { cwd: ROOT, encoding: "utf8" });
    return { status, stdout: stdout.trim() };
  };
  try {
    await keep("keys.json", await (await edge.call("GET", "/.well-known/jwks.json")).text());
    await keep("receipt.json", JSON.stringify(visitor.receipt, null, 2));
    await keep("changed.json", JSON.stringify({ ...visitor.receipt, chat: false }));
    await keep("text.json", "text");
    await keep("erasure.json", await (await visitor.erase()).text());
    expect(command("receipt.json")).toMatchObject({ status: 0, stdout: expect.stringContaining("consent_receipt") });
    expect(command("erasure.json")).toMatchObject({ status: 0, stdout: expect.stringContaining("erasure_receipt") });
    expect(command("changed.json").status).toBe(1);
    expect(command("text.json").status).toBe(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the record outlives a power cut; after an erasure only the proof is left that the site keeps", async () => {
  const edge = await Edge.start();
  try {
    const workspace = await createWorkspace(edge);
    const origin = "https://shop.example";
    const start = async (settings) => {
      const site = await workspace.createSite({ origins: [origin], ...settings });
      return new Visitor(site, { origin, address: newAddress() }).mint({ purposes: ALL });
    };
    const [kept, gone] = [await start({ consent_proof_days: 30 }), await start({})];
    const shown = (visitor, by = workspace) => by.call("GET", `/conversations/${visitor.conversation}/consent`);
    for (const visitor of [kept, gone]) {
      const { receipt } = await set(visitor, { purposes: NONE });
      expect(await (await shown(visitor)).json()).toEqual(receipt);
    }
    const before = (await kept.copy()).consent;
    await edge.restart();
    expect((await kept.copy()).consent).toEqual(before);
    expect(await edge.stored(), "what was done is sealed").not.toContain('"source":{"kind"');
    const receipts = [await (await kept.erase()).json(), await (await gone.erase()).json()];
    expect(receipts.map(({ consent_proof_days }) => consent_proof_days)).toEqual([30, undefined]);
    for (const receipt of receipts) expect((await (await verify(edge, receipt)).json()).valid).toBe(true);
    expect(await (await kept.erase()).json()).toEqual(receipts[0]);
    const proof = await (await shown(kept)).json();
    expect(proof).toMatchObject({ kind: "consent_proof", id: kept.receipt.record.record_id, notice: kept.receipt.notice });
    expect(proof.acts.map(({ state }) => state)).toEqual(["noticed", "given", "withdrawn"]);
    expect(JSON.stringify(proof)).not.toContain(kept.conversation);
    expect((await (await verify(edge, proof)).json()).valid).toBe(true);
    await expectProblem(await shown(gone), 410, "erased");
    await expectProblem(await shown(kept, await createWorkspace(edge)), 404, "not_found");
    const audit = await (await workspace.call("GET", "/audit")).text();
    for (const action of ["consent.changed", "consent.shown"]) expect(audit).toContain(action);
  } finally {
    await edge.stop();
  }
});
