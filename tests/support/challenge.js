// The challenge before a new conversation, as a client without the widget meets it: the solver is the example of
// docs/challenge.md, word for word. A challenge can also be made here, with the edge's own key, to have one that time or the edge
// would not give.

import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const page = readFileSync(new URL("../../docs/challenge.md", import.meta.url), "utf8");
const [, example] = /```js\n([\s\S]*?)```/.exec(page);

/** The example's functions. */
export const { mint, solve } = await import(`data:text/javascript,${encodeURIComponent(example)}`);

/** Makes a challenge for a visitor as the edge does. `expiresAt`, `bits` and `site` are free. */
export function makeChallenge(visitor, { bits = 8, expiresAt = Date.now() + 300_000, site = visitor.site.key } = {}) {
  const [root] = visitor.edge.secrets.keyring.root;
  const end = Buffer.alloc(8);
  end.writeBigUInt64BE(BigInt(expiresAt));
  const signed = Buffer.concat([randomBytes(16), end.subarray(2), Buffer.from([bits, root.kid])]);
  const day = Buffer.alloc(8);
  day.writeBigUInt64BE(BigInt(Math.floor((expiresAt - 300_000) / 86_400_000)));
  const key = hmac(Buffer.from(root.key, "base64url"), "sotto challenge 1", day);
  const network = visitor.address.replace(/\.\d+$/, ".0/24");
  const code = hmac(key, "ch_", signed, bytes(site.slice(3)).subarray(0, 36), network);
  return { text: `ch_${letters(Buffer.concat([signed, code.subarray(0, 24)]))}`, bits, expires_at: expiresAt };
}

/** The bytes of a challenge's text, and the text of such bytes. */
export const bytesOf = (text) => bytes(text.slice(3));
export const textOf = (changed) => `ch_${letters(changed)}`;

function hmac(key, ...parts) {
  const code = createHmac("sha256", key);
  for (const part of parts) code.update(part);
  return code.digest();
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Blocks of 16 bytes as 22 digits of base 62 each. */
function letters(content) {
  let text = "";
  for (let at = 0; at < content.length; at += 16) {
    let number = BigInt(`0x${content.subarray(at, at + 16).toString("hex")}`);
    let block = "";
    for (let n = 0; n < 22; n += 1, number /= 62n) block = DIGITS[Number(number % 62n)] + block;
    text += block;
  }
  return text;
}

function bytes(text) {
  const blocks = text.match(/.{22}/g).map((block) => {
    const number = [...block].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
    return Buffer.from(number.toString(16).padStart(32, "0"), "hex");
  });
  return Buffer.concat(blocks);
}
