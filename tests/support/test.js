// The test function with what every test is given. One edge serves all tests of a worker process; sites, providers, host pages,
// relays and client addresses are each test's own.

import { test as base } from "@playwright/test";
import { visit } from "./act.js";
import { createWorkspace } from "./admin.js";
import { Edge, newAddress } from "./edge.js";
import { Front } from "./front.js";
import { Host } from "./hosts.js";
import { Provider } from "./provider.js";
import { Visitor } from "./wire.js";

export const test = base.extend({
  edge: [
    async ({}, use) => {
      const edge = await Edge.start();
      await use(edge);
      await edge.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  workspace: [async ({ edge }, use) => use(await createWorkspace(edge)), { scope: "worker" }],

  address: async ({}, use) => use(newAddress()),

  /** The relay through which the browser reaches the edge. */
  front: async ({ edge, address }, use) => {
    const front = await Front.start(edge, address);
    await use(front);
    await front.stop();
  },

  /** A server of host pages on an origin of its own. */
  host: async ({}, use) => {
    const host = await Host.start();
    await use(host);
    await host.stop();
  },

  provider: async ({}, use) => {
    const provider = await Provider.start();
    await use(provider);
    await provider.stop();
  },

  /** Makes a site that the test's host may embed. */
  makeSite: async ({ workspace, host }, use) => {
    await use((settings = {}) => workspace.createSite({ origins: [host.origin], ...settings }));
  },

  /** Visits a page of the host that embeds a site with these settings; `options` are the page's (see hosts.js) and `lang` the chat's. */
  arrive: async ({ front, host, makeSite, page }, use) => {
    await use(async (settings, { lang, ...options } = {}) => {
      const site = await makeSite(settings);
      const chat = await visit(page, host.page({ edge: front.url, site: site.key, ...options }), { lang });
      return Object.assign(chat, { site });
    });
  },

  /** Makes a visitor without a browser. */
  makeVisitor: async ({ host, address }, use) => {
    await use((site, options = {}) => new Visitor(site, { origin: host.origin, address, ...options }));
  },
});

export { expect } from "@playwright/test";
