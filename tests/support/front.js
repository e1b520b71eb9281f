// What stands between a browser and the edge in a test: a relay that gives each test a client address of its own (so that the
// limits of one network do not touch the next test), records everything that is sent, and breaks connections when told to.

import { Agent, createServer, request as ask } from "node:http";

export class Front {
  /** Everything that was sent: method, path, headers, body. */
  requests = [];
  #address;
  #agent = new Agent({ keepAlive: true });
  #server;
  #open = new Set();
  #refusing = () => false;
  #holding = [];
  #answers = [];
  #losing = [];

  static async start(edge, address) {
    const front = new Front();
    front.#address = address;
    front.#server = createServer((incoming, outgoing) => front.#relay(edge, incoming, outgoing));
    await new Promise((resolve) => front.#server.listen(0, "127.0.0.1", resolve));
    front.url = `http://127.0.0.1:${front.#server.address().port}`;
    return front;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The device goes on in another network. */
  move(address) {
    this.#address = address;
  }

  /** Breaks every connection that has an answer under way. */
  cut() {
    for (const outgoing of this.#open) outgoing.destroy();
  }

  /** From now on refuses every request whose path matches; with nothing given, every one. */
  refuse(pattern = /.*/) {
    this.#refusing = (path) => pattern.test(path);
  }

  /** Lets everything through again. */
  admit() {
    this.#refusing = () => false;
  }

  /**
   * Holds every request whose path matches, or every preflight of one, until the function that it returns is called; what the
   * browser has given up by then goes no further.
   */
  hold(pattern, preflights = false) {
    let release;
    const held = { pattern, preflights, released: new Promise((resolve) => (release = resolve)) };
    this.#holding.push(held);
    return () => {
      this.#holding.splice(this.#holding.indexOf(held), 1);
      release();
    };
  }

  /** Answers the next request whose path matches itself: a problem that cannot be had from the edge in a test's time. */
  answerOnce(pattern, status, body, headers = {}) {
    this.#answers.push({ pattern, status, body, headers });
  }

  /** Lets the next request whose path matches reach the edge, and breaks the connection when the answer comes. */
  loseAnswer(pattern) {
    this.#losing.push(pattern);
  }

  /** The requests whose path matches. */
  sent(pattern) {
    return this.requests.filter(({ path }) => pattern.test(path));
  }

  #relay(edge, incoming, outgoing) {
    const record = { method: incoming.method, path: incoming.url, headers: incoming.headers, body: "" };
    this.requests.push(record);
    if (this.#refusing(incoming.url)) {
      incoming.socket.destroy();
      return;
    }
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", async () => {
      const body = Buffer.concat(chunks);
      record.body = body.toString("utf8");
      const preflight = incoming.method === "OPTIONS";
      for (const held of this.#holding.filter((one) => one.preflights === preflight && one.pattern.test(incoming.url))) await held.released;
      if (outgoing.destroyed) return;
      const at = this.#answers.findIndex(({ pattern }) => incoming.method !== "OPTIONS" && pattern.test(incoming.url));
      if (at >= 0) {
        const [answer] = this.#answers.splice(at, 1);
        outgoing.writeHead(answer.status, {
          "content-type": "application/problem+json",
          "access-control-allow-origin": incoming.headers.origin ?? "*",
          "access-control-expose-headers": "retry-after, x-request-id",
          ...answer.headers,
        });
        outgoing.end(JSON.stringify(answer.body));
        return;
      }
      const headers = { ...incoming.headers, "cf-connecting-ip": this.#address };
      const options = { agent: this.#agent, host: "127.0.0.1", port: edge.port, method: incoming.method, path: incoming.url, headers };
      const lost = incoming.method === "OPTIONS" ? -1 : this.#losing.findIndex((pattern) => pattern.test(incoming.url));
      if (lost >= 0) this.#losing.splice(lost, 1);
      const onward = ask(options, (answer) => {
        if (lost >= 0) {
          answer.resume(); // Read to its end, as if the connection had broken behind the relay.
          outgoing.destroy();
          return;
        }
        this.#open.add(outgoing);
        outgoing.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(outgoing);
        answer.once("error", () => outgoing.destroy());
      });
      outgoing.once("close", () => {
        this.#open.delete(outgoing);
        if (lost < 0) onward.destroy();
      });
      onward.once("error", () => outgoing.destroy());
      onward.end(body);
    });
  }
}

/** A problem as the edge writes it. */
export const problem = (status, code, more = {}) => ({
  type: `urn:sotto:problem:${code}`,
  title: code,
  status,
  detail: "Made by the test.",
  code,
  request_id: "01TEST",
  ...more,
});
