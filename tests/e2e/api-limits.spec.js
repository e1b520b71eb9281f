// Limits, without a browser: per network on every kind of call, per conversation, per site, per API key, and a day's tokens.
// Every refusal is 429 and says in Retry-After when to come back.

import { createWorkspace, DELIVERY, openAi } from "../support/admin.js";
import { newAddress, until } from "../support/edge.js";
import { never } from "../support/provider.js";
import { expect, test } from "../support/test.js";
import { expectProblem, parts, readUntil } from "../support/wire.js";

/** Calls until a call is refused for its rate; `most` is enough for one minute of the clock, whichever it falls into. */
async function untilRefused(most, call) {
  for (let n = 0; n < most; n += 1) {
    const response = await call(n);
    if (response.status === 429) return response;
    await response.arrayBuffer();
  }
  throw new Error(`${most} calls were not too many`);
}

/** Asserts a refusal for its rate, and that the header says the same as the body. */
async function expectLimit(response, code = "rate_limited", most = 60) {
  const { retry_after } = await expectProblem(response, 429, code);
  expect(retry_after).toBeGreaterThan(0);
  expect(retry_after).toBeLessThanOrEqual(most);
  expect(response.headers.get("retry-after")).toBe(String(retry_after));
}

test.describe("a network in a hurry is slowed down", () => {
  const kinds = {
    "where it asks for new tokens": [40, "POST", "/v1/sessions/refresh"],
    "where it begins conversations": [30, "POST", "/v1/sessions"],
    "where it sends messages": [60, "POST", "/v1/chat"],
    "where it has receipts verified": [30, "POST", "/v1/receipts/verify"],
    "where it erases": [20, "POST", "/v1/erase"],
    "where it administers": [120, "GET", "/v1/admin/sites"],
    "where it reads a site's settings": [240, "GET", "/v1/sites/pk_x"],
    "where it reads public keys": [240, "GET", "/.well-known/jwks.json"],
    "where there is nothing": [240, "GET", "/v1/nothing"],
  };
  for (const [name, [limit, method, path]] of Object.entries(kinds)) {
    test(name, async ({ edge }) => {
      const address = newAddress();
      const call = (from) =>
        edge.call(method, path, { address: from, ...(method === "POST" && { body: "{", type: "application/json" }) });
      await expectLimit(await untilRefused(2 * limit + 1, () => call(address)));
      expect((await call(newAddress())).status, "another network is not").not.toBe(429);
      // Whoever watches over the service is never told that it is busy.
      expect((await edge.call("GET", "/healthz", { address })).status).toBe(200);
    });
  }
});

