// A Worker in JavaScript that takes the same way as a message through Sotto and does nothing on it: an object for the
// conversation, one for the tenant, the message and the reply written to SQLite, the count of the tenant too, the provider's bytes
// passed on. What storing and separating costs at least under workerd, whatever is decided on the way.

import { DurableObject } from "cloudflare:workers";

export default {
  async fetch(request, { TALKS }) {
    const talk = TALKS.get(TALKS.idFromName(new URL(request.url).pathname));
    const reply = await talk.fetch("https://object/", { method: "POST", body: await request.text() });
    return new Response(reply.body, { headers: { "content-type": "text/event-stream" } });
  }
};

export class Talk extends DurableObject {
  #sql = this.ctx.storage.sql;
  #begun = 0;

  async fetch(request) {
    const { TENANTS, UPSTREAM } = this.env;
    if (this.#begun === 0) this.#sql.exec("CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, text TEXT)");
    const message = await request.text();
    this.#sql.exec("INSERT INTO message (text) VALUES (?)", message);
    const tenant = TENANTS.get(TENANTS.idFromName("tenant"));
    const context = await (await tenant.fetch("https://object/", { method: "POST", body: message })).text();
    this.#sql.exec("INSERT INTO message (text) VALUES ('')");
    this.#begun += 2;
    const reply = await fetch(UPSTREAM, { method: "POST", headers: { "content-type": "application/json" }, body: message + context });
    const { readable, writable } = new IdentityTransformStream();
    this.ctx.waitUntil(this.#write(reply.body, writable, this.#begun));
    return new Response(readable);
  }

  async #write(reply, writable, id) {
    const [decoder, writer] = [new TextDecoder(), writable.getWriter()];
    let text = "";
    for await (const piece of reply) {
      text += decoder.decode(piece, { stream: true });
      await writer.write(piece);
    }
    this.#sql.exec("UPDATE message SET text = ? WHERE id = ?", text, id);
    await writer.close();
  }
}

export class Tenant extends DurableObject {
  #sql = this.ctx.storage.sql;
  #count = 0;

  async fetch(request) {
    if (this.#count === 0) this.#sql.exec("CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, count INTEGER)");
    await request.text();
    this.#count += 1;
    this.#sql.exec("INSERT INTO counter VALUES ('messages', 1) ON CONFLICT (name) DO UPDATE SET count = count + 1");
    return new Response(" ".repeat(2048)); // As much as a site's passages.
  }
}
