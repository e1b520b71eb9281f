// What an operator does before a test begins: workspaces, sites and documents, through the admin API.

import { expect } from "@playwright/test";

/** Settings that every site of the tests has unless it says otherwise. */
export const SETTINGS = {
  name: "Lantern & Loom",
  lang: "en",
  controller: { name: "Lantern & Loom Ltd", contact: "privacy@lantern.example" },
  contact: { label: "Write to us", url: "mailto:hello@lantern.example" },
  exempt: ["hello@lantern.example"],
  purposes: { remember: true, improve: true, analytics: true },
};

/** What the shop knows, for the provider `local`. */
export const DELIVERY = `# Delivery

## Costs

Delivery within the country costs 4.90 and is free from 60.

## Time

Parcels to islands take six working days.
`;

/** A workspace of its own. */
export async function createWorkspace(edge, name = "Tests") {
  const response = await edge.call("POST", "/v1/admin/workspaces", { token: edge.secrets.platformToken, json: { name } });
  expect(response.status, await response.clone().text()).toBe(201);
  const { workspace, api_key: key } = await response.json();
  return new Workspace(edge, workspace, key);
}

class Workspace {
  constructor(edge, id, key) {
    Object.assign(this, { edge, id, key });
  }

  /** One call with the workspace's API key. */
  call(method, path, options = {}) {
    return this.edge.call(method, `/v1/admin${path}`, { token: this.key, ...options });
  }

  /** A site; `settings` go over those that every site of the tests has. */
  async createSite(settings) {
    const site = { ...SETTINGS, ...settings };
    const response = await this.call("POST", "/sites", { json: site });
    expect(response.status, await response.clone().text()).toBe(201);
    const { number, key } = await response.json();
    return new Site(this, number, key, site);
  }

  /** Ids of the conversations that the workspace lists for a site. */
  async conversations(number) {
    const found = [];
    let after = "";
    do {
      const response = await this.call("GET", `/conversations${after}`);
      expect(response.status).toBe(200);
      const { conversations, next } = await response.json();
      found.push(...conversations);
      after = next === undefined ? "" : `?after=${encodeURIComponent(next)}`;
    } while (after);
    return found.filter(({ site }) => site === number).map(({ conversation }) => conversation);
  }
}

class Site {
  constructor(workspace, number, key, settings) {
    Object.assign(this, { workspace, number, key, settings });
  }

  get edge() {
    return this.workspace.edge;
  }

  /** Changes some settings; the call sends all of them. */
  async change(settings) {
    this.settings = { ...this.settings, ...settings };
    const response = await this.workspace.call("PUT", `/sites/${this.number}`, { json: this.settings });
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json();
  }

  async remove() {
    const response = await this.workspace.call("DELETE", `/sites/${this.number}`);
    expect(response.status).toBe(204);
  }

  async putDocument(name, text, type = "text/markdown") {
    const response = await this.workspace.call("PUT", `/sites/${this.number}/documents/${name}`, { body: text, type });
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json();
  }

  conversations() {
    return this.workspace.conversations(this.number);
  }
}

/** Settings of the provider `openai` for a mock provider. */
export const openAi = (provider) => ({
  kind: "openai",
  base_url: provider.url,
  model: "m-test",
  key: provider.key,
  recipient: { name: "Model Inc", role: "writes the answers", place: "EU", retention_days: 30 },
});
