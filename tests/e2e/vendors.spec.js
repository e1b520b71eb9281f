// The vendors' own clients are the judges of our mocks: what support/formats.js writes is what OpenAI's and Anthropic's read, so a
// test in which the edge reads it says something about the vendors too.
//
// 1. A whole reply: text, tokens and end; thoughts are where the client looks for them and not in the text.
// 2. An error in the middle of a stream, and a refusal, become the client's own errors.
// 3. The clients try again what the edge tries again.

import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { AzureOpenAI } from "openai";
import { Blocked, Finish, Refusal, Spent, StreamError } from "../support/provider.js";
import { expect, test } from "../support/test.js";

const question = [{ role: "user", content: "Hello" }];

/** What chat completions come to. */
async function chat(client) {
  const read = { text: "", reason: undefined, tokens: undefined };
  const stream = await client.chat.completions.create({ model: "m-test", messages: question, stream: true, stream_options: { include_usage: true } });
  for await (const { choices, usage } of stream) {
    read.text += choices[0]?.delta?.content ?? "";
    read.reason = choices[0]?.finish_reason ?? read.reason;
    if (usage) read.tokens = [usage.prompt_tokens, usage.completion_tokens];
  }
  return read;
}

/** What responses come to. */
async function response(client) {
  const read = { text: "", reason: undefined, tokens: undefined };
  const stream = await client.responses.create({ model: "m-test", input: question, stream: true, store: false });
  for await (const event of stream) {
    if (event.type === "response.output_text.delta") read.text += event.delta;
    if (event.type === "response.completed") read.reason = "stop";
    if (event.type === "response.incomplete") read.reason = event.response.incomplete_details.reason;
    if (event.response?.usage) read.tokens = [event.response.usage.input_tokens, event.response.usage.output_tokens];
  }
  return read;
}

/** What messages come to. */
async function message(client) {
  const { content, stop_reason, usage } = await client.messages.stream({ model: "m-test", max_tokens: 99, messages: question }).finalMessage();
  const text = content.filter(({ type }) => type === "text").map((block) => block.text).join("");
  expect(content.map(({ type }) => type)).toEqual(["thinking", "text"]);
  return { text, reason: stop_reason, tokens: [usage.input_tokens, usage.output_tokens] };
}

/** Each format's client, how it is read, and what it calls the ends of a reply. */
const CLIENTS = {
  openai: { of: OpenAI, at: ({ url }) => ({ baseURL: url }), read: chat },
  compatible: { of: OpenAI, at: ({ origin }) => ({ baseURL: `${origin}/compatible/v1` }), read: chat },
  responses: { of: OpenAI, at: ({ url }) => ({ baseURL: url }), read: response, length: "max_output_tokens" },
  azure: { of: OpenAI, at: ({ key, origin }) => ({ baseURL: `${origin}/openai/v1`, defaultHeaders: { "api-key": key } }), read: chat },
  azureClassic: {
    of: AzureOpenAI,
    at: ({ origin }) => ({ endpoint: origin, apiVersion: "2024-10-21", deployment: "m-test" }),
    read: chat,
  },
  anthropic: { of: Anthropic, at: ({ origin }) => ({ baseURL: origin }), read: message, stop: "end_turn", length: "max_tokens", filtered: "refusal", spent: 400 },
};

for (const [format, { of: Client, at, read, stop = "stop", length = "length", filtered = "content_filter", spent = 429 }] of Object.entries(CLIENTS)) {
  test.describe(`the vendor's client reads the mock of ${format}`, () => {
    const clientOf = (provider) => new Client({ apiKey: provider.key, maxRetries: 1, ...at(provider) });

    test("as a whole reply", async ({ provider }) => {
      provider.reply(["The lamp ", "costs 40 €", ", größer 60."]);
      const client = clientOf(provider);
      expect(await read(client)).toEqual({ text: "The lamp costs 40 €, größer 60.", reason: stop, tokens: [9, 7] });
      provider.reply(async function* () {
        yield "As far as";
        yield new Finish("length");
      });
      expect(await read(client)).toMatchObject({ text: "As far as", reason: length });
      expect(provider.requests[0].headers.authorization ?? provider.requests[0].headers["api-key"]).toContain(provider.key);
    });

    test("as an error in the middle, and as a refusal", async ({ provider }) => {
      const client = clientOf(provider);
      provider.reply(async function* () {
        yield "Half a sen";
        yield new StreamError();
      });
      await expect(read(client)).rejects.toThrow(Client.APIError);
      provider.reply(async function* () { throw new Refusal(400); });
      await expect(read(client)).rejects.toMatchObject({ status: 400 });
      expect(provider.requests).toHaveLength(2);
    });

    test("as a filter's end, a blocked prompt and a used up quota", async ({ provider }) => {
      const client = clientOf(provider);
      provider.reply(["As far as", new Finish("content_filter")]);
      expect(await read(client)).toMatchObject({ text: "As far as", reason: filtered });
      if (format !== "anthropic") {
        provider.reply(async function* () { throw new Blocked(); });
        await expect(read(client)).rejects.toMatchObject({ status: 400 });
      }
      provider.reply(async function* () { throw new Spent(); });
      await expect(read(client)).rejects.toMatchObject({ status: spent });
    });

    test("as the advice to try again or not to", async ({ provider }) => {
      const client = clientOf(provider);
      for (const [status, headers, times] of [
        [408, {}, 2],
        [409, {}, 2],
        [429, { "retry-after-ms": "20" }, 2],
        [503, {}, 2],
        [503, { "x-should-retry": "false" }, 1],
        [404, {}, 1],
      ]) {
        const before = provider.requests.length;
        provider.reply(async function* () { throw new Refusal(status, undefined, { "retry-after-ms": "5", ...headers }); });
        await expect(read(client), `${status}`).rejects.toMatchObject({ status });
        expect(provider.requests.length - before, `${status}`).toBe(times);
      }
    });
  });
}
