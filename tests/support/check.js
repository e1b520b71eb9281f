// What several tests assert of a page.

import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";

/** Everything that a page keeps in the browser: the names of cookies, storage keys, databases and caches. */
export const kept = async (page) => ({
  cookies: (await page.context().cookies()).map(({ name }) => name),
  ...(await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: "caches" in window ? await caches.keys() : [],
    workers: "serviceWorker" in navigator ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  }))),
});

/** What `kept` gives for a page that keeps nothing. */
export const NOTHING = { cookies: [], local: [], session: [], databases: [], caches: [], workers: 0 };

/** Records every request of a page, as the browser starts it. */
export function recordRequests(page) {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  return requests;
}

/** Records what a page's content security policy refuses, and what its scripts throw. */
export async function recordFaults(page) {
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  return faults;
}

/** Asserts that nothing of WCAG 2.2 A and AA is violated. */
export async function expectAccessible(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"])
    .analyze();
  const where = ({ target, failureSummary }) => `${target} ${failureSummary}`;
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(where) }))).toEqual([]);
}

/**
 * Asserts that an element can really be read: it is on the screen, nothing covers it, neither it nor what holds it is
 * transparent, and its text is large enough and stands out from what is behind it.
 */
export async function expectReadable(locator) {
  await expect(locator).toBeVisible();
  await expect(locator).toBeInViewport({ ratio: 0.95 });
  const seen = await locator.evaluate((element) => {
    const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour) => {
      const [r, g, b] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let opacity = 1;
    let ground;
    for (let node = element; node; node = parent(node)) {
      const style = getComputedStyle(node);
      opacity *= Number(style.opacity);
      const colour = rgba(style.backgroundColor);
      if (!ground && colour[3] === 255) ground = colour;
    }
    const style = getComputedStyle(element);
    const [a, b] = [luminance(rgba(style.color)), luminance(ground ?? [255, 255, 255])];
    const box = element.getBoundingClientRect();
    const top = element.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 8));
    return {
      opacity,
      onTop: element === top || element.contains(top) || Boolean(top?.contains(element)),
      size: Number.parseFloat(style.fontSize),
      contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
    };
  });
  expect(seen.opacity).toBe(1);
  expect(seen.onTop).toBe(true);
  expect(seen.size).toBeGreaterThanOrEqual(11);
  expect(seen.contrast).toBeGreaterThanOrEqual(4.5);
}
