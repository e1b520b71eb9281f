// The vault in Wasm. usage: node seal.mjs MODULE RUNS BYTES..., prints, for each size, the milliseconds that sealing and opening
// one text took, each in the best of so many runs, since others share the machine.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

/** Texts of one run. */
const TEXTS = 20;

const [file, runs, ...sizes] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const imports = {};
// What binds a Worker to JavaScript is linked in and never called.
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  (imports[from] ??= {})[name] = () => {
    throw new Error(`${from}.${name} was called`);
  };
}
(imports.bench ??= {}).random = (at, length) => {
  webcrypto.getRandomValues(new Uint8Array(memory.buffer, at, length));
};
const { memory, buffer, seal, open } = new WebAssembly.Instance(module, imports).exports;

for (const bytes of sizes.map(Number)) {
  const text = Buffer.from("a word ".repeat(Math.ceil(bytes / 7)).slice(0, bytes));
  // As the edge does for each message: the text is in the module's memory already.
  const at = buffer(bytes); // This may move the memory.
  new Uint8Array(memory.buffer, at, bytes).set(text);
  const sealed = best(() => seal() > bytes);
  const opened = best(() => open() === bytes);
  console.log(`${sealed} ${opened}`);
}

/** Milliseconds of one call. */
function best(call) {
  const took = Array.from({ length: Number(runs) }, () => {
    const begun = process.hrtime.bigint();
    for (let n = 0; n < TEXTS; n += 1) if (!call()) throw new Error("a text was not sealed or does not open");
    return Number(process.hrtime.bigint() - begun) / 1e6 / TEXTS;
  });
  return Math.min(...took);
}
