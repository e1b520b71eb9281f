// What tests look at of a choice: what the widget said of it, and what the edge has.

import { expect } from "@playwright/test";

export const CONSENT = /^\/v1\/consent$/;

/** The choices that were sent after the first one, oldest first. */
export const changes = (front) => front.sent(CONSENT).filter(({ method, body }) => method === "PUT" && body).map(({ body }) => JSON.parse(body));

/** The calls that have a message answered. */
export const chats = (front) => front.sent(/^\/v1\/chat$/).filter(({ method }) => method === "POST");

/** The calls that begin a conversation. */
export const mints = (front) => front.sent(/^\/v1\/sessions$/).filter(({ method }) => method === "POST");

/** The conversation as the edge has it. */
export async function stored(edge, front, host, address) {
  const { authorization } = front.requests.findLast(({ headers }) => headers.authorization).headers;
  const response = await edge.call("GET", "/v1/conversation?purpose=resume", { origin: host.origin, address, headers: { authorization } });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
}
