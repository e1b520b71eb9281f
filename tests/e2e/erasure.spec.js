// Promise 6: the erase token destroys the conversation at once, whatever else has expired, and gives a signed receipt.
//
// 1. Over the wire: erase, erase again, and find every other door answering 410.
// 2. The receipt says who else may hold copies; its signature verifies with the published key.
// 3. A reply under way ends with it; the provider's connection is closed.
// 4. In the widget: the token can be copied and saved, erasing asks once and shows the receipt.

import { createPublicKey, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { openAi } from "../support/admin.js";
import { until } from "../support/edge.js";
import { ask, enter, openData } from "../support/act.js";
import { kept, NOTHING } from "../support/check.js";
import { never } from "../support/provider.js";
import { expect, test } from "../support/test.js";
import { expectProblem, parts, readUntil } from "../support/wire.js";

test("the token erases, again with the same receipt, and nothing else works any more", async ({ makeSite, makeVisitor, provider }) => {
  const site = await makeSite({ provider: openAi(provider) });
  const visitor = await (await makeVisitor(site)).mint();
  await visitor.ask("Hello");
  const before = Date.now();
  // No access token, no origin: whoever holds the token may come from anywhere.
  const first = await visitor.call("POST", "/v1/erase", { json: { erase_token: visitor.erase_token }, origin: undefined });
  expect(first.status).toBe(200);
  const receipt = await first.json();
  expect(receipt).toMatchObject({
    conversation: visitor.conversation,
    recovery_days: 30,
    recipients: [{ name: "Model Inc", retention_days: 30 }],
    signature: { alg: "Ed25519", kid: 1 },
  });
  expect(receipt.erased_at).toBeGreaterThanOrEqual(before - 1000);
  expect(await (await visitor.erase()).json()).toEqual(receipt);

  const gone = await expectProblem(await visitor.call("GET", "/v1/conversation", { token: visitor.access_token }), 410, "erased");
  expect(gone.receipt).toBe(receipt.id);
  await expectProblem(await visitor.send("Hello?"), 410, "erased");
  await expectProblem(await visitor.resume(), 410, "erased");
  await expectProblem(await visitor.stop(), 410, "erased");
  await expectProblem(await visitor.refresh(), 410, "erased");
  expect(await (await visitor.erase()).json()).toEqual(receipt);
  await expect.poll(() => site.conversations()).not.toContain(visitor.conversation);
});

test("the receipt's signature verifies with the published key", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint();
  const { signature, ...receipt } = await (await visitor.erase()).json();
  const published = await edge.call("GET", "/.well-known/jwks.json");
  expect(published.status).toBe(200);
  const { keys } = await published.json();
  const jwk = keys.find(({ kid }) => String(kid) === String(signature.kid));
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: "jwk" });
  const value = Buffer.from(signature.value, "base64url");
  expect(verify(null, Buffer.from(JSON.stringify(receipt)), key, value)).toBe(true);
  const altered = JSON.stringify({ ...receipt, erased_at: receipt.erased_at + 1 });
  expect(verify(null, Buffer.from(altered), key, value)).toBe(false);
  expect(JSON.stringify(keys)).not.toContain(edge.secrets.keyring.receipt[0].key);
});

test("a token that does not fit erases nothing", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite();
  const [visitor, other] = [await (await makeVisitor(site)).mint(), await (await makeVisitor(site)).mint()];
  await visitor.ask("Hello");
  const wrong = visitor.erase_token.slice(0, -1) + (visitor.erase_token.endsWith("0") ? "1" : "0");
  await expectProblem(await visitor.erase(wrong), 401, "token_invalid");
  await expectProblem(await visitor.erase(visitor.refresh_token), 401, "token_invalid");
  await expectProblem(await visitor.erase(""), 401, "token_invalid");
  expect((await other.erase()).status).toBe(200);
  expect((await visitor.copy()).messages).toHaveLength(2);
});

test("a reply under way ends with its conversation", async ({ makeSite, makeVisitor, provider }) => {
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
  provider.reply(async function* () {
    yield "So far. ";
    yield "And on. ";
    await never;
  });
  const stream = parts(await visitor.send("Hello"));
  await readUntil(stream, "So far");
  expect((await visitor.erase()).status).toBe(200);
  for await (const part of stream) expect(part.type).not.toBe("text-delta");
  const { 0: request } = provider.requests;
  await until(() => request.left, "the provider's connection stayed open", 15_000);
  await expectProblem(await visitor.call("GET", "/v1/conversation", { token: visitor.access_token }), 410, "erased");
});

test("in the widget it asks once, erases, and shows the receipt", async ({ arrive, context, front, page, provider }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const chat = await arrive({ provider: openAi(provider) });
  await enter(chat, ["remember"]);
  await ask(chat, "Hello");
  await openData(chat);
  await expect(chat.panel).toContainText(chat.words.token_title);
  const save = page.waitForEvent("download");
  await chat.button(chat.words.save).click();
  const token = (await readFile(await (await save).path(), "utf8")).match(/et_[0-9A-Za-z]+/)[0];
  await chat.button(chat.words.copy).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token);

  await chat.button(chat.words.erase).click();
  expect(front.sent(/^\/v1\/erase$/)).toEqual([]);
  await expect(chat.panel.getByRole("heading", { name: chat.words.erase_title })).toBeVisible();
  await chat.button(chat.words.erase_yes).click();
  await expect(chat.panel).toContainText(chat.words.receipt_title);
  await expect(chat.text("receipt_recovery")).toBeVisible();
  await expect(chat.panel).toContainText("Model Inc");
  const [{ body }] = front.sent(/^\/v1\/erase$/).filter(({ method }) => method === "POST");
  expect(JSON.parse(body)).toEqual({ erase_token: token });
  expect(await kept(page)).toEqual(NOTHING);
  await expect.poll(() => chat.site.conversations()).toEqual([]);
  await expect(chat.panel).not.toContainText("Hello from the model");
});
