// A mock of a model provider, of whichever vendor the request is for (formats.js). A test writes the reply as an async generator:
// what it yields is sent as a chunk, what it awaits holds the stream back, what it throws is a fault. It records what it received.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { until } from "./edge.js";
import { BINDING, FORMATS, formatOf } from "./formats.js";

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

/** Throw it before the first chunk where the vendor will not answer the prompt. */
export class Blocked extends Error {}

/** Throw it before the first chunk where the operator's money or quota is used up. */
export class Spent extends Error {}

/** Throw it before the first chunk to answer with an HTTP error; without a body, with the vendor's. */
export class Refusal extends Error {
  constructor(status, body = undefined, headers = {}) {
    super(`refused with ${status}`);
    Object.assign(this, { status, body, headers });
  }
}

/** Yield it to send an error in the stream, after HTTP 200. */
export class StreamError {}

/** Yield it to end otherwise than by `stop`: `length`, `content_filter`. */
export class Finish {
  constructor(reason) {
    this.reason = reason;
  }
}

export class Provider {
  /** The key that the site is given. */
  key = `sk-test-${randomBytes(12).toString("hex")}`;
  /** What arrived: when, headers and body of each request, and whether its client went away early. */
  requests = [];
  #server;
  #reply = async function* () {
    yield "Hello from the model.";
  };

  static async start() {
    const provider = new Provider();
    provider.#server = createServer((request, response) => provider.#serve(request, response));
    await new Promise((resolve) => provider.#server.listen(0, "127.0.0.1", resolve));
    provider.origin = `http://127.0.0.1:${provider.#server.address().port}`;
    provider.url = `${provider.origin}/v1`;
    return provider;
  }

  /** Settings of a site's provider, in one of the formats. */
  settings(format, more = {}) {
    return {
      model: "m-test",
      key: this.key,
      recipient: { name: `Model Inc ${format}`, role: "writes the answers", place: "EU", retention_days: 30 },
      ...(FORMATS[format] ?? BINDING[format]).settings(this),
      ...more,
    };
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
    // Miniflare asks for a WebSocket beside the calls of a binding, and does without.
    if (request.method !== "POST") return response.writeHead(426).end();
    let text = "";
    try {
      for await (const piece of request.setEncoding("utf8")) text += piece;
    } catch {
      return undefined; // The edge was killed while it asked.
    }
    const record = { at: Date.now(), url: request.url, headers: request.headers, text, body: JSON.parse(text), left: false };
    this.requests.push(record);
    response.once("close", () => {
      record.left = !response.writableFinished;
    });
    const format = formatOf(request.url, request.headers);
    if (!format) {
      response.writeHead(404, { "content-type": "application/json" });
      return response.end("{}");
    }
    Object.assign(record, { key: format.key(request.headers), roles: format.roles(record.body) });
    const send = (events) => {
      if (!response.headersSent) {
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
        response.write(format.begin(record));
      }
      response.write(events);
    };
    try {
      let reason = "stop";
      for await (const piece of this.#reply(record.body)) {
        if (piece instanceof StreamError) {
          send(format.error(record));
          return response.end();
        }
        if (piece instanceof Finish) ({ reason } = piece);
        else send(format.text(record, piece));
      }
      send(format.end(record, reason));
      response.end();
    } catch (fault) {
      const refuse = (status, body, headers) => {
        const type = typeof body === "string" ? "text/event-stream" : "application/json";
        response.writeHead(status, { "content-type": type, ...headers });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      };
      if (fault instanceof Refusal && !response.headersSent) {
        refuse(fault.status, fault.body ?? format.refusal(fault.status), fault.headers);
      } else if (fault instanceof Blocked) {
        refuse(...format.blocked(record));
      } else if (fault instanceof Spent) {
        refuse(...format.spent);
      } else if (fault instanceof Cut) {
        response.socket.end(); // What was sent arrives; the last chunk of the encoding does not.
      } else {
        throw fault;
      }
    }
    return undefined;
  }
}
