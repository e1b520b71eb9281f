// Keys are rotated and retired while conversations are live, by the command that operators use.
//
// 1. After a rotation every list has two keys: what the old one signed, made or sealed works, and new things come from the new one.
// 2. A key is prepared first where not every instance learns of it at once.
// 3. After the old keys were retired: old access tokens are refused and renewed, old receipts verify, conversations go on.
// 4. A root that is retired too early closes conversations that slept; erasing them works.

import { createPublicKey, verify } from "node:crypto";
import { test as base, expect } from "@playwright/test";
import { createWorkspace, openAi } from "../support/admin.js";
import { Edge, newAddress } from "../support/edge.js";
import { Provider } from "../support/provider.js";
import { expectProblem, Visitor } from "../support/wire.js";

const ORIGIN = "https://shop.example";

/** Each test has an edge of its own, whose keys it may change. */
const test = base.extend({
  edge: async ({}, use) => {
    const edge = await Edge.start();
    await use(edge);
    await edge.stop();
  },
  workspace: async ({ edge }, use) => use(await createWorkspace(edge)),
  provider: async ({}, use) => {
    const provider = await Provider.start();
    await use(provider);
    await provider.stop();
  },
  site: async ({ workspace, provider }, use) =>
    use(await workspace.createSite({ origins: [ORIGIN], provider: openAi(provider) })),
  arriving: async ({ site }, use) => use((key = site.key) => new Visitor({ edge: site.edge, key }, { origin: ORIGIN, address: newAddress() })),
});

// `cargo xtask` may have to be built first.
test.beforeEach(() => test.setTimeout(240_000));

const kidOf = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url").toString()).kid;
const kids = (keys) => keys.map(({ kid }) => kid);

async function refreshed(visitor, rotation) {
  const response = await visitor.refresh(rotation);
  expect(response.status, await response.clone().text()).toBe(200);
  return Object.assign(visitor, await response.json());
}

async function published(edge) {
  return (await (await edge.call("GET", "/.well-known/jwks.json")).json()).keys;
}

/** Whether a receipt verifies with what the edge publishes. */
async function verifies(edge, { signature, ...receipt }) {
  const jwk = (await published(edge)).find(({ kid }) => kid === String(signature.kid));
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: "jwk" });
  return verify(null, Buffer.from(JSON.stringify(receipt)), key, Buffer.from(signature.value, "base64url"));
}

async function rootState(edge, workspace) {
  const response = await edge.call("GET", `/v1/admin/workspaces/${workspace.id}/root`, { token: edge.secrets.platformToken });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
}

