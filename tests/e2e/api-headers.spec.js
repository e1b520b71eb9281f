// What every response of the edge carries, and how it answers other origins and unknown paths.
//
// 1. Security headers on every response: replies, problems, preflights, pages and files.
// 2. Preflights carry neither key nor token: every origin is answered; so is every problem.
// 3. Unknown paths and methods.

import { readFile } from "node:fs/promises";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

/** What stands on everything. */
function expectSecure(response) {
  const header = (name) => response.headers.get(name);
  expect(header("x-content-type-options"), response.url).toBe("nosniff");
  expect(header("referrer-policy"), response.url).toMatch(/no-referrer|same-origin/);
  expect(header("strict-transport-security"), response.url).toMatch(/max-age=\d{7,}/);
  expect(header("set-cookie"), response.url).toBeNull();
  expect(header("server") ?? "", response.url).not.toMatch(/\d/);
}

test("every response carries the security headers", async ({ edge, makeSite, makeVisitor }) => {
  const visitor = await (await makeVisitor(await makeSite())).mint();
  const { access_token: token } = visitor;
  const replies = [
    await edge.call("GET", "/healthz"),
    await visitor.call("GET", `/v1/sites/${visitor.site.key}?lang=en`),
    await visitor.call("GET", "/v1/conversation", { token }),
    await visitor.send("Hello"),
    await visitor.resume(),
    await visitor.refresh(),
    await visitor.erase(),
    await visitor.call("GET", "/v1/conversation", { token }),
    await edge.call("GET", "/v1/nothing"),
    await edge.call("GET", "/v1/admin/sites"),
    await visitor.call("OPTIONS", "/v1/chat", { headers: { "access-control-request-method": "POST" } }),
  ];
  for (const response of replies) {
    expectSecure(response);
    expect(response.headers.get("x-request-id"), response.url).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(response.headers.get("cross-origin-resource-policy"), response.url).toBe("cross-origin");
    if (!response.url.includes("/v1/sites/")) expect(response.headers.get("cache-control"), response.url).toMatch(/^no-store\b/);
    await response.body?.cancel();
  }
});

test("pages and files carry them too, and files may be used by other sites", async ({ edge }) => {
  const index = await readFile(new URL("../../dist/embed.js", import.meta.url), "utf8");
  const files = [...new Set(index.match(/assets\/widget-[0-9a-f]{16}\.(?:js|wasm)/g))];
  expect(files).toHaveLength(2);
  const loader = await edge.call("GET", "/embed.js", { origin: "https://shop.example" });
  expect(loader.headers.get("cache-control")).toBe("public, max-age=300");
  for (const file of files) {
    const response = await edge.call("GET", `/${file}`, { origin: "https://shop.example" });
    expect(response.status).toBe(200);
    expectSecure(response);
    expect(response.headers.get("cache-control")).toMatch(/max-age=31536000.*immutable/);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    if (file.endsWith(".wasm")) expect(response.headers.get("content-type")).toBe("application/wasm");
  }
  for (const path of ["/", "/demo/"]) {
    const response = await edge.call("GET", path);
    expect(response.status).toBe(200);
    expectSecure(response);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  }
});

test("a preflight is answered to every origin", async ({ edge }) => {
  const origin = "https://anybody.example";
  const headers = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" };
  const response = await edge.call("OPTIONS", "/v1/chat", { origin, headers });
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-allow-methods")).toContain("POST");
  const allowed = response.headers.get("access-control-allow-headers").toLowerCase();
  expect(allowed).toContain("authorization");
  expect(allowed).toContain("content-type");
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  expect(response.headers.get("vary")).toMatch(/origin/i);
});

test("a problem can be read by the page that caused it", async ({ makeSite, makeVisitor }) => {
  const visitor = await makeVisitor(await makeSite());
  const origin = "https://anybody.example";
  const response = await visitor.call("GET", `/v1/sites/${visitor.site.key}`, { origin });
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("vary")).toMatch(/origin/i);
  const exposed = response.headers.get("access-control-expose-headers").toLowerCase();
  for (const name of ["retry-after", "x-request-id", "x-vercel-ai-ui-message-stream", "ai-disclosure"]) expect(exposed).toContain(name);
  await expectProblem(response, 403, "origin_not_allowed");
});

test("unknown paths and methods are problems", async ({ edge }) => {
  await expectProblem(await edge.call("GET", "/v1/nothing"), 404, "not_found");
  await expectProblem(await edge.call("GET", "/v2/chat"), 404, "not_found");
  await expectProblem(await edge.call("DELETE", "/v1/sessions"), 405, "method_not_allowed");
  const health = await edge.call("GET", "/healthz");
  expect(health.status).toBe(200);
});
