// Every route of the edge: what opens it, and how it is called. The tests of credentials and of tenants (e2e/matrix.spec.js)
// go through this table, and fail for a route of the edge that has no row here.
//
// A new route gets a row:
//   by       what opens it: "nothing", "site", "access", "refresh", "erase", "key" (an API key) or "platform"
//   ok       the status that its caller gets
//   json     its body, of the party whose route is called and the credential to put into it, if it belongs there
//   body, type  the same where it is not JSON
//   query    what follows the path
//   id       which of the party's things `{id}` stands for
//   first    what has to have happened before it can be called
//   scope    of a route that an API key opens: the scope it needs
//   foreign  what somebody else's good credential is answered with when the call names this party's things: a problem's code;
//            left out, the call succeeds and gives the caller's own things alone

import { readFileSync } from "node:fs";
import { SETTINGS } from "./admin.js";

/** Settings that are nobody's in particular. */
const SITE = { ...SETTINGS, origins: ["https://elsewhere.example"] };

export const ROUTES = {
  "GET /v1/sites/{key}": { by: "site", ok: 200 },
  "POST /v1/sessions": { by: "site", ok: 201, json: async ({ visitor }, site) => ({ ...(await visitor.mintRequest()), site }) },
  "POST /v1/sessions/refresh": { by: "refresh", ok: 200, json: (_, refresh_token) => ({ refresh_token, rotation_id: "r-1" }) },
  "POST /v1/chat": { by: "access", ok: 200, json: ({ visitor }) => visitor.chatRequest("Hello"), foreign: "token_mismatch" },
  "POST /v1/chat/stop": { by: "access", ok: 204, json: ({ visitor }) => ({ id: visitor.conversation }), foreign: "token_mismatch" },
  "GET /v1/chat/{conversation}/stream": { by: "access", ok: 200, foreign: "token_mismatch" },
  "GET /v1/conversation": { by: "access", ok: 200 },
  "PATCH /v1/conversation/messages/{id}": {
    by: "access",
    ok: 200,
    json: () => ({ text: "Other words." }),
    id: ({ visitor }) => visitor.message,
    foreign: "not_found",
  },
  "DELETE /v1/conversation/messages/{id}": { by: "access", ok: 200, id: ({ visitor }) => visitor.message, foreign: "not_found" },
  "PUT /v1/restriction": { by: "access", ok: 200, json: () => ({ restricted: false }) },
  "POST /v1/review": { by: "access", ok: 200, json: () => ({ reason: "wrong" }) },
  // Taking back what was given is the same under every notice.
  "PUT /v1/consent": { by: "access", ok: 200, json: ({ visitor }) => ({ notice: visitor.receipt.notice, chat: false }) },
  "POST /v1/erase": { by: "erase", ok: 200, json: (_, erase_token) => ({ erase_token }) },

  "POST /v1/admin/workspaces": { by: "platform", ok: 201, json: () => ({ name: "Another" }) },
  "POST /v1/admin/workspaces/{workspace}/keys": { by: "platform", ok: 201 },
  "GET /v1/admin/workspaces/{workspace}/root": { by: "platform", ok: 200 },
  "GET /v1/admin/keys": { by: "key", scope: "keys", ok: 200 },
  "POST /v1/admin/keys": { by: "key", scope: "keys", ok: 201, json: () => ({ name: "Another", scopes: ["keys"] }) },
  "DELETE /v1/admin/keys/{id}": { by: "key", scope: "keys", ok: 204, id: ({ spare }) => spare.id, foreign: "not_found" },
  "GET /v1/admin/sites": { by: "key", scope: "sites", ok: 200 },
  "POST /v1/admin/sites": { by: "key", scope: "sites", ok: 201, json: () => SITE },
  "PUT /v1/admin/sites/{site}": { by: "key", scope: "sites", ok: 200, json: () => SITE, foreign: "site_unknown" },
  "DELETE /v1/admin/sites/{site}": { by: "key", scope: "sites", ok: 204, foreign: "site_unknown" },
  "POST /v1/admin/sites/{site}/key": { by: "key", scope: "sites", ok: 200, foreign: "site_unknown" },
  "GET /v1/admin/sites/{site}/documents": { by: "key", scope: "documents", ok: 200, foreign: "site_unknown" },
  "PUT /v1/admin/sites/{site}/documents/{name}": {
    by: "key",
    scope: "documents",
    ok: 200,
    body: () => "Other words.",
    type: "text/markdown",
    foreign: "site_unknown",
  },
  "DELETE /v1/admin/sites/{site}/documents/{name}": { by: "key", scope: "documents", ok: 204, foreign: "site_unknown" },
  "GET /v1/admin/sites/{site}/counts": { by: "key", scope: "counts", ok: 200, foreign: "site_unknown" },
  "GET /v1/admin/conversations": { by: "key", scope: "conversations:read", ok: 200 },
  "GET /v1/admin/conversations/{conversation}": {
    by: "key",
    scope: "conversations:read",
    ok: 200,
    query: () => "?reason=complaint",
    foreign: "not_found",
  },
  "GET /v1/admin/conversations/{conversation}/consent": { by: "key", scope: "conversations:read", ok: 200, foreign: "not_found" },
  "GET /v1/admin/conversations/{conversation}/export": {
    by: "key",
    scope: "conversations:read",
    ok: 200,
    query: () => "?reason=complaint",
    foreign: "not_found",
  },
  "DELETE /v1/admin/conversations/{conversation}": { by: "key", scope: "conversations:erase", ok: 200, foreign: "not_found" },
  "PUT /v1/admin/conversations/{conversation}/hold": {
    by: "key",
    scope: "conversations:manage",
    ok: 200,
    json: () => ({ reason: "legal_claim", until: Date.now() + 86_400_000 }),
    foreign: "not_found",
  },
  "DELETE /v1/admin/conversations/{conversation}/hold": { by: "key", scope: "conversations:manage", ok: 200, foreign: "not_found" },
  "POST /v1/admin/conversations/{conversation}/review": {
    by: "key",
    scope: "conversations:manage",
    ok: 200,
    first: ({ visitor }) => visitor.call("POST", "/v1/review", { token: visitor.access_token, json: { reason: "wrong" } }),
    json: () => ({ outcome: "corrected" }),
    foreign: "not_found",
  },
  "GET /v1/admin/audit": { by: "key", scope: "audit", ok: 200 },
  "GET /v1/admin/audit/checkpoint": { by: "key", scope: "audit", ok: 200 },

  "POST /v1/receipts/verify": { by: "nothing", ok: 200, json: ({ visitor }) => visitor.receipt },
  "POST /v1/provenance/verify": { by: "nothing", ok: 200, json: ({ visitor }) => visitor.receipt },
  "GET /healthz": { by: "nothing", ok: 200 },
  "GET /.well-known/gpc.json": { by: "nothing", ok: 200 },
  "GET /.well-known/security.txt": { by: "nothing", ok: 404 }, // The edge of these tests publishes no contact.
  "GET /.well-known/jwks.json": { by: "nothing", ok: 200 },
};

