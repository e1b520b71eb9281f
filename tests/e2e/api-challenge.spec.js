// The challenge before a new conversation, without a browser: docs/challenge.md.

import { newAddress } from "../support/edge.js";
import { bytesOf, makeChallenge, mint, solve, textOf } from "../support/challenge.js";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

const begin = async (visitor, challenge, address = visitor.address) =>
  visitor.call("POST", "/v1/sessions", { json: { ...(await visitor.mintRequest()), challenge }, address });

/** Asserts that a challenge is asked for, and returns it. */
async function expectChallenge(response) {
  const { challenge, detail } = await expectProblem(response, 403, "challenge_required");
  expect(challenge.text).toMatch(/^ch_[0-9A-Za-z]{66}$/);
  expect(challenge.bits).toBeGreaterThanOrEqual(17);
  expect(challenge.expires_at).toBeGreaterThan(Date.now());
  expect(detail).not.toContain("ch_");
  return challenge;
}

/** A challenge of the edge with its answer. */
async function solved(visitor) {
  const challenge = await expectChallenge(await begin(visitor));
  return { text: challenge.text, nonce: solve(challenge) };
}

test("a site without one asks for nothing", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite());
  expect((await begin(visitor)).status).toBe(201);
});

test("who solves it begins a conversation, once", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
  const answer = await solved(visitor);
  const minted = await begin(visitor, answer);
  expect(minted.status, await minted.clone().text()).toBe(201);
  Object.assign(visitor, await minted.json());
  expect((await visitor.ask("Hello")).finish).toBe("stop");
  const next = await expectChallenge(await begin(visitor, answer));
  expect(next.text).not.toBe(answer.text);
  await expectChallenge(await begin(visitor));
});

test("the documented client needs nothing but the address and the request", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
  const headers = { origin: visitor.origin, "cf-connecting-ip": visitor.address };
  const minted = await mint(visitor.edge.url, await visitor.mintRequest(), headers);
  expect(minted.conversation).toMatch(/^[0-9a-f]{64}$/);
});

test.describe("an answer is not taken", () => {
  test("that does not answer", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
    const { text } = await expectChallenge(await begin(visitor));
    // One number in 131,072 is an answer.
    await expectChallenge(await begin(visitor, { text, nonce: 4_294_967_295 }));
  });

  test("to a problem that was made easier or longer-lived", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
    const { text, nonce } = await solved(visitor);
    for (const [at, value] of [[22, 0], [16, 0xff], [0, 1]]) {
      const changed = bytesOf(text);
      changed[at] ^= value || changed[at];
      const easier = textOf(changed);
      await expectChallenge(await begin(visitor, { text: easier, nonce: solve({ text: easier, bits: 17 }) }));
    }
    expect((await begin(visitor, { text, nonce })).status, "the one that was given is").toBe(201);
  });

  test("to a problem whose time is over", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
    const answer = (challenge) => ({ text: challenge.text, nonce: solve(challenge) });
    await expectChallenge(await begin(visitor, answer(makeChallenge(visitor, { expiresAt: Date.now() - 1 }))));
    // The same with time left is taken: the one above was refused for its time alone.
    expect((await begin(visitor, answer(makeChallenge(visitor)))).status).toBe(201);
  });

  test("to a problem of another site", async ({ makeSite, makeVisitor }) => {
    const [here, there] = [await makeSite({ challenge: "on" }), await makeSite({ challenge: "on" })];
    const visitor = await makeVisitor(here);
    const answer = await solved(visitor);
    await expectChallenge(await begin(await makeVisitor(there), answer));
    expect((await begin(visitor, answer)).status).toBe(201);
  });

  test("from another network", async ({ makeSite, makeVisitor }) => {
    const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
    const answer = await solved(visitor);
    await expectChallenge(await begin(visitor, answer, newAddress()));
    expect((await begin(visitor, answer)).status).toBe(201);
  });
});

test("a request whose answer has another form is refused as any other", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
  await expectProblem(await begin(visitor, { text: "ch_x", nonce: -1 }), 400, "invalid_value");
  await expectProblem(await begin(visitor, { text: "ch_x", nonce: 1, bits: 0 }), 400, "unknown_field");
});

test("it comes with the load where a site leaves it to that", async ({ makeSite, makeVisitor }) => {
  const site = await makeSite({ challenge: "auto", budget: { sessions_per_minute: 8 } });
  const visitor = await makeVisitor(site);
  const request = await visitor.mintRequest();
  const statuses = [];
  // A quarter of eight is begun freely; of five, more than that fall into one minute of the clock.
  for (let n = 0; n < 5; n += 1) {
    const response = await visitor.call("POST", "/v1/sessions", { json: request });
    statuses.push(response.status);
    await response.arrayBuffer();
  }
  expect(statuses.slice(0, 2)).toEqual([201, 201]);
  expect(statuses).toContain(403);
  const { bits } = await expectChallenge(await begin(visitor));
  expect(bits).toBeGreaterThan(17);
});

test("a wrong page is refused before anything is solved", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite({ challenge: "on" }));
  const json = await visitor.mintRequest();
  const response = await visitor.call("POST", "/v1/sessions", { json, origin: "https://elsewhere.example" });
  await expectProblem(response, 403, "origin_not_allowed");
});
