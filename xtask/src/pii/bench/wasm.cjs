// The scrubber in Wasm. usage: node wasm.cjs MODULE RUNS FILE..., prints seconds for each file.
const { readFileSync } = require("node:fs");
const { best, read } = require("./corpus.cjs");

const [module, runs, ...files] = process.argv.slice(2);
const wasm = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(module)), {});
const { memory, buffer, scan } = wasm.exports;

for (const file of files) {
  // As a browser does: a text is encoded once and copied into the module's memory.
  const messages = read(file).map((message) => Buffer.from(message));
  const seconds = best(Number(runs), messages, (message) => {
    const at = buffer(message.length);
    new Uint8Array(memory.buffer, at, message.length).set(message);
    scan(message.length);
  });
  console.log(seconds);
}
