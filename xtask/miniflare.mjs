// How Miniflare runs the edge. It is what `wrangler dev` runs on, and comes with it; used by itself, it starts no second workerd
// in front, and its bindings can lead where one wants. The bench and the tests of Workers AI need that.

import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_readConfig as readConfig } from "wrangler";

export const { Log, LogLevel, Miniflare } = createRequire(fileURLToPath(import.meta.resolve("wrangler")))("miniflare");

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** wrangler.toml as wrangler reads it. */
export const config = () => readConfig({ config: join(ROOT, "wrangler.toml") });

/** On loopback, without Cloudflare's network and without a word to anybody. */
export const local = (port) => ({ host: "127.0.0.1", port: Number(port), cf: false, telemetry: { enabled: false } });

/**
 * The edge as built and as wrangler.toml has it, but for the static files: its storage in a folder, its variables from the
 * environment.
 */
export function edge(folder) {
  const { compatibility_date, durable_objects, migrations, ratelimits, vars } = config();
  const sqlite = new Set(migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes ?? []));
  const objects = durable_objects.bindings.map(({ name, class_name }) => [name, { className: class_name, useSQLite: sqlite.has(class_name) }]);
  const variables = Object.entries({ ...vars, ...process.env }).filter(([name]) => name.startsWith("SOTTO_"));
  return {
    modules: [
      { type: "ESModule", path: join(ROOT, "edge/build/index.js") },
      { type: "CompiledWasm", path: join(ROOT, "edge/build/index_bg.wasm") },
    ],
    modulesRoot: join(ROOT, "edge/build"),
    compatibilityDate: compatibility_date,
    bindings: Object.fromEntries(variables),
    durableObjects: Object.fromEntries(objects),
    durableObjectsPersist: folder,
    ratelimits: Object.fromEntries(ratelimits.map(({ name, simple }) => [name, { simple }])),
  };
}
