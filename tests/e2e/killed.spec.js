// Promises 6 and 10 over power cuts: workerd is killed at twenty random points of a scripted talk and started again on the same
// state. Whatever was accepted is there, once; whatever was erased is gone for good; a reply that was cut off can be had again.
//
// The points come from a seed, which the test prints. `SOTTO_SEED=… npx playwright test e2e/killed.spec.js` cuts at the same
// points of the script again; how far the edge had come by then is the machine's.

import { setTimeout as pause } from "node:timers/promises";
import { createWorkspace, openAi } from "../support/admin.js";
import { Edge, newAddress } from "../support/edge.js";
import { newSeed, seeded } from "../support/random.js";
import { expect, test } from "../support/test.js";
import { parts, Visitor } from "../support/wire.js";

/** How often workerd is killed. */
const CUTS = 20;

/** A cut comes this long after its step has begun, in milliseconds, at the latest: a step takes a little longer. */
const LATEST_MS = 90;

/** Longest time for all of it: a start takes one to three seconds. */
const PATIENCE_MS = 240_000;

const ORIGIN = "https://shop.example";

/** A reply of several pieces with pauses between them, so that a cut can fall between two of them. */
async function* slowly(body) {
  const question = body.messages.at(-1).content;
  for (const word of `So you ask ${question.length} letters, and here is what I have to say.`.split(" ")) {
    await pause(4);
    yield `${word} `;
  }
}

/** The edge's power supply: cuts it at random points, and gives it back. */
class Power {
  cuts = 0;
  #plan;

  constructor(edge, random, steps) {
    Object.assign(this, { edge, random });
    // Which steps are cut; a step can be cut several times, each time it is tried again.
    this.#plan = Array.from({ length: CUTS }, () => random(steps)).sort((a, b) => a - b);
  }

  /** Whether there are cuts left: a step that was done in spite of one leaves its others to what follows. */
  get isPlanned() {
    return this.#plan.length > 0;
  }

  /** Does a step, and again whenever the power was cut in it, until it is done. What it does has to be fit for that. */
  async step(number, work) {
    while (this.#plan[0] <= number) {
      this.#plan.shift();
      const working = work().then(
        () => ({ isDone: true }),
        (error) => ({ error }),
      );
      await pause(this.random(LATEST_MS)); // The point of this test: a moment that nothing else decides.
      await this.edge.kill();
      this.cuts += 1;
      const { isDone, error } = await working;
      if (error?.matcherResult) throw error; // The edge had answered, and wrongly. Otherwise the connection broke.
      await this.edge.restart();
      await this.check();
      if (isDone) return;
    }
    await work();
  }
}

/** A visitor who remembers what the edge has told them. */
class Witness {
  /** Messages that were accepted: the edge had answered with success. By id. */
  accepted = new Map();
  /** The receipt, once it was erased. */
  receipt;
  #rotations = 0;
  #messages = 0;

  constructor(site) {
    this.visitor = new Visitor(site, { origin: ORIGIN, address: newAddress() });
  }

  mint() {
    return this.visitor.mint();
  }

  /** A message, read to the end of its reply; sent again, it is the same one. */
  say(text) {
    this.#messages += 1;
    const id = `m-${this.#messages}`;
    return async () => {
      const response = await this.visitor.send(text, { id });
      // What is read is proof that it was accepted, whatever becomes of the rest.
      if (response.ok) this.accepted.set(id, text);
      let last;
      for await (const part of parts(response)) last = part;
      expect(last).toMatchObject({ type: "finish", finishReason: "stop" });
    };
  }

  refresh() {
    this.#rotations += 1;
    const rotation = `r-${this.#rotations}`;
    return async () => {
      const response = await this.visitor.refresh(rotation);
      expect(response.status, await response.clone().text()).toBe(200);
      Object.assign(this.visitor, await response.json());
    };
  }

  async erase() {
    const response = await this.visitor.erase();
    expect(response.status, await response.clone().text()).toBe(200);
    const receipt = await response.json();
    if (this.receipt) expect(receipt).toEqual(this.receipt);
    this.receipt = receipt;
  }

