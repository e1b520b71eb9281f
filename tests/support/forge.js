// Wrong credentials of every kind. Each is [what is wrong, the credential, the code that refuses it], and what else of the call
// is wrong where it is not the credential itself.

import { createHmac, createPrivateKey, randomBytes, sign } from "node:crypto";
import { claimsOf } from "./edge.js";

/** The status of each problem that a credential is refused with. */
export const STATUS = {
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  token_revoked: 401,
  network_mismatch: 401,
  token_mismatch: 403,
  scope_missing: 403,
  origin_missing: 403,
  origin_invalid: 403,
  origin_not_allowed: 403,
  not_found: 404,
  site_unknown: 404,
  erased: 410,
  conversation_ended: 410,
  invalid_value: 400,
};

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Bytes of a token of ours (edge/src/auth/codec.rs), without its prefix and its check sum. */
export function bytesOf(token) {
  const blocks = token.slice(3, -6).match(/.{22}/g);
  const number = (block) => [...block].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  return Buffer.concat(blocks.map((block) => Buffer.from(number(block).toString(16).padStart(32, "0"), "hex")));
}

/** A token of ours with these bytes: its check sum is right. */
export function tokenOf(prefix, bytes) {
  const written = (number, width) => {
    let text = "";
    for (let rest = number; text.length < width; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text;
    return text;
  };
  const blocks = bytes.toString("hex").match(/.{32}/g).map((block) => written(BigInt(`0x${block}`), 22));
  const sum = crc32(Buffer.concat([Buffer.from(prefix), bytes]));
  return prefix + blocks.join("") + written(BigInt(sum), 6);
}

function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** The token with some of its bytes changed and the check sum made anew: only its issuer can tell. */
function forged(token, at) {
  const bytes = bytesOf(token);
  bytes[at] ^= 1;
  return tokenOf(token.slice(0, 3), bytes);
}

/** Another character in this place. */
const changed = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

/** What a party holds of each kind. */
const kindsOf = (party) => ({
  "an access token": party.visitor.access_token,
  "a refresh token": party.visitor.refresh_token,
  "an erase token": party.visitor.erase_token,
  "an API key": party.workspace.key,
  "a public key": party.site.key,
  "the platform token": party.edge.secrets.platformToken,
});

/** Texts that are not this token, whoever looks at them. */
const noTokens = (party, good) => [
  ...Object.entries(kindsOf(party)).filter(([, token]) => token !== good),
  ["half of it", good.slice(0, good.length / 2)],
  ["more than it", `${good}0`],
  ["less than it", good.slice(0, -1)],
  ["with another first letter", changed(good, 0)],
  ["in another case", good.toLowerCase()],
  ["noise", randomBytes(48).toString("base64url")],
];

/** Missing or in another form than `Bearer …`. */
const notBearers = (good) => [
  ["none", undefined, "token_missing"],
  ["an empty one", "", "token_missing", { headers: { authorization: "Bearer " } }],
  ["another scheme", undefined, "token_missing", { headers: { authorization: `Basic ${good}` } }],
  ["no scheme", undefined, "token_missing", { headers: { authorization: good } }],
];

/** Wrong access tokens for a party's conversation, and wrong ways to use the right one. `published` is the key that verifies receipts. */
export function wrongAccess(party, other, published) {
  const { edge, visitor } = party;
  const good = visitor.access_token;
  const claims = claimsOf(good);
  const [header, body, signature] = good.split(".");
  const signed = (changes, options) => edge.sign({ ...claims, ...changes }, options);
  const seconds = Math.floor(Date.now() / 1000);
  const { access, receipt, site } = edge.secrets.keyring;
  const bytes = (key) => Buffer.from(key, "base64url");
  const withHeader = (changes, code) => {
    const head = { alg: "HS256", typ: "sotto-session+jwt", kid: String(access[0].kid), ...changes };
    const text = `${Buffer.from(JSON.stringify(head)).toString("base64url")}.${body}`;
    return `${text}.${code(text)}`;
  };
  const hmac = (key, hash = "sha256") => (text) => createHmac(hash, key).update(text).digest("base64url");
  const ed25519 = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), bytes(receipt[0].key)]),
    format: "der",
    type: "pkcs8",
  });
  const invalid = [
    ...noTokens(party, good),
    ["with another header", `${changed(header, 5)}.${body}.${signature}`],
    ["with another claim", `${header}.${changed(body, 5)}.${signature}`],
    ["with another signature", `${header}.${body}.${changed(signature, 5)}`],
    ["without a header", `.${body}.${signature}`],
    ["without claims", `${header}..${signature}`],
    ["without a signature", `${header}.${body}.`],
    ["without its last part", `${header}.${body}`],
    ["with a part too many", `${good}.${signature}`],
    ["another's claims under its signature", `${header}.${other.visitor.access_token.split(".")[1]}.${signature}`],
    ["signed by a key of nobody's", signed({}, { key: randomBytes(32) })],
    ["alg none, unsigned", withHeader({ alg: "none" }, () => "")],
    ["alg none, well signed", signed({}, { header: { alg: "none" } })],
    ["alg HS512, well signed by it", withHeader({ alg: "HS512" }, hmac(bytes(access[0].key), "sha512"))],
    ["key confusion: the key of site keys", signed({}, { key: bytes(site[0].key) })],
    ["key confusion: the key of receipts", signed({}, { key: bytes(receipt[0].key) })],
    ["key confusion: the published key as the secret", signed({}, { key: published })],
    ["key confusion: signed as a receipt", withHeader({ alg: "EdDSA" }, (text) => sign(null, text, ed25519).toString("base64url"))],
    ["typ JWT", signed({}, { header: { typ: "JWT" } })],
    ["kid of no key", signed({}, { header: { kid: "9" } })],
    ["a key of its own in its header", signed({}, { header: { jwk: { kty: "oct", k: "AAAA" } } })],
    ["a critical extension", signed({}, { header: { crit: ["exp"] } })],
    ["another issuer", signed({ iss: "https://elsewhere.example" })],
    ["another audience", signed({ aud: "https://elsewhere.example" })],
    ["not valid yet", signed({ nbf: seconds + 600, iat: seconds + 600, exp: seconds + 1500 })],
    ["a life too long", signed({ exp: seconds + 86_400 })],
    ["a claim that is not known", signed({ admin: true })],
  ];
  return [
    ...notBearers(good),
    ...invalid.map(([what, token]) => [what, token, "token_invalid"]),
    ["expired", signed({ iat: seconds - 1000, nbf: seconds - 1000, exp: seconds - 100 }), "token_expired"],
    ["other site", signed({ site: claims.site - 1 }), "token_mismatch"],
    ["other workspace", signed({ wsp: other.workspace.id }), "token_mismatch"],
    ["other origin in the token", signed({ org: other.origin }), "token_mismatch"],
    ["other origin of the page", good, "token_mismatch", { origin: other.origin }],
    ["no origin", good, "origin_missing", { origin: undefined }],
    ["the origin null", good, "origin_invalid", { origin: "null" }],
    ["other network", good, "network_mismatch"],
    ["another conversation's network tag", signed({ net: claimsOf(other.visitor.access_token).net }), "network_mismatch", { address: visitor.address }],
  ];
}