test("a rotation cuts nobody off, and the old keys can go", async ({ arriving, edge, provider, site, workspace }) => {
  const visitor = await arriving().mint();
  await visitor.ask("Before the rotation");
  const erased = await arriving().mint();
  const receipt = await (await erased.erase()).json();
  const old = visitor.access_token;
  expect(kidOf(old)).toBe("1");

  await edge.changeKeys("rotate");
  const { keyring } = edge.secrets;
  for (const list of ["access", "site", "receipt", "root"]) expect(kids(keyring[list])).toEqual([2, 1]);

  // What is live goes on: the old token, the sealed words, the provider's key, the refresh token.
  const { text } = await visitor.ask("After the rotation");
  expect(text).toBe("Hello from the model.");
  expect((await provider.asked(2)).headers.authorization).toBe(`Bearer ${provider.key}`);
  expect((await visitor.copy()).messages.map(({ text }) => text)).toEqual([
    "Before the rotation",
    "Hello from the model.",
    "After the rotation",
    "Hello from the model.",
  ]);
  await refreshed(visitor, "r-1");
  expect(kidOf(visitor.access_token)).toBe("2");
  await visitor.copy();

  // Pages keep their public key; the site has a new one beside it.
  const { sites } = await (await workspace.call("GET", "/sites")).json();
  expect(sites[0].key).not.toBe(site.key);
  for (const key of [site.key, sites[0].key]) expect((await (await arriving(key).mint()).copy()).messages).toEqual([]);

  // Receipts of both keys verify.
  expect(kids(await published(edge))).toEqual(["2", "1"]);
  expect(receipt.signature.kid).toBe(1);
  expect(await verifies(edge, receipt)).toBe(true);
  const second = await (await (await arriving().mint()).erase()).json();
  expect(second.signature.kid).toBe(2);
  expect(await verifies(edge, second)).toBe(true);

  // The workspace has wrapped its key anew, says so in its log, and tells what the old root is still needed for.
  const log = await (await workspace.call("GET", "/audit")).text();
  expect(log.match(/workspace_key\.rewrapped/g)).toHaveLength(1);
  // (Of the five that were minted two are erased, of which the list hears by and by.)
  await expect.poll(async () => (await rootState(edge, workspace)).older_conversations).toBe(3);
  const state = await rootState(edge, workspace);
  expect(state.active).toBe(2);
  expect(state.needed_until).toBeGreaterThan(state.since);

  await expect(edge.changeKeys("retire access 2")).rejects.toThrow("in use");
  await expect(edge.changeKeys("retire root 1")).rejects.toThrow("--sure");
  await edge.changeKeys("retire access 1", "retire receipt 1", "retire root 1 --sure");
  expect(kids(edge.secrets.keyring.access)).toEqual([2]);

  // A token of the old key is refused and renewed; the refresh token does not depend on it.
  await expectProblem(await visitor.call("GET", "/v1/conversation", { token: old }), 401, "token_invalid");
  await refreshed(visitor, "r-2");
  expect((await visitor.copy()).messages).toHaveLength(4);
  await visitor.ask("After the old keys went");
  // The signing key is gone, its public half is not.
  expect(kids(edge.secrets.keyring.receipt)).toEqual([2]);
  expect(kids(await published(edge))).toEqual(["2", "1"]);
  expect(await verifies(edge, receipt)).toBe(true);
  expect((await rootState(edge, workspace)).active).toBe(2);

  await edge.changeKeys("retire site 1 --sure");
  await expectProblem(await arriving().call("GET", `/v1/sites/${site.key}`), 404, "site_unknown");
  await (await arriving(sites[0].key).mint()).copy();
  await visitor.copy();
});

test("a key that was prepared is known before it is used", async ({ arriving, edge }) => {
  const visitor = await arriving().mint();
  await edge.changeKeys("prepare access site receipt root");
  expect(kids(edge.secrets.keyring.access)).toEqual([1, 2]);
  expect(kidOf((await refreshed(visitor, "r-1")).access_token)).toBe("1");
  // An instance that was told first signs with it; this one knows it already.
  const [, next] = edge.secrets.keyring.access;
  const claims = JSON.parse(Buffer.from(visitor.access_token.split(".")[1], "base64url").toString());
  const ahead = edge.sign(claims, { header: { kid: "2" }, key: Buffer.from(next.key, "base64url") });
  expect((await visitor.call("GET", "/v1/conversation", { token: ahead })).status).toBe(200);
  await edge.changeKeys("rotate");
  for (const list of Object.values(edge.secrets.keyring)) expect(kids(list)).toEqual([2, 1]);
  expect(edge.secrets.keyring.access[0].key).toBe(next.key);
  expect(kidOf((await refreshed(visitor, "r-2")).access_token)).toBe("2");
});

test("a root that goes too early closes conversations that slept, and they can be erased", async ({ arriving, edge, workspace }) => {
  const visitor = await arriving().mint();
  await visitor.ask("Hello");
  await edge.changeKeys("rotate root");
  expect((await rootState(edge, workspace)).older_conversations).toBe(1);
  await edge.changeKeys("retire root 1 --sure");
  await expectProblem(await visitor.call("GET", "/v1/conversation", { token: visitor.access_token }), 500, "internal");
  await expectProblem(await visitor.refresh(), 500, "internal");
  expect((await visitor.erase()).status).toBe(200);
  await (await arriving().mint()).copy();
});
