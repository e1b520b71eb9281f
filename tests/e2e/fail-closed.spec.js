// Promise 11: what is missing or cannot be known stops the request with a clear error.
//
// 1. A key that is missing, and an address source that is not configured or not there, stop every route.
// 2. A jurisdiction that cannot be had stops what would make an object.
// 3. An address that cannot be read stops every route that is counted by network.
//
// An unknown origin stops every route of visitors: matrix.spec.js. A broken record of consent: edge/src/session/core/consent.

import { test as base } from "@playwright/test";
import { Edge } from "../support/edge.js";
import { siteKeyOf } from "../support/forge.js";
import { ROUTES } from "../support/routes.js";
import { expect } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

/** An edge that is misconfigured answers /healthz with 503. */
const isClosed = ({ status }) => status === 503;

/** Each test has an edge of its own, with something wrong. */
const test = base.extend({
  start: async ({}, use) => {
    const edges = [];
    await use(async (...options) => {
      const edge = await Edge.start(...options);
      edges.push(edge);
      return edge;
    });
    for (const edge of edges) await edge.stop();
  },
});

test.beforeEach(() => test.setTimeout(90_000));

/** Every route, with things that need not be there. */
const calls = Object.keys(ROUTES).map((route) => {
  const [method, pattern] = route.split(" ");
  const things = { key: "pk_x", site: "1", name: "a.md" };
  return [method, pattern.replaceAll(/\{(\w+)\}/g, (_, name) => things[name] ?? "0".repeat(64))];
});

/** Nothing is answered but that the edge is not set up, whoever asks. */
async function expectClosed(edge) {
  for (const [method, path] of calls) {
    const body = method === "GET" ? {} : { json: {} };
    await expectProblem(await edge.call(method, path, { token: edge.secrets.platformToken, origin: edge.url, ...body }), 503, "misconfigured");
  }
}

for (const list of ["access", "site", "receipt", "root"]) {
  test(`without a key of the list ${list}, nothing is answered`, async ({ start }) => {
    const edge = await start({}, isClosed, (secrets) => ({ ...secrets, keyring: { ...secrets.keyring, [list]: [] } }));
    await expectClosed(edge);
    expect(edge.log).toContain("SOTTO_KEYRING");
    for (const key of Object.values(edge.secrets.keyring).flat()) expect(edge.log).not.toContain(key.key);
  });
}

test("without a source of the client's address, nothing is answered", async ({ start }) => {
  await expectClosed(await start({ SOTTO_CLIENT_ADDRESS: "somewhere" }, isClosed));
});

test("a proxy that does not say where a request comes from is not passed by", async ({ start }) => {
  const edge = await start({ SOTTO_CLIENT_ADDRESS: "header:X-Real-IP" });
  for (const [method, path] of calls.filter(([, path]) => path !== "/healthz")) {
    const body = method === "GET" ? {} : { json: {} };
    const told = { token: edge.secrets.platformToken, origin: edge.url, ...body };
    await expectProblem(await edge.call(method, path, told), 503, "misconfigured");
    const unclear = await edge.call(method, path, { ...told, headers: { "x-real-ip": "unknown" } });
    await expectProblem(unclear, 503, "misconfigured");
  }
  const headers = { "x-real-ip": "203.0.113.7" };
  const made = await edge.call("POST", "/v1/admin/workspaces", { token: edge.secrets.platformToken, json: { name: "Tests" }, headers });
  expect(made.status).toBe(201);
});

test("where the jurisdiction cannot be had, no object is made", async ({ start }) => {
  // workerd on one machine has none.
  const edge = await start({ SOTTO_JURISDICTION: "eu" });
  const workspace = await edge.call("POST", "/v1/admin/workspaces", { token: edge.secrets.platformToken, json: { name: "Tests" } });
  await expectProblem(workspace, 503, "misconfigured");
  const site = siteKeyOf(edge.secrets, "0".repeat(64), 1);
  const consent = { notice: "0".repeat(32), chat: true, purposes: {}, gpc: false };
  const json = { site, lang: "en", client: "sdk", consent };
  await expectProblem(await edge.call("POST", "/v1/sessions", { origin: edge.url, json }), 503, "misconfigured");
});
