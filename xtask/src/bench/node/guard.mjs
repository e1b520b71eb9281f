// The guard in Wasm. usage: node guard.mjs MODULE, prints a line of JSON for each task: what it takes in the best run of a second,
// since others share the machine, and what it has to. Of the same kind of task the one counts that takes longest.
import { readFileSync } from "node:fs";

/** How long each is measured, in milliseconds. */
const MEASURED = 1_000;

const [file] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const imports = {};
// What binds a Worker to JavaScript is linked in and never called.
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  (imports[from] ??= {})[name] = () => {
    throw new Error(`${from}.${name} was called`);
  };
}
const { memory, guard_limit, guard_name, guard_name_length, guard_run, guard_times } = new WebAssembly.Instance(module, imports).exports;

const figures = new Map();
for (let n = 0; guard_times(n) > 0; n += 1) {
  const at = guard_name(n);
  const what = Buffer.from(memory.buffer, at, guard_name_length()).toString();
  const figure = Math.max(best(() => guard_run(n)) / guard_times(n), figures.get(what)?.figure ?? 0);
  figures.set(what, { figure, limit: guard_limit(n) || null });
}
for (const [what, { figure, limit }] of figures) {
  console.log(JSON.stringify({ engine: "Wasm under Node", figure, holds: limit === null || figure <= limit, limit, unit: "ms", what }));
}

/** Milliseconds of the best run. */
function best(run) {
  const begun = performance.now();
  let best = Infinity;
  do {
    const from = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - from) / 1e6);
  } while (performance.now() - begun < MEASURED);
  return best;
}
