// Runs a Worker under workerd on loopback until standard input ends, and says on which port.
//
//   worker.mjs edge FOLDER      the edge as built, its storage in FOLDER, its variables from the environment
//   worker.mjs through URL      pass-through.mjs, on to URL
//
// Miniflare is what `wrangler dev` runs on, and comes with it. Without wrangler, there is no second workerd in front that would
// be measured too.

import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unstable_readConfig as readConfig } from "wrangler";

const { Miniflare } = createRequire(fileURLToPath(import.meta.resolve("wrangler")))("miniflare");

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** The edge as wrangler.toml has it, but for the static files, which no call here asks for. */
function edge(folder) {
  const config = readConfig({ config: join(ROOT, "wrangler.toml") });
  const sqlite = new Set(config.migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes ?? []));
  const objects = config.durable_objects.bindings.map(({ name, class_name }) => [name, { className: class_name, useSQLite: sqlite.has(class_name) }]);
  const variables = Object.entries({ ...config.vars, ...process.env }).filter(([name]) => name.startsWith("SOTTO_"));
  return {
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
  };
}

function through(upstream) {
  const { compatibility_date } = readConfig({ config: join(ROOT, "wrangler.toml") });
  const script = fileURLToPath(new URL("pass-through.mjs", import.meta.url));
  return { modules: [{ type: "ESModule", path: script }], compatibilityDate: compatibility_date, bindings: { UPSTREAM: upstream } };
}

const [kind, argument] = process.argv.slice(2);
const options = kind === "edge" ? edge(argument) : through(argument);
const server = new Miniflare({ host: "127.0.0.1", port: Number(process.env.PORT ?? 0), cf: false, telemetry: { enabled: false }, ...options });
const { port } = await server.ready;
console.log(port);
process.stdin.resume().once("end", async () => {
  await server.dispose();
  process.exit(0);
});
