// A site that already uses the AI SDK talks to the edge without the widget: the `ai` package's own chat transport and parser.
//
// 1. Its transport sends to /v1/chat; its parser accepts every part of the reply.
// 2. Its reader makes of them a message with text, a source and our facts.
// 3. It resumes a reply under way, and gets nothing when none is.
// 4. A problem becomes an error with its sentence.

import { DefaultChatTransport, readUIMessageStream } from "ai";
import { DELIVERY, openAi } from "../support/admin.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";

/** The SDK's transport with a visitor's token, as a site would set it up. */
const transportOf = (visitor) =>
  new DefaultChatTransport({
    api: `${visitor.edge.url}/v1/chat`,
    credentials: "omit",
    headers: { authorization: `Bearer ${visitor.access_token}`, origin: visitor.origin, "cf-connecting-ip": visitor.address },
  });

const message = (id, text) => ({ id, role: "user", parts: [{ type: "text", text }] });

const send = (visitor, messages, trigger = "submit-message") =>
  transportOf(visitor).sendMessages({ chatId: visitor.conversation, messages, trigger, messageId: undefined, abortSignal: undefined });

/** The message that the SDK makes of a stream; its parser throws on a part that it does not know. */
async function read(stream) {
  let last;
  for await (const state of readUIMessageStream({ stream, terminateOnError: true })) last = state;
  return last;
}

const textOf = ({ parts }) => parts.filter(({ type }) => type === "text").map(({ text }) => text).join("");

test("its transport sends, its parser accepts the reply, its reader makes the message", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite();
  await site.putDocument("delivery.md", DELIVERY);
  const visitor = await (await makeVisitor(site)).mint();
  const reply = await read(await send(visitor, [message("m-1", "What does delivery cost?")]));
  expect(reply.role).toBe("assistant");
  expect(textOf(reply)).toContain("free from 60");
  expect(reply.parts).toContainEqual(expect.objectContaining({ type: "source-document", filename: "delivery.md" }));
  expect(reply.parts).toContainEqual(
    expect.objectContaining({ type: "data-sotto-reply", data: expect.objectContaining({ author: "ai", provider: "local" }) }),
  );

  const history = [message("m-1", "What does delivery cost?"), reply, message("m-2", "How long to the islands?")];
  expect(textOf(await read(await send(visitor, history)))).toContain("six working days");
});

test("a reply can be regenerated", async ({ makeSite, makeVisitor, provider }) => {
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
  provider.reply(["First."]);
  await read(await send(visitor, [message("m-1", "Hello")]));
  provider.reply(["Second."]);
  expect(textOf(await read(await send(visitor, [message("m-1", "Hello")], "regenerate-message")))).toBe("Second.");
});

test("it resumes a reply under way, and nothing when none is", async ({ makeSite, makeVisitor, provider }) => {
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
  const reconnect = () => transportOf(visitor).reconnectToStream({ chatId: visitor.conversation });
  expect(await reconnect()).toBeNull();
  const rest = gate();
  provider.reply(async function* () {
    yield "The beginning. ";
    await rest.opened;
    yield "The end.";
  });
  const first = await send(visitor, [message("m-1", "Hello")]);
  await first.cancel();
  const resumed = await reconnect();
  rest.open();
  expect(textOf(await read(resumed))).toBe("The beginning. The end.");
});

test("a problem becomes an error with its sentence", async ({ makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint();
  await expect(send(visitor, [message("m-1", " ")])).rejects.toThrow(/empty/i);
  await visitor.erase();
  await expect(send(visitor, [message("m-2", "Hello")])).rejects.toThrow(/erased/i);
});
