// The audit log over the wire, without a browser.
//
// 1. It records what operators and visitors do, and names nobody.
// 2. An export verifies offline against a checkpoint that was kept; what was changed in it is found.
// 3. It outlives a power cut, and belongs to its workspace alone.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createWorkspace, DELIVERY } from "../support/admin.js";
import { Edge, newAddress } from "../support/edge.js";
import { expect, test } from "../support/test.js";
import { expectProblem, Visitor } from "../support/wire.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const ORIGIN = "https://shop.example";

/** A call of the audit API that has to succeed, as text. */
async function read(workspace, path) {
  const response = await workspace.call("GET", path);
  expect(response.status, await response.clone().text()).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.text();
}

const lines = (text) => text.trimEnd().split("\n").map((line) => JSON.parse(line));

/** The entries of an export, their payloads read. */
const entries = (text) =>
  lines(text).filter(({ entry }) => entry).map(({ entry }) => ({ ...entry, ...JSON.parse(entry.payload) }));

const actions = (text) => entries(text).map(({ action, result, actor }) => `${actor.kind} ${action} ${result}`);

/** Waits for an entry that comes by way of an outbox; only the last export is returned. */
async function exportWith(workspace, action) {
  let text = "";
  await expect
    .poll(async () => actions((text = await read(workspace, "/audit"))).some((line) => line.includes(action)), { timeout: 20_000 })
    .toBe(true);
  return text;
}

/** A visitor's conversation that has ended: its tokens used twice, then erased. */
async function endedConversation(workspace) {
  const site = await workspace.createSite({ origins: [ORIGIN] });
  await site.putDocument("jane-doe.md", DELIVERY);
  const visitor = await new Visitor(site, { origin: ORIGIN, address: newAddress() }).mint();
  expect((await visitor.refresh("r-1")).status).toBe(200);
  await expectProblem(await visitor.refresh("r-2"), 401, "token_revoked");
  await expectProblem(await visitor.refresh("r-3"), 401, "token_revoked");
  expect((await visitor.erase()).status).toBe(200);
  return visitor;
}

test("operators' and visitors' acts are recorded, and nobody is named", async ({ edge }) => {
  const workspace = await createWorkspace(edge, "Lantern");
  const visitor = await endedConversation(workspace);
  const text = await exportWith(workspace, "conversation.erased");
  expect(actions(text).filter((line) => !line.includes("audit.exported"))).toEqual([
    "platform workspace.created done",
    "platform api_key.created done",
    "operator site.created done",
    "operator document.put done",
    "unknown tokens.revoked done",
    "visitor conversation.erased done",
  ]);
  expect(actions(text).at(-1)).toBe("operator audit.exported done");
  expect(text).not.toMatch(/jane|Lantern|shop\.example|privacy@/);
  expect(text).not.toContain(visitor.conversation);

  // Whoever knows the conversation's id finds its entries, by the documentation alone.
  const id = Buffer.from(visitor.conversation, "hex");
  const own = entries(text).filter(({ salt, object }) => {
    const hash = createHash("sha256").update("sotto audit object 1\n").update(Buffer.from(salt, "base64"));
    return hash.update("conversation\0").update(id).digest("base64") === object.commitment;
  });
  expect(own.map(({ action }) => action)).toEqual(["tokens.revoked", "conversation.erased"]);
});

test("what a visitor did is recorded though the conversation was erased at the same moment", async ({ edge }) => {
  test.setTimeout(60_000);
  const workspace = await createWorkspace(edge, "Both at once");
  const site = await workspace.createSite({ origins: [ORIGIN] });
  let done = 0;
  for (let n = 0; n < 8; n += 1) {
    const visitor = await new Visitor(site, { origin: ORIGIN, address: newAddress() }).mint();
    const [copy, erased] = await Promise.all([visitor.export(), visitor.erase()]);
    expect([200, 410]).toContain(copy.status);
    expect(erased.status).toBe(200);
    if (copy.status === 200) done += 1;
  }
  const count = (text, line) => actions(text).filter((action) => action === line).length;
  // Whatever each has told at once, their alarms tell the rest, and come to an end.
  await expect
    .poll(
      async () => {
        const text = await read(workspace, "/audit");
        const exported = count(text, "visitor conversation.exported done");
        return exported >= done && count(text, "visitor conversation.erased done") === 8;
      },
      { timeout: 30_000, intervals: [1000] },
    )
    .toBe(true);
});

