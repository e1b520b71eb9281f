// Residency: in production an object is made where the configuration says, or not at all. The workerd of this machine knows no
// jurisdictions, so here it is "not at all".

import { createWorkspace } from "../support/admin.js";
import { Edge, until } from "../support/edge.js";
import { expect, test } from "../support/test.js";
import { expectProblem, Visitor } from "../support/wire.js";

const ORIGIN = "https://shop.example";
const production = (jurisdiction) => ({
  SOTTO_MODE: "production",
  SOTTO_CLIENT_ADDRESS: "cloudflare",
  SOTTO_ISSUER: "https://edge.example",
  SOTTO_JURISDICTION: jurisdiction,
});

test("where the jurisdiction cannot be had, nothing is made", async () => {
  test.setTimeout(180_000); // The edge is started five times.
  const edge = await Edge.start();
  try {
    const site = await (await createWorkspace(edge)).createSite({ origins: [ORIGIN] });
    const visitor = new Visitor(site, { origin: ORIGIN, address: "203.0.113.9" });
    for (const jurisdiction of ["eu", "us", "fedramp"]) {
      await edge.restart(production(jurisdiction));
      const mint = await visitor.call("POST", "/v1/sessions", { json: await visitor.mintRequest() });
      const { detail } = await expectProblem(mint, 503, "misconfigured");
      expect(detail).toContain("its log says what is missing");
      const workspace = { token: edge.secrets.platformToken, json: { name: "Elsewhere" } };
      await expectProblem(await edge.call("POST", "/v1/admin/workspaces", workspace), 503, "misconfigured");
      expect(await site.conversations(), "nothing is listed either").toEqual([]);
      const fault = "an object could not be made in the configured jurisdiction";
      await until(() => edge.log.includes(fault), "the log does not say why");
    }
    // What there is can still be read; only what is new has to be somewhere.
    expect((await visitor.settings()).notice.storage).toBe("United States");
    // Anywhere, if it is written out.
    await edge.restart(production("none"));
    expect((await visitor.settings()).notice.storage).toBe("wherever this service runs");
    await visitor.mint();
  } finally {
    await edge.stop();
  }
});
