// The wire as a client without a browser speaks it: sessions, messages, and the stream of a reply.

import { expect } from "@playwright/test";

/** A visitor without a browser: an origin, an address, and the tokens of a conversation. */
export class Visitor {
  constructor(site, { origin, address }) {
    Object.assign(this, { site, edge: site.edge, origin, address });
    this.messages = 0;
  }

  call(method, path, options = {}) {
    return this.edge.call(method, path, { origin: this.origin, address: this.address, ...options });
  }

  /** The site's public settings. */
  async settings(lang = "en") {
    const response = await this.call("GET", `/v1/sites/${this.site.key}?lang=${lang}`);
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json();
  }

  /** The body that mints a conversation under the notice in force. */
  async mintRequest(consent = {}) {
    const { notice } = await this.settings();
    return {
      site: this.site.key,
      lang: "en",
      client: "sdk",
      consent: { notice: notice.version, chat: true, purposes: {}, gpc: false, ...consent },
    };
  }

  /** Agrees, and keeps the tokens. */
  async mint(consent) {
    const response = await this.call("POST", "/v1/sessions", { json: await this.mintRequest(consent) });
    expect(response.status, await response.clone().text()).toBe(201);
    Object.assign(this, await response.json());
    return this;
  }

  /** The body of a message. */
  chatRequest(text, { id = `m-${++this.messages}`, trigger = "submit-message" } = {}) {
    return { id: this.conversation, messages: [{ id, role: "user", parts: [{ type: "text", text }] }], trigger };
  }

  /** Sends a message and returns the response, its stream unread. */
  send(text, options = {}) {
    const { signal, ...message } = options;
    return this.call("POST", "/v1/chat", { token: this.access_token, json: this.chatRequest(text, message), signal });
  }

  /** Sends a message and reads the whole reply. */
  async ask(text, options) {
    return readReply(await this.send(text, options));
  }

  /** Resumes the reply that is under way. */
  resume() {
    return this.call("GET", `/v1/chat/${this.conversation}/stream`, { token: this.access_token });
  }

  stop() {
    return this.call("POST", "/v1/chat/stop", { token: this.access_token, json: { id: this.conversation } });
  }

  /** What is stored, as a client resumes it. */
  async copy() {
    const response = await this.call("GET", "/v1/conversation?purpose=resume", { token: this.access_token });
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json();
  }

  /** Takes the signed copy, which is recorded as an export; `query` names another format. */
  export(query = "", headers = {}) {
    return this.call("GET", `/v1/conversation${query}`, { token: this.access_token, headers });
  }

  rectify(id, text) {
    return this.call("PATCH", `/v1/conversation/messages/${id}`, { token: this.access_token, json: { text } });
  }

  remove(id) {
    return this.call("DELETE", `/v1/conversation/messages/${id}`, { token: this.access_token });
  }

  restrict(restricted) {
    return this.call("PUT", "/v1/restriction", { token: this.access_token, json: { restricted } });
  }

  review(reason) {
    return this.call("POST", "/v1/review", { token: this.access_token, json: { reason } });
  }

  refresh(rotation_id = "r-1", refresh_token = this.refresh_token) {
    return this.call("POST", "/v1/sessions/refresh", { json: { refresh_token, rotation_id } });
  }

  erase(erase_token = this.erase_token) {
    return this.call("POST", "/v1/erase", { json: { erase_token } });
  }
}

/** The parts of a reply as they come; ends at `[DONE]` and fails if the stream ends without it. */
export async function* parts(response) {
  expect(response.status, response.ok ? "" : await response.clone().text()).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let waiting = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    waiting += text;
    const events = waiting.split("\n\n");
    waiting = events.pop();
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart());
      if (data.length === 0) continue; // A comment.
      if (data.join("\n") === "[DONE]") return;
      yield JSON.parse(data.join("\n"));
    }
  }
  throw new Error("the stream ended without [DONE]");
}

/** Reads a reply to its end: its parts, its text, and the facts in them. */
export async function readReply(response) {
  const read = [];
  for await (const part of parts(response)) read.push(part);
  const one = (type) => read.find((part) => part.type === type);
  return {
    parts: read,
    id: one("start")?.messageId,
    text: textOf(read),
    facts: one("data-sotto-reply")?.data,
    sources: read.filter(({ type }) => type === "source-document"),
    problem: one("data-sotto-problem")?.data,
    error: one("error")?.errorText,
    finish: one("finish")?.finishReason,
  };
}

/** The text of the parts that have been read. */
export const textOf = (read) =>
  read.filter(({ type }) => type === "text-delta").map(({ delta }) => delta).join("");

/** Reads parts until their text contains `text`, then returns them; the stream stays open. */
export async function readUntil(stream, text) {
  const read = [];
  while (!textOf(read).includes(text)) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`the reply ended before ${JSON.stringify(text)}`);
    read.push(value);
  }
  return read;
}

/** Asserts that a response is a problem with this code, complete and without detail of the inside. */
export async function expectProblem(response, status, code) {
  const text = await response.text();
  expect(response.status, `${code}: ${text}`).toBe(status);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  const problem = JSON.parse(text);
  expect(problem).toMatchObject({ type: `urn:sotto:problem:${code}`, code, status });
  expect(problem.title).toMatch(/\S/);
  expect(problem.detail).toMatch(/\S/);
  expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  expect(text).not.toMatch(/panic|RustError|wasm|\.rs\b|SQLITE|serde|stack/i);
  return problem;
}
