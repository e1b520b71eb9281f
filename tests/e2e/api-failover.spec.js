// What happens when a provider fails, through workerd, in every wire format.
//
// 1. The table of failures before the first word: who is asked how often, and who writes the reply.
// 2. After the first word nobody else is asked.
// 3. A provider that keeps failing is left alone, and `/healthz` says so to an operator alone.
// 4. Nobody is asked that the accepted notice does not name.

import { createWorkspace, DELIVERY } from "../support/admin.js";
import { FORMATS } from "../support/formats.js";
import { Blocked, Cut, never, Provider, Refusal, Spent, StreamError } from "../support/provider.js";
import { expect, test } from "../support/test.js";

/** A provider beside the test's own. */
const withAnother = async (use) => {
  const another = await Provider.start();
  try {
    await use(another);
  } finally {
    await another.stop();
  }
};

const throwing = (fault) => async function* () { throw fault; };
const refusing = (status, headers) => throwing(new Refusal(status, undefined, headers));
const silent = async function* () {
  yield "";
  await never;
};
const timeOuts = (more) => ({ time_outs: { connect_seconds: 30, first_token_seconds: 30, between_seconds: 30, total_seconds: 60, ...more } });

/** Whatever the failure: `asked` is how often the provider is, `writer` who answers in the end, `code` or `finish` how it ends for the visitor. */
const TABLE = {
  "no connection is tried elsewhere": { more: ({ base_url }) => ({ base_url: base_url.replace(/:\d+/, ":9") }), script: throwing(new Cut()), asked: 0, writer: "local" },
  "a connection that closes is tried again and elsewhere": { script: throwing(new Cut()), asked: 2, writer: "local" },
  ...Object.fromEntries(
    [408, 409, 429, 500, 502, 503, 504, 529].map((status) => [`${status} is tried again and elsewhere`, { script: refusing(status), asked: 2, writer: "local" }]),
  ),
  "429 with a long wait is tried elsewhere at once": { script: refusing(429, { "retry-after": "60" }), asked: 1, writer: "local" },
  "429 with a short wait is tried again after it": { script: refusing(429, { "retry-after-ms": "1500" }), asked: 2, apart: 1_450, writer: "local" },
  "503 that asks not to be tried again is not": { script: refusing(503, { "x-should-retry": "false" }), asked: 1, writer: "local" },
  "400 that asks to be tried again is": { script: refusing(400, { "x-should-retry": "true" }), asked: 2, code: "provider_failed" },
  "an error in the stream is tried again and elsewhere": { script: async function* () { yield new StreamError(); }, asked: 2, writer: "local" },
  "a stream that breaks off before its first word likewise": { script: async function* () { yield ""; throw new Cut(); }, asked: 2, writer: "local" },
  "an end without a word is tried elsewhere at once": { script: async function* () { yield ""; }, asked: 1, writer: "local" },
  "no head in time is tried elsewhere at once": { script: async function* () { await never; }, more: () => timeOuts({ connect_seconds: 1 }), asked: 1, writer: "local" },
  "no first word in time likewise": { script: silent, more: () => timeOuts({ first_token_seconds: 1 }), asked: 1, writer: "local" },
  "a quota that is used up likewise": { script: throwing(new Spent()), asked: 1, writer: "local" },
  "a bad request is nobody else's": { script: refusing(400), asked: 1, code: "provider_failed" },
  "a wrong key is nobody else's": { script: refusing(401), asked: 1, code: "provider_failed" },
  "a redirect is not followed": { script: refusing(307, { location: "http://127.0.0.1:9/" }), asked: 1, code: "provider_failed" },
  "a blocked prompt is nobody else's": { script: throwing(new Blocked()), asked: 1, finish: "content-filter" },
};

