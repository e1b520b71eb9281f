// Numbers that look random and can be had again by their seed.

import { randomInt } from "node:crypto";

/** A seed: the one that `SOTTO_SEED` names, so that a run can be repeated, or another each time. */
export const newSeed = () => (process.env.SOTTO_SEED ? Number(process.env.SOTTO_SEED) : randomInt(2 ** 31));

/** A generator of whole numbers below what it is given (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
