// Promises 5 and 8: every route of the edge with every wrong credential, and with somebody else's good one. What is tried comes
// from support/routes.js; the routes themselves come from the source of the edge.
//
// 1. A route without a row, and a row without a route, fail.
// 2. A wrong credential is refused with its exact code and changes nothing; then the right one is taken.
// 3. Another tenant's credential, another site's and another visitor's, with this one's ids: never data, always the exact code.

import { bytesOf, STATUS, tokenOf, wrongAccess, wrongErase, wrongKey, wrongPlatform, wrongRefresh, wrongSite } from "../support/forge.js";
import { makeGraveyard, Party } from "../support/party.js";
import { callOf, ROUTES, routesOfTheEdge } from "../support/routes.js";
import { expect, test as base } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

const test = base.extend({
  /** Somebody else: a tenant with a site, a document, keys and a conversation of its own. */
  stranger: [async ({ edge }, use) => use(await Party.make(edge, "stranger", 1)), { scope: "worker" }],
  graveyard: [async ({ edge }, use) => use(await makeGraveyard(edge)), { scope: "worker", timeout: 30_000 }],
});

/** The credential of a party that a route takes. */
const CREDENTIAL = {
  nothing: () => undefined,
  site: ({ site }) => site.key,
  access: ({ visitor }) => visitor.access_token,
  refresh: ({ visitor }) => visitor.refresh_token,
  erase: ({ visitor }) => visitor.erase_token,
  key: ({ workspace }) => workspace.key,
  platform: ({ edge }) => edge.secrets.platformToken,
};

const routes = (...kinds) => Object.keys(ROUTES).filter((route) => kinds.includes(ROUTES[route].by));

/** Calls a route; `changes` go over what the call would be. */
async function send(edge, route, party, credential, changes = {}) {
  const [method, path, options] = await callOf(route, party, credential);
  return edge.call(method, path, { ...options, ...changes });
}

/** Every wrong credential for a route, with the exact problem. */
async function wrongFor(route, party, other) {
  const { by, scope, json } = ROUTES[route];
  switch (by) {
    case "site":
      return wrongSite(party, other, Boolean(json));
    case "access": {
      const { keys } = await (await party.edge.call("GET", "/.well-known/jwks.json")).json();
      return wrongAccess(party, other, Buffer.from(keys[0].x, "base64url"));
    }
    case "refresh":
      return wrongRefresh(party, other);
    case "erase":
      return wrongErase(party, other);
    case "key": {
      const scopes = await party.scopes();
      expect(scopes, "the route's scope is one that there is").toContain(scope);
      party.unscoped = await party.makeKey(scopes.filter((one) => one !== scope));
      party.removed = await party.makeKey(scopes);
      expect((await party.workspace.call("DELETE", `/keys/${party.removed.id}`)).status).toBe(204);
      return wrongKey(party, other);
    }
    case "platform":
      return wrongPlatform(party);
    default:
      return [];
  }
}

test("every route has a row, and every row a route", () => {
  expect(Object.keys(ROUTES).sort()).toEqual(routesOfTheEdge().sort());
});

test("tokens are made here as the edge makes them", ({ stranger }) => {
  const { refresh_token, erase_token } = stranger.visitor;
  for (const token of [refresh_token, erase_token, stranger.workspace.key]) {
    expect(tokenOf(token.slice(0, 3), bytesOf(token))).toBe(token);
  }
});

test.describe("a wrong credential is refused", () => {
  for (const route of Object.keys(ROUTES)) {
    test(route, async ({ edge, graveyard, stranger }) => {
      const party = await Party.make(edge, "victim");
      const wrong = await wrongFor(route, party, stranger);
      const before = await party.state();
      for (const [what, credential, code, changes] of wrong) {
        await test.step(what, async () => {
          const response = await send(edge, route, party, credential, changes);
          const problem = await expectProblem(response, STATUS[code], code);
          for (const mark of party.marks) expect(JSON.stringify(problem)).not.toContain(mark);
        });
      }
      if (["access", "refresh"].includes(ROUTES[route].by)) {
        for (const [how, code] of [["revoked", "token_revoked"], ["erased", "erased"], ["ended", "conversation_ended"]]) {
          await test.step(how, async () => {
            const grave = graveyard[how];
            const address = grave.visitor.address;
            const response = await send(edge, route, grave, CREDENTIAL[ROUTES[route].by](grave), { address });
            await expectProblem(response, STATUS[code], code);
          });
        }
      }
      expect(await party.state(), "nothing has changed").toEqual(before);
      const good = await send(edge, route, party, CREDENTIAL[ROUTES[route].by](party), { address: party.visitor.address });
      expect(good.status, await good.text()).toBe(ROUTES[route].ok);
    });
  }
});

/** What comes back holds nothing of the other's; and it is the exact refusal, or the caller's own things. */
async function expectNothingOf(marks, response, route) {
  const { foreign, ok } = ROUTES[route];
  const text = await response.clone().text();
  for (const mark of marks) expect(text, route).not.toContain(mark);
  if (foreign) await expectProblem(response, STATUS[foreign], foreign);
  else expect(response.status, text).toBe(ok);
}

test.describe("somebody else's credential reaches nothing", () => {
  for (const route of routes("key")) {
    test(`another tenant's key: ${route}`, async ({ edge, stranger }) => {
      const party = await Party.make(edge, "victim");
      const before = await party.state();
      await expectNothingOf(party.marks, await send(edge, route, party, stranger.workspace.key), route);
      expect(await party.state()).toEqual(before);
    });
  }

  for (const route of routes("access")) {
    test(`another visitor's token: ${route}`, async ({ edge, stranger }) => {
      const party = await Party.make(edge, "victim");
      const elsewhere = await party.makeSite();
      const others = {
        "of another tenant": [stranger.visitor, party.marks],
        "of another site": [await party.makeVisitor(elsewhere), party.visitor.marks],
        "of the same site": [await party.makeVisitor(), party.visitor.marks],
      };
      const before = await party.state();
      for (const [whose, [visitor, marks]] of Object.entries(others)) {
        await test.step(whose, async () => {
          const from = { address: visitor.address, origin: visitor.origin };
          await expectNothingOf(marks, await send(edge, route, party, visitor.access_token, from), route);
        });
      }
      expect(await party.state()).toEqual(before);
    });
  }

  test("a key of one workspace lists nothing of another, and a token tells nothing of another conversation", async ({ edge, stranger }) => {
    const party = await Party.make(edge, "victim");
    const { messages } = await stranger.visitor.copy();
    const seen = JSON.stringify([messages, await stranger.state()]);
    for (const mark of party.marks) expect(seen).not.toContain(mark);
    const own = JSON.stringify(await party.state());
    for (const mark of party.visitor.marks) expect(own, "the marks are what a leak would show").toContain(mark);
    expect(own).toContain(party.word);
  });
});
