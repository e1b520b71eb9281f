// Runs the edge under workerd with a binding of Workers AI, whose own code calls a mock: `with-ai.js URL PORT FOLDER`.
//
// `wrangler dev` has that binding only towards Cloudflare's network. Miniflare, which it runs on, can be told where it leads to.
// Everything else is as wrangler.toml has it, but for the static files; variables come from the environment.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_readConfig as readConfig } from "wrangler";

const { Log, LogLevel, Miniflare } = createRequire(fileURLToPath(import.meta.resolve("wrangler")))("miniflare");
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [url, port, folder] = process.argv.slice(2);

const config = readConfig({ config: join(ROOT, "wrangler.toml") });
const sqlite = new Set(config.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes ?? []));
const objects = config.durable_objects.bindings.map(({ name, class_name }) => [name, { className: class_name, useSQLite: sqlite.has(class_name) }]);
const variables = Object.entries({ ...config.vars, ...process.env }).filter(([name]) => name.startsWith("SOTTO_"));

await new Miniflare({
  host: "127.0.0.1",
  port: Number(port),
  cf: false,
  telemetry: { enabled: false },
  log: new Log(LogLevel.INFO),
  modules: [
    { type: "ESModule", path: join(ROOT, "edge/build/index.js") },
    { type: "CompiledWasm", path: join(ROOT, "edge/build/index_bg.wasm") },
  ],
  modulesRoot: join(ROOT, "edge/build"),
  compatibilityDate: config.compatibility_date,
  bindings: Object.fromEntries(variables),
  durableObjects: Object.fromEntries(objects),
  durableObjectsPersist: folder,
  ratelimits: Object.fromEntries(config.ratelimits.map(({ name, simple }) => [name, { simple }])),
  ai: { binding: "AI", remoteProxyConnectionString: new URL(url) },
}).ready;
