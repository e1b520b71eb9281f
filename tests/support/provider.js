// A mock of an OpenAI-compatible provider. A test writes the reply as an async generator: what it yields is sent as a chunk,
// what it awaits holds the stream back, what it throws is a fault. It records what it received.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { until } from "./edge.js";

/** A gate that holds a reply back until the test opens it. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Never goes on: a provider that hangs. */
export const never = new Promise(() => {});

/** Throw it to close the connection in the middle. */
export class Cut extends Error {}

/** Throw it before the first chunk to answer with an HTTP error. */
export class Refusal extends Error {
  constructor(status, body = { error: { message: "INTERNAL DETAIL of the provider", type: "test_error" } }, headers = {}) {
    super(`refused with ${status}`);
    Object.assign(this, { status, body, headers });
  }
}

/** Yield it to send an error in the stream, after HTTP 200. */
export class StreamError {
  error = { message: "INTERNAL DETAIL of the provider", type: "server_error", code: null, param: null };
}

/** Yield it to end with another `finish_reason` than `stop`. */
export class Finish {
  constructor(reason) {
    this.reason = reason;
  }
}

export class Provider {
  /** The key that the site is given. */
  key = `sk-test-${randomBytes(12).toString("hex")}`;
  /** What arrived: headers and body of each request, and whether its client went away early. */
  requests = [];
  #server;
  #reply = async function* () {
    yield "Hello from the model.";
  };

  static async start() {
    const provider = new Provider();
    provider.#server = createServer((request, response) => provider.#serve(request, response));
    await new Promise((resolve) => provider.#server.listen(0, "127.0.0.1", resolve));
    provider.url = `http://127.0.0.1:${provider.#server.address().port}/v1`;
    return provider;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Sets the reply to every further request: an async generator function of the request's body, or a list of texts. */
  reply(script) {
    this.#reply = Array.isArray(script)
      ? async function* () {
          yield* script;
        }
      : script;
  }

  /** The `n`th request, from 1, when it has arrived. */
  async asked(n = 1) {
    await until(() => this.requests.length >= n, `the provider was asked ${this.requests.length} times, not ${n}`, 15_000);
    return this.requests[n - 1];
  }

  async #serve(request, response) {
    let text = "";
    try {
      for await (const piece of request.setEncoding("utf8")) text += piece;
    } catch {
      return undefined; // The edge was killed while it asked.
    }
    const record = { url: request.url, headers: request.headers, text, body: JSON.parse(text), left: false };
    this.requests.push(record);
    response.once("close", () => {
      record.left = !response.writableFinished;
    });
    const id = `chatcmpl-${this.requests.length}`;
    const chunk = (choices, usage = null) => ({
      id,
      object: "chat.completion.chunk",
      created: 1_763_640_000,
      model: record.body.model,
      service_tier: "default",
      system_fingerprint: "fp_test",
      choices,
      usage,
      obfuscation: randomBytes(4).toString("hex"),
    });
    const choice = (delta, finish_reason = null) => [{ index: 0, delta, logprobs: null, finish_reason }];
    const send = (data) => {
      if (!response.headersSent) {
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
        response.write(`data: ${JSON.stringify(chunk(choice({ role: "assistant", content: "", refusal: null })))}\n\n`);
      }
      response.write(`data: ${JSON.stringify(data)}\n\n`);
    };
    try {
      let reason = "stop";
      for await (const piece of this.#reply(record.body)) {
        if (piece instanceof StreamError) return response.end(`data: ${JSON.stringify(piece)}\n\n`);
        if (piece instanceof Finish) ({ reason } = piece);
        else send(chunk(choice({ content: piece })));
      }
      send(chunk(choice({}, reason)));
      if (record.body.stream_options?.include_usage) {
        send(chunk([], { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 }));
      }
      response.end("data: [DONE]\n\n");
    } catch (fault) {
      if (fault instanceof Refusal && !response.headersSent) {
        response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
        response.end(JSON.stringify(fault.body));
      } else if (fault instanceof Cut) {
        response.socket.end(); // What was sent arrives; the last chunk of the encoding does not.
      } else {
        throw fault;
      }
    }
    return undefined;
  }
}