  /** Compares what the edge has with what it said. */
  async check() {
    const { visitor } = this;
    if (!visitor.conversation) return;
    // Not the signed copy, which may be had less often than this looks within a minute.
    const response = await visitor.call("GET", "/v1/conversation?purpose=resume", { token: visitor.access_token });
    if (this.receipt) {
      expect(response.status).toBe(410);
      expect(await response.json()).toMatchObject({ code: "erased", receipt: this.receipt.id });
      return this.erase();
    }
    if (response.status === 410) return this.erase(); // The erasure whose answer was lost.
    expect(response.status, await response.clone().text()).toBe(200);
    const { messages } = await response.json();
    const said = messages.filter(({ author }) => author === "visitor");
    const ids = messages.map(({ id }) => id);
    expect(new Set(ids).size, "no message is there twice").toBe(ids.length);
    for (const [id, text] of this.accepted) {
      expect(said.filter((message) => message.id === id).map((message) => message.text), id).toEqual([text]);
    }
    // Beyond what was accepted there is at most the one message whose answer was lost.
    expect(said.length - this.accepted.size).toBeLessThanOrEqual(1);
    for (const { author, state } of messages) expect(author === "ai" ? ["complete", "interrupted"] : ["complete"]).toContain(state);
  }

  /** Everything is there, in order, and every reply is whole. */
  async checkWhole() {
    const { messages } = await this.visitor.copy();
    expect(messages.filter(({ author }) => author === "visitor").map(({ id, text }) => [id, text])).toEqual([...this.accepted]);
    expect(messages.map(({ author }) => author)).toEqual([...this.accepted].flatMap(() => ["visitor", "ai"]));
    for (const { state } of messages) expect(state).toBe("complete");
  }
}

test("a talk goes on over twenty power cuts: what was accepted is there, what was erased is not", async ({ provider }) => {
  test.setTimeout(PATIENCE_MS);
  const seed = newSeed();
  console.log(`SOTTO_SEED=${seed}`);
  provider.reply(slowly);
  const edge = await Edge.start();
  try {
    const workspace = await createWorkspace(edge);
    const budget = { messages_per_minute: 1000 };
    const site = await workspace.createSite({ origins: [ORIGIN], provider: openAi(provider), budget });
    const [kept, erased, late] = [new Witness(site), new Witness(site), new Witness(site)];
    const script = [
      () => kept.mint(),
      kept.say("Do you deliver to islands?"),
      kept.say("And on Sundays?"),
      kept.refresh(),
      kept.say("I am [EMAIL_1], write to me."),
      () => erased.mint(),
      erased.say("Nobody shall know of the lantern."),
      erased.say("And of the loom neither."),
      kept.say("What does it cost?"),
      () => erased.erase(),
      kept.say("How long does it take?"),
      kept.refresh(),
      () => erased.erase(),
      kept.say("Can I pay later?"),
      () => late.mint(),
      late.say("A second word that nobody shall know."),
      late.refresh(),
      kept.say("Thank you."),
      () => late.erase(),
      kept.refresh(),
      kept.say("One more: do you repair bicycles?"),
      kept.say("That was all."),
    ];
    const power = new Power(edge, seeded(seed), script.length);
    const witnesses = [kept, erased, late];
    power.check = () => Promise.all(witnesses.map((witness) => witness.check()));
    for (const [number, work] of script.entries()) {
      await power.step(number, work);
    }
    while (power.isPlanned) await power.step(script.length, () => kept.visitor.copy());
    expect(power.cuts).toBe(CUTS);
    await power.check();
    await kept.checkWhole();
    expect(erased.receipt?.conversation).toBe(erased.visitor.conversation);
    expect(late.receipt?.conversation).toBe(late.visitor.conversation);
    await expect.poll(() => site.conversations(), { timeout: 30_000 }).not.toContain(erased.visitor.conversation);
    await expect.poll(() => site.conversations(), { timeout: 30_000 }).not.toContain(late.visitor.conversation);
  } finally {
    await edge.stop();
  }
});
