// A tenant with something of everything, all of it marked by a word that nobody else has: what the tests of credentials and of
// tenants try to reach.

import { randomInt } from "node:crypto";
import { expect } from "@playwright/test";
import { createWorkspace } from "./admin.js";
import { newAddress } from "./edge.js";
import { Visitor } from "./wire.js";

/** A word that nobody else has. Small letters alone: it can stand in a host, and the scrubber has nothing to hide in it. */
const newWord = (name) => name + Array.from({ length: 10 }, () => "abcdefghijklmnopqrstuvwxyz"[randomInt(26)]).join("");

export class Party {
  /**
   * Makes a workspace with sites, a document, a second API key and a conversation with an answer. The last of the `sites` is the
   * one that is used: who has fewer has none of its number.
   */
  static async make(edge, name, sites = 3) {
    const party = new Party();
    party.edge = edge;
    party.word = newWord(name);
    party.origin = `https://${party.word}.example`;
    party.workspace = await createWorkspace(edge, party.word);
    for (let n = 0; n < sites; n += 1) party.site = await party.makeSite();
    party.document = `${party.word}.md`;
    await party.site.putDocument(party.document, `# ${party.word}\n\nWhat ${party.word} has to say.`);
    party.spare = await party.makeKey(["documents"]);
    party.visitor = await party.makeVisitor();
    party.marks = [party.word, party.workspace.id, party.spare.id, ...party.visitor.marks];
    return party;
  }

  makeSite(settings = {}) {
    const contact = { label: "Write to us", url: `mailto:${this.word}@${this.word}.example` };
    const controller = { name: this.word, contact: `privacy@${this.word}.example` };
    return this.workspace.createSite({ name: this.word, origins: [this.origin], contact, controller, system_prompt: this.word, ...settings });
  }

  /** An API key with these scopes: its id, and the key itself as `token`. */
  async makeKey(scopes) {
    const response = await this.workspace.call("POST", "/keys", { json: { name: this.word, scopes } });
    expect(response.status, await response.clone().text()).toBe(201);
    const { entry, api_key: token } = await response.json();
    return { id: entry.id, token };
  }

  /** Every scope there is: the first key of a workspace has them all. */
  async scopes() {
    const { keys } = await (await this.workspace.call("GET", "/keys")).json();
    return keys.find(({ name }) => name === "owner").scopes;
  }

  /** A visitor who has said something and got an answer. What is theirs alone has marks of its own. */
  async makeVisitor(site = this.site) {
    const visitor = new Visitor(site, { origin: this.origin, address: newAddress() });
    await visitor.mint();
    const word = newWord("visitor");
    visitor.message = `m-${word}`;
    const { id, finish } = await visitor.ask(`What does ${this.word} say about ${word}?`, { id: visitor.message });
    expect(finish).toBe("stop");
    visitor.reply = id;
    visitor.marks = [word, visitor.conversation, visitor.message, visitor.reply];
    return visitor;
  }

  /** What of a party can be changed by calls, to be compared. */
  async state() {
    const read = async (path) => (await this.workspace.call("GET", path)).json();
    return {
      messages: (await this.visitor.copy()).messages,
      sites: await read("/sites"),
      documents: await read(`/sites/${this.site.number}/documents`),
      keys: await read("/keys"),
      conversations: await read("/conversations"),
    };
  }
}

/** Conversations that live no more, each in its way; their tokens are whole. */
export async function makeGraveyard(edge) {
  const party = await Party.make(edge, "graves");
  const [revoked, erased] = [await party.makeVisitor(), await party.makeVisitor()];
  const ended = new Visitor(await party.makeSite({ idle_seconds: 1 }), { origin: party.origin, address: newAddress() });
  await ended.mint();
  expect((await revoked.refresh("r-1")).status).toBe(200);
  expect((await revoked.refresh("r-2")).status).toBe(401);
  expect((await erased.erase()).status).toBe(200);
  await expect.poll(async () => (await ended.call("GET", "/v1/conversation", { token: ended.access_token })).status).toBe(410);
  const grave = (visitor) => ({ ...party, visitor });
  return { revoked: grave(revoked), erased: grave(erased), ended: grave(ended) };
}