test.describe("a conversation", () => {
  test("gets so many new tokens in a minute, and keeps the one in force", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    let refused;
    let n = 0;
    for (; !refused; n += 1) {
      const response = await visitor.refresh(`r-${n}`);
      if (response.status === 429) refused = response;
      else visitor.refresh_token = (await response.json()).refresh_token;
    }
    expect(n).toBe(11);
    await expectLimit(refused);
    expect((await visitor.copy()).messages).toEqual([]);
  });

  test("has so many tokens of a paid provider, and says when they are used up", async ({ makeSite, makeVisitor, provider }) => {
    const site = await makeSite({ provider: provider.settings("openai"), budget: { tokens_per_conversation: 10 } });
    await site.putDocument("delivery.md", DELIVERY);
    const visitor = await (await makeVisitor(site)).mint();
    expect((await visitor.ask("What does delivery cost?")).facts.provider).toBe("openai"); // It counts 16.
    const { facts, text } = await visitor.ask("What does delivery cost?");
    expect(facts.provider).toBe("local");
    expect(text).toContain("as much as it may in this conversation");
    expect(text).toContain("free from 60");
    expect(provider.requests).toHaveLength(1);
    const another = await (await makeVisitor(site)).mint();
    expect((await another.ask("What does delivery cost?")).facts.provider).toBe("openai");
  });

  test("pays for a reply that was stopped what the provider had counted", async ({ makeSite, makeVisitor, provider }) => {
    const site = await makeSite({ provider: provider.settings("anthropic"), budget: { tokens_per_conversation: 100 } });
    const visitor = await (await makeVisitor(site)).mint();
    provider.reply(async function* () {
      yield "So far and ";
      yield "no further. ";
      await never;
    });
    // The prompt alone is estimated at more than the conversation has; the vendor has counted nine.
    for (let n = 0; n < 2; n += 1) {
      const stream = parts(await visitor.send(`Question ${n}`));
      const read = await readUntil(stream, "So far");
      expect(read.find(({ type }) => type === "data-sotto-reply").data.provider).toBe("anthropic");
      expect((await visitor.stop()).ok).toBe(true);
      for await (const part of stream) read.push(part);
    }
    expect(provider.requests).toHaveLength(2);
  });

  test("has so many tokens for a turn, and says when a question has more", async ({ makeSite, makeVisitor, provider }) => {
    const site = await makeSite({ provider: provider.settings("openai"), budget: { tokens_per_turn: 2_000 } });
    await site.putDocument("delivery.md", DELIVERY);
    const visitor = await (await makeVisitor(site)).mint();
    provider.reply(["A long reply. ".repeat(1_000)]);
    const long = await visitor.ask("What does delivery cost?");
    expect(long.finish).toBe("length");
    expect(long.text.length).toBeLessThan(8_000);
    expect((await visitor.copy()).messages[1].state).toBe("cut");
    provider.reply(["Four euros."]);
    const { text } = await visitor.ask("And abroad?");
    expect(text).toBe("Four euros.");
    const question = "What does delivery cost? ".repeat(155);
    const { facts, text: quoted } = await visitor.ask(question);
    expect(facts.provider).toBe("openai");
    // Letters of two bytes each, so that the question alone is too long, whatever else is in the prompt.
    const spent = await visitor.ask(`What does delivery cost? ${"Πόσο κοστίζει η παράδοση; ".repeat(150)}`);
    expect(spent.facts.provider).toBe("local");
    expect(spent.text).toContain("too long for the AI model");
    expect(quoted).not.toContain("too long");
  });

  test("is looked at so often in a minute", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    const read = () => visitor.call("GET", "/v1/conversation?purpose=resume", { token: visitor.access_token });
    await expectLimit(await untilRefused(61, read));
    await expectLimit(await visitor.resume());
    // It can be erased at any time.
    expect((await visitor.erase()).status).toBe(200);
  });
});

test.describe("a copy and a change of mind", () => {
  test("a conversation is exported so often in a minute", async ({ makeSite, makeVisitor }) => {
    const visitor = await (await makeVisitor(await makeSite())).mint();
    const copy = () => visitor.call("GET", "/v1/conversation", { token: visitor.access_token });
    await expectLimit(await untilRefused(21, copy));
    expect((await visitor.resume()).status).toBe(204);
  });
});

test.describe("a site", () => {
  test("begins so many conversations in a minute, from wherever", async ({ makeSite, makeVisitor }) => {
    const site = await makeSite({ budget: { sessions_per_minute: 1 } });
    const visitor = await makeVisitor(site);
    const request = await visitor.mintRequest();
    // Of three, two fall into one minute of the clock.
    const mint = () => visitor.call("POST", "/v1/sessions", { json: request, address: newAddress() });
    await expectLimit(await untilRefused(3, mint));
  });

  test("spends so many tokens in a day, and then answers with `local`", async ({ makeSite, makeVisitor, provider }) => {
    // The mock counts 16 tokens for each reply.
    const site = await makeSite({ provider: openAi(provider), budget: { tokens: 20 } });
    await site.putDocument("delivery.md", DELIVERY);
    const visitor = await (await makeVisitor(site)).mint();
    const writer = async () => (await visitor.ask("What does delivery cost?")).facts.provider;
    expect(await writer()).toBe("openai");
    // More was counted beforehand than a reply takes; when it has ended, the rest is given back.
    await until(async () => (await writer()) === "openai", "nothing was given back");
    expect(await writer()).toBe("local");
    expect(await writer()).toBe("local");
    expect(provider.requests).toHaveLength(2);
    await site.change({ budget: { tokens: 1_000 } });
    expect(await writer()).toBe("openai");
  });
});

test("an API key is used so often in a minute, from wherever", async ({ edge }) => {
  const workspace = await createWorkspace(edge, "Busy");
  const list = () => workspace.call("GET", "/sites");
  await expectLimit(await untilRefused(601, list));
  const other = await createWorkspace(edge, "Quiet");
  expect((await other.call("GET", "/sites")).status).toBe(200);
});
