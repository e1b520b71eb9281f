// A provider of chat completions that answers at once, on loopback until standard input ends; says on which port. The reply is
// argument 1, cut into pieces of about four letters as models cut it.

import { createServer } from "node:http";

const [reply] = process.argv.slice(2);

const chunk = (choices, usage = null) =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_763_640_000, model: "m", choices, usage })}\n\n`;
const choice = (delta, finish_reason = null) => [{ index: 0, delta, logprobs: null, finish_reason }];

const WHOLE = Buffer.from(
  [
    chunk(choice({ role: "assistant", content: "" })),
    ...reply.match(/.{1,4}/gs).map((content) => chunk(choice({ content }))),
    chunk(choice({}, "stop")),
    chunk([], { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 }),
    "data: [DONE]\n\n",
  ].join(""),
);

const server = createServer((request, response) => {
  request.resume().once("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.end(WHOLE);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().once("end", () => process.exit(0));
