// Documents that are marked confidential: no word of them is stored in the clear, and replies quote them like any other.

import { DELIVERY } from "../support/admin.js";
import { expect, test } from "../support/test.js";
import { expectProblem } from "../support/wire.js";

const PARTNERS = `# Prices for partners

## Airship rides

An airship ride costs partners 12.50. Book by partners@lantern.example.

## Gramophones

A gramophone is lent for 3.20 a day.
`;

const CLEAR = /airship|gramophone|partners@/i;

/** Puts the document; `query` says how. */
async function put(site, query = "", text = PARTNERS) {
  const path = `/sites/${site.number}/documents/partners.md${query}`;
  const response = await site.workspace.call("PUT", path, { body: text, type: "text/markdown" });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
}

test("a confidential document is sealed, found, quoted and listed", async ({ edge, makeSite, makeVisitor, workspace }) => {
  const site = await makeSite();
  await site.putDocument("delivery.md", DELIVERY);
  expect(await put(site, "?confidential=true")).toMatchObject({ title: "Prices for partners", confidential: true, passages: 2 });
  const { documents } = await (await workspace.call("GET", `/sites/${site.number}/documents`)).json();
  expect(documents.map(({ name, title, confidential }) => [name, title, confidential])).toEqual([
    ["delivery.md", "Delivery", false],
    ["partners.md", "Prices for partners", true],
  ]);
  const visitor = await (await makeVisitor(site)).mint();
  const reply = await visitor.ask("What does a ride in an airship cost?");
  expect(reply.text).toContain("12.50");
  expect(reply.text, "its own addresses are shown").toContain("partners@lantern.example");
  expect(reply.sources[0]).toMatchObject({ title: expect.stringContaining("Airship rides"), filename: "partners.md" });
  expect((await visitor.ask("What does delivery cost?")).text).toContain("4.90");
  await edge.restart();
  expect((await visitor.ask("And who lends a gramophone?")).text).toContain("3.20");
  expect(await edge.stored()).not.toMatch(CLEAR);
  expect(await edge.stored(), "the search finds what is there").toContain("Delivery within the country");
  expect(edge.log).not.toMatch(CLEAR);
});

test("it stays confidential until it is said otherwise", async ({ makeSite, workspace }) => {
  const site = await makeSite();
  expect((await put(site)).confidential).toBe(false);
  expect((await put(site, "?confidential=true")).confidential).toBe(true);
  expect((await put(site, "", "# Prices\n\nNew ones.")).confidential).toBe(true);
  expect((await put(site, "?confidential=false")).confidential).toBe(false);
  for (const query of ["?confidential=1", "?confidential", "?secret=true"]) {
    const path = `/sites/${site.number}/documents/other.md${query}`;
    await expectProblem(await workspace.call("PUT", path, { body: "# A", type: "text/markdown" }), 400, "invalid_value");
  }
  const long = await workspace.call("PUT", `/sites/${site.number}/documents/long.md?confidential=true`, {
    body: "word ".repeat(209_000),
    type: "text/plain",
  });
  expect(long.status).toBe(200);
  const over = await workspace.call("PUT", `/sites/${site.number}/documents/more.md?confidential=true`, {
    body: "word ".repeat(1_000),
    type: "text/plain",
  });
  await expectProblem(over, 422, "limit_reached");
});