test("an export verifies offline, and a change in it is found", async ({ edge }) => {
  const workspace = await createWorkspace(edge, "Offline");
  await workspace.createSite({ origins: [ORIGIN] });
  const folder = await mkdtemp(join(tmpdir(), "sotto-audit-"));
  const file = (name) => join(folder, name);
  const keep = async (name, text) => writeFile(file(name), text);
  const verify = () => {
    const args = ["run", "--quiet", "--package", "xtask", "--", "audit", "verify", file("audit.jsonl")];
    args.push("--checkpoint", file("checkpoint"), "--key", file("keys.json"));
    const { status, stdout } = spawnSync("cargo", args, { cwd: ROOT, encoding: "utf8" });
    return { status, stdout };
  };
  try {
    await keep("keys.json", await (await edge.call("GET", "/.well-known/jwks.json")).text());
    await keep("checkpoint", await read(workspace, "/audit/checkpoint"));
    const text = await read(workspace, "/audit");
    await keep("audit.jsonl", text);
    const good = verify();
    expect(good.stdout).toContain("4 entries, none changed, removed or reordered\n3 are covered by what was kept elsewhere");
    expect(good.status).toBe(0);

    await keep("audit.jsonl", text.replace("site.created", "site.changed"));
    expect(verify()).toEqual({ status: 1, stdout: "entry 2 was changed: its payload or salt is not what was written\n" });
    await keep("audit.jsonl", text.split("\n").toSpliced(2, 1).join("\n"));
    expect(verify()).toEqual({ status: 1, stdout: "entry 1 is missing\n" });
    await keep("audit.jsonl", "<html>");
    expect(verify()).toEqual({ status: 2, stdout: "" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the log goes on where it was after a power cut", async () => {
  test.setTimeout(90_000);
  const edge = await Edge.start();
  try {
    const workspace = await createWorkspace(edge, "Power cut");
    const before = await read(workspace, "/audit");
    await edge.restart();
    const after = await read(workspace, "/audit");
    const leaves = (text) => entries(text).map(({ leaf }) => leaf);
    expect(leaves(after).slice(0, -1)).toEqual(leaves(before));
    expect(leaves(after)).toHaveLength(leaves(before).length + 1);
  } finally {
    await edge.stop();
  }
});

test("a log is its workspace's, and takes a key with its scope", async ({ edge }) => {
  const workspace = await createWorkspace(edge, "Own");
  const stranger = await createWorkspace(edge, "Stranger");
  const origin = (text) => lines(text)[0].log.origin;
  expect(origin(await read(workspace, "/audit"))).toBe(`sotto-audit/${workspace.id}`);
  expect(origin(await read(stranger, "/audit"))).toBe(`sotto-audit/${stranger.id}`);
  const made = await workspace.call("POST", "/keys", { json: { name: "script", scopes: ["sites"] } });
  const { api_key: token } = await made.json();
  for (const path of ["/audit", "/audit/checkpoint"]) {
    await expectProblem(await workspace.call("GET", path, { token }), 403, "scope_missing");
  }
  expect(actions(await read(workspace, "/audit"))).toContain("unknown login.refused refused");
  await expectProblem(await workspace.call("GET", "/audit?from=1000"), 400, "invalid_value");
  await expectProblem(await workspace.call("GET", "/audit?from=x"), 400, "invalid_value");
  expect(actions(await read(workspace, "/audit"))).toContain("operator audit.exported refused");
});