/** Wrong refresh tokens. */
export const wrongRefresh = (party, other) => [
  ["none", undefined, "invalid_value"],
  ["an empty one", "", "token_invalid"],
  ...[
    ...noTokens(party, party.visitor.refresh_token),
    ["with another secret", forged(party.visitor.refresh_token, 63)],
    ["with another number", forged(party.visitor.refresh_token, 35)],
    ["of a conversation that never was", forged(party.visitor.refresh_token, 31)],
    ["another's secret", tokenOf("rt_", Buffer.concat([bytesOf(party.visitor.refresh_token).subarray(0, 32), bytesOf(other.visitor.refresh_token).subarray(32)]))],
  ].map(([what, token]) => [what, token, "token_invalid"]),
  ["other origin", party.visitor.refresh_token, "token_mismatch", { origin: other.origin }],
  ["no origin", party.visitor.refresh_token, "origin_missing", { origin: undefined }],
  ["the origin null", party.visitor.refresh_token, "origin_invalid", { origin: "null" }],
];

/** Wrong erase tokens. The right one works from every page and network. */
export const wrongErase = (party, other) => [
  ["none", undefined, "invalid_value"],
  ["an empty one", "", "token_invalid"],
  ...[
    ...noTokens(party, party.visitor.erase_token),
    ["with another secret", forged(party.visitor.erase_token, 63)],
    ["of a conversation that never was", forged(party.visitor.erase_token, 31)],
    ["another's secret", tokenOf("et_", Buffer.concat([bytesOf(party.visitor.erase_token).subarray(0, 32), bytesOf(other.visitor.erase_token).subarray(32)]))],
  ].map(([what, token]) => [what, token, "token_invalid"]),
  ["the right one from the origin null", party.visitor.erase_token, "origin_invalid", { origin: "null" }],
];

/** Wrong public keys. `inBody` says that the key stands in a body, where another form is a fault of the body. */
export const wrongSite = (party, other, inBody) => [
  ["none", undefined, inBody ? "invalid_value" : "not_found"],
  ...noTokens(party, party.site.key).map(([what, key]) => [what, key, inBody && !/^pk_[0-9A-Za-z]{66}$/.test(key) ? "invalid_value" : "site_unknown"]),
  ["with another code", changed(party.site.key, 68), "site_unknown"],
  ["with another site", changed(party.site.key, 50), "site_unknown"],
  ["other origin", party.site.key, "origin_not_allowed", { origin: other.origin }],
  ["other scheme", party.site.key, "origin_not_allowed", { origin: party.origin.replace("https:", "http:") }],
  ["no origin", party.site.key, "origin_missing", { origin: undefined }],
  ["the origin null", party.site.key, "origin_invalid", { origin: "null" }],
];

/** Wrong API keys. */
export const wrongKey = (party, other) => [
  ...notBearers(party.workspace.key),
  ...[
    ...noTokens(party, party.workspace.key),
    ["with another secret", forged(party.workspace.key, 63)],
    ["of a workspace that never was", forged(party.workspace.key, 31)],
    ["of a conversation", tokenOf("sk_", bytesOf(party.visitor.erase_token))],
    ["another's secret", tokenOf("sk_", Buffer.concat([bytesOf(party.workspace.key).subarray(0, 32), bytesOf(other.workspace.key).subarray(32)]))],
    ["removed", party.removed.token],
  ].map(([what, token]) => [what, token, "token_invalid"]),
  ["without the scope", party.unscoped.token, "scope_missing"],
];

/** Wrong platform tokens. */
export const wrongPlatform = (party) => [
  ...notBearers(party.edge.secrets.platformToken),
  ...noTokens(party, party.edge.secrets.platformToken).map(([what, token]) => [what, token, "token_invalid"]),
];
