// Runs a Worker under workerd on loopback until standard input ends, and says on which port.
//
//   worker.mjs edge FOLDER      the edge as built, its storage in FOLDER, its variables from the environment
//   worker.mjs least FOLDER URL   least.mjs, its storage in FOLDER, on to URL
//   worker.mjs through URL      pass-through.mjs, on to URL

import { fileURLToPath } from "node:url";
import { config, edge, local, Miniflare } from "../../../miniflare.mjs";

/** A Worker of this folder, of the same day as the edge. */
function worker(name, upstream) {
  const script = fileURLToPath(new URL(name, import.meta.url));
  return { modules: [{ type: "ESModule", path: script }], compatibilityDate: config().compatibility_date, bindings: { UPSTREAM: upstream } };
}

const KINDS = {
  edge,
  least: (folder, upstream) => ({
    ...worker("least.mjs", upstream),
    durableObjects: { TALKS: { className: "Talk", useSQLite: true }, TENANTS: { className: "Tenant", useSQLite: true } },
    durableObjectsPersist: folder,
  }),
  through: (upstream) => worker("pass-through.mjs", upstream),
};

const [kind, ...given] = process.argv.slice(2);
const options = KINDS[kind](...given);
const server = new Miniflare({ ...local(process.env.PORT ?? 0), ...options });
const { port } = await server.ready;
console.log(port);
process.stdin.resume().once("end", async () => {
  await server.dispose();
  process.exit(0);
});