// Of two rows with the same name, JavaScript would take the last one without a word.
const rows = readFileSync(new URL(import.meta.url), "utf8").match(/^ {2}"[A-Z]+ \/[^"]*"(?=: \{)/gm);
if (new Set(rows).size !== rows.length || rows.length !== Object.keys(ROUTES).length) throw new Error("a route has two rows");

/** What a path's parameters stand for; `{id}` differs from route to route, and `{key}` is the credential itself. */
const PARAMETERS = {
  conversation: ({ visitor }) => visitor.conversation,
  workspace: ({ workspace }) => workspace.id,
  site: ({ site }) => site.number,
  name: ({ document }) => document,
};

/** The routes as the source of the edge has them, each as `METHOD /path`. */
export function routesOfTheEdge() {
  const source = readFileSync(new URL("../../edge/src/routes/mod.rs", import.meta.url), "utf8");
  const [, router] = source.split("pub fn router(");
  const found = router
    .split(".route(")
    .slice(1)
    .flatMap((route) => {
      const [path] = route.match(/\/[^"]*/);
      const methods = route.split(".fallback")[0].matchAll(/\b(get|post|put|patch|delete|head|any)\(/g);
      return [...methods].map(([, method]) => `${method.toUpperCase()} ${path}`);
    });
  if (found.length < 20) throw new Error("the routes of edge/src/routes/mod.rs can no longer be read");
  return found;
}

/** A call of a route about a party's things, with a credential: method, path and what `edge.call` takes. */
export async function callOf(route, party, credential) {
  const row = ROUTES[route];
  const [method, pattern] = route.split(" ");
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, name) => {
    if (name === "key") return encodeURIComponent(credential ?? "");
    return encodeURIComponent(name === "id" ? row.id(party) : PARAMETERS[name](party));
  });
  const options = {};
  if (["access", "key", "platform"].includes(row.by)) options.token = credential;
  if (["site", "access", "refresh"].includes(row.by)) options.origin = party.visitor.origin;
  if (row.json) options.json = await row.json(party, credential);
  if (row.body) Object.assign(options, { body: row.body(party), type: row.type });
  return [method, path + (row.query?.(party) ?? ""), options];
}
