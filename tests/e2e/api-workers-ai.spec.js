// Workers AI through workerd: the platform's own binding calls a mock of the far side.
//
// 1. Both shapes of chunks: the reply as it comes, a token that is a number, our roles, no key.
// 2. Refusals of the binding, by their codes; an error in the middle of the stream.
// 3. Without the binding another provider answers.

import { test as base, expect } from "@playwright/test";
import { createWorkspace, DELIVERY } from "../support/admin.js";
import { Edge, newAddress } from "../support/edge.js";
import { BINDING } from "../support/formats.js";
import { Cut, never, Provider, Refusal, StreamError } from "../support/provider.js";
import { Visitor } from "../support/wire.js";

const ORIGIN = "https://shop.example";

const test = base.extend({
  provider: [
    async ({}, use) => {
      const provider = await Provider.start();
      await use(provider);
      await provider.stop();
    },
    { scope: "worker" },
  ],
  edge: [
    async ({ provider }, use) => {
      const edge = await Edge.start({}, undefined, undefined, provider.origin);
      await use(edge);
      await edge.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  workspace: [async ({ edge }, use) => use(await createWorkspace(edge)), { scope: "worker" }],
  /** A visitor of a site with these settings. */
  arrive: async ({ workspace }, use) => {
    await use(async (settings) => {
      const site = await workspace.createSite({ origins: [ORIGIN], ...settings });
      await site.putDocument("delivery.md", DELIVERY);
      return new Visitor(site, { origin: ORIGIN, address: newAddress() }).mint();
    });
  },
});

test.beforeEach(({ provider }) => {
  provider.requests = [];
});

for (const format of Object.keys(BINDING)) {
  test(`${format} is read as it is written`, async ({ arrive, edge, provider }) => {
    const visitor = await arrive({ provider: provider.settings(format, { max_output_tokens: 99 }), system_prompt: "Be kind." });
    provider.reply(["The lamp costs ", "40", " €, größer ", "60", "."]);
    const reply = await visitor.ask("How much is it?");
    expect(reply.text).toBe("The lamp costs 40 €, größer 60.");
    expect(reply.finish).toBe("stop");
    expect(reply.facts).toMatchObject({ provider: "workers-ai", model: BINDING[format].model });
    const [request] = provider.requests;
    expect(request.roles).toEqual(["system", "user"]);
    expect(request.key).toBeUndefined();
    expect(request.body.inputs).toMatchObject({ stream: true, max_tokens: 99 });
    expect(Object.keys(request.body.inputs).sort()).toEqual(["max_tokens", "messages", "stream"]);
    expect(request.text).toContain("Be kind.");
    await visitor.ask("And the other?");
    expect(provider.requests[1].roles).toEqual(["system", "user", "assistant", "user"]);
    expect(edge.log).toContain('"input_tokens":9,"output_tokens":7');
  });

  test(`${format} breaks off in mid-stream`, async ({ arrive, provider }) => {
    const visitor = await arrive({ provider: provider.settings(format) });
    provider.reply(async function* () {
      yield "Half a sen";
      yield new StreamError();
    });
    const reply = await visitor.ask("Hello");
    expect(reply.text).toBe("Half a sen");
    expect(reply.problem).toMatchObject({ code: "provider_failed" });
  });
}

for (const [code, status, asked, writer] of [
  [3006, 413, 1, undefined], // The prompt is too large.
  [3036, 429, 1, "local"], // The day's allocation is used up.
  [3040, 429, 2, "local"], // No capacity just now.
  [3007, 408, 2, "local"], // Too slow.
  [5007, 400, 1, undefined], // No such model.
]) {
  test(`code ${code} of the binding`, async ({ arrive, edge, provider }) => {
    const visitor = await arrive({ provider: provider.settings("workersAiNative"), fallbacks: [{ kind: "local" }] });
    provider.reply(async function* () { throw new Refusal(status, BINDING.workersAiNative.refusal(code)); });
    const reply = await visitor.ask("What does delivery cost?");
    expect(provider.requests).toHaveLength(asked);
    if (writer) expect(reply.facts.provider).toBe(writer);
    else expect(reply.problem).toMatchObject({ code: "provider_failed" });
    expect(JSON.stringify(reply.parts) + edge.log).not.toContain("INTERNAL DETAIL");
  });
}

test("a stream that breaks off before its first word, and silence, are answered by another", async ({ arrive, provider }) => {
  const time_outs = { connect_seconds: 1, first_token_seconds: 1, between_seconds: 1, total_seconds: 5 };
  for (const [model, asked, script] of [
    ["workersAiNative", 2, async function* () { yield ""; throw new Cut(); }],
    ["workersAiChat", 1, async function* () { yield ""; await never; }],
    ["workersAiChat", 1, async function* () { await never; }],
  ]) {
    provider.requests = [];
    const visitor = await arrive({ provider: provider.settings(model, { time_outs }), fallbacks: [{ kind: "local" }] });
    provider.reply(script);
    expect((await visitor.ask("What does delivery cost?")).facts.provider).toBe("local");
    expect(provider.requests).toHaveLength(asked);
  }
});

test("without the binding another provider answers", async () => {
  test.setTimeout(90_000);
  const edge = await Edge.start();
  try {
    const workspace = await createWorkspace(edge);
    const settings = { kind: "workers-ai", model: "@cf/test/native", recipient: { name: "Cloudflare", role: "writes the answers", place: "EU" } };
    const site = await workspace.createSite({ origins: [ORIGIN], provider: settings, fallbacks: [{ kind: "local" }] });
    await site.putDocument("delivery.md", DELIVERY);
    const visitor = await new Visitor(site, { origin: ORIGIN, address: newAddress() }).mint();
    expect((await visitor.ask("What does delivery cost?")).facts.provider).toBe("local");
  } finally {
    await edge.stop();
  }
});
