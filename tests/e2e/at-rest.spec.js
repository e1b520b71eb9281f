// What is stored is sealed.
//
// 1. No word of a message, of a reply or of its source is in the edge's storage, while it is written and after.
// 2. An object that lost its memory has its key opened again, and goes on where it was.

import { DELIVERY, openAi } from "../support/admin.js";
import { gate } from "../support/provider.js";
import { expect, test } from "../support/test.js";
import { parts, readUntil } from "../support/wire.js";

const SAID = "Would a zeppelin carry marmalade?";
const WRITTEN = "Marmalade travels by zeppelin on quiet Thursdays.";

test("no word of a conversation is stored in the clear", async ({ edge, makeSite, makeVisitor, provider }) => {
  const second = gate();
  provider.reply(async function* () {
    yield `${WRITTEN} `;
    await second.opened;
    yield "Umbrellas follow.";
  });
  const visitor = await (await makeVisitor(await makeSite({ provider: openAi(provider) }))).mint();
  const stream = parts(await visitor.send(SAID));
  await readUntil(stream, "Marmalade travels by"); // The guard holds the last words back.
  const clear = /zeppelin|marmalade|umbrellas/i;
  expect(await edge.stored(), "while it is written").not.toMatch(clear);
  second.open();
  for await (const part of stream) expect(part.type).not.toBe("error");
  expect((await visitor.copy()).messages.map(({ text }) => text)).toEqual([SAID, `${WRITTEN} Umbrellas follow.`]);
  const stored = await edge.stored();
  expect(stored, "when it is whole").not.toMatch(clear);
  expect(stored, "the search finds what is there").toContain("m-test");
});

test("a restart loses no word, and no tab has to do anything", async ({ edge, makeSite, makeVisitor }) => {
  const site = await makeSite();
  await site.putDocument("delivery.md", DELIVERY);
  const visitor = await (await makeVisitor(site)).mint();
  const { text } = await visitor.ask("What does delivery cost?");
  const before = await visitor.copy();
  expect(before.messages[1].sources).not.toEqual([]);
  await edge.restart();
  expect((await visitor.copy()).messages).toEqual(before.messages);
  await edge.restart();
  // The same message again replays its reply, as the first call after the restart.
  expect((await visitor.ask("What does delivery cost?", { id: "m-1" })).text).toBe(text);
  await edge.restart();
  expect((await visitor.ask("And to islands?")).text).not.toBe("");
  expect((await visitor.copy()).messages).toHaveLength(4);
});