for (const format of Object.keys(FORMATS)) {
  test(`${format}: every failure before the first word`, async ({ edge, host, makeVisitor }) => {
    test.setTimeout(60_000);
    // A workspace of its own, since one key may not call as often as all these tests do within a minute.
    const workspace = await createWorkspace(edge);
    const row = async (name, { script, more = () => ({}), asked, apart, writer, code, finish }) =>
      // A provider of its own, so that no row's failures open the breaker of another's.
      withAnother(async (provider) => {
        provider.reply(script);
        const settings = provider.settings(format);
        const providers = { provider: { ...settings, ...more(settings) }, fallbacks: [{ kind: "local" }] };
        const site = await workspace.createSite({ origins: [host.origin], ...providers });
        await site.putDocument("delivery.md", DELIVERY);
        const visitor = await (await makeVisitor(site)).mint();
        const reply = await visitor.ask("What does delivery cost?");
        expect(provider.requests, name).toHaveLength(asked);
        if (apart) expect(provider.requests[1].at - provider.requests[0].at, name).toBeGreaterThan(apart);
        if (writer) {
          expect(reply.facts.provider, name).toBe(writer);
          expect(reply.text, name).toContain("free from 60");
          expect(reply.parts.filter(({ type }) => type === "data-sotto-reply"), name).toHaveLength(1);
        } else {
          expect(reply.facts.provider, name).toBe(settings.kind);
          expect(reply.text, name).toBe("");
        }
        expect(reply.problem?.code, name).toBe(code);
        expect(reply.finish, name).toBe(finish ?? (code ? "error" : "stop"));
        expect(JSON.stringify(reply.parts) + edge.log, name).not.toContain("INTERNAL DETAIL");
        expect(edge.log, name).not.toContain(provider.key);
      });
    const rows = Object.entries(TABLE);
    const several = async () => {
      for (let next = rows.shift(); next; next = rows.shift()) await row(...next);
    };
    await Promise.all([several(), several(), several(), several()]);
  });

  test(`${format}: another model answers before the first word, and none after it`, async ({ makeSite, makeVisitor, provider }) => {
    await withAnother(async (second) => {
      const list = { provider: provider.settings(format, timeOuts({ between_seconds: 1 })), fallbacks: [second.settings("anthropic")] };
      const visitor = await (await makeVisitor(await makeSite(list))).mint();
      provider.reply(refusing(503));
      second.reply(["From the second."]);
      const reply = await visitor.ask("Hello");
      expect(reply.text).toBe("From the second.");
      expect(reply.facts).toMatchObject({ provider: "anthropic", model: "m-test" });
      expect(provider.requests).toHaveLength(2);
      expect((await visitor.copy()).messages[1]).toMatchObject({ provider: "anthropic" });

      provider.reply(async function* () {
        yield "Half a sen";
        await never;
      });
      const half = await visitor.ask("And now?");
      expect(half.text).toBe("Half a sen");
      expect(half.problem).toMatchObject({ code: "provider_timeout" });
      expect(second.requests).toHaveLength(1);
      expect((await visitor.copy()).messages[3]).toMatchObject({ provider: provider.settings(format).kind, state: "interrupted" });
    });
  });
}

test("a reply that takes too long in all ends, however busy it is", async ({ makeSite, makeVisitor, provider }) => {
  const settings = provider.settings("openai", timeOuts({ connect_seconds: 1, first_token_seconds: 1, total_seconds: 1 }));
  const visitor = await (await makeVisitor(await makeSite({ provider: settings }))).mint();
  provider.reply(async function* () {
    for (;;) {
      yield "word ";
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  const reply = await visitor.ask("Hello");
  expect(reply.text).toContain("word word");
  expect(reply.problem).toMatchObject({ code: "provider_timeout" });
  await expect.poll(() => provider.requests[0].left).toBe(true);
});

test("a provider that keeps failing is left alone, and operators are told", async ({ edge, makeSite, makeVisitor, provider, workspace }) => {
  const site = await makeSite({ provider: provider.settings("openai"), fallbacks: [{ kind: "local" }] });
  const visitor = await (await makeVisitor(site)).mint();
  provider.reply(refusing(500));
  for (let n = 0; n < 5; n += 1) await visitor.ask(`Question ${n}`);
  expect(provider.requests).toHaveLength(10);

  const health = async (token) => {
    const response = await edge.call("GET", "/healthz", { token });
    return [response.status, await response.json()];
  };
  const name = `openai ${new URL(provider.origin).host} m-test …${provider.key.slice(-4)}`;
  const told = async () => (await health(workspace.key))[1].providers.find((one) => one.provider === name);
  await expect.poll(told).toMatchObject({ state: "open", failures: 5 }); // A session tells when its reply has ended.
  await visitor.ask("One more");
  expect(provider.requests).toHaveLength(10);
  const [, nobody] = await health();
  expect(nobody).not.toHaveProperty("providers");
  expect((await health("sk_wrong"))[0]).toBe(401);
});

test("nobody is asked that the accepted notice does not name", async ({ makeSite, makeVisitor, provider }) => {
  await withAnother(async (second) => {
    const site = await makeSite({ provider: provider.settings("openai") });
    const visitor = await (await makeVisitor(site)).mint();
    await visitor.ask("Hello");
    await site.change({ fallbacks: [second.settings("gemini")] });
    expect((await visitor.send("And now?")).status).toBe(409);
    expect(second.requests).toEqual([]);
  });
});
