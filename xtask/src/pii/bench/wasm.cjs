// The scrubber in Wasm, as it ships. usage: node wasm.cjs MODULE RUNS FILE..., prints seconds for each file.
const { readFileSync } = require("node:fs");
const { best, read } = require("./corpus.cjs");

const [file, runs, ...corpora] = process.argv.slice(2);
const wasm = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
const { memory, buffer, find } = wasm.exports;

for (const corpus of corpora) {
  // As a browser does: a text is encoded once and copied into the module's memory.
  const messages = read(corpus).map((message) => Buffer.from(message));
  const seconds = best(Number(runs), messages, (message) => {
    const at = buffer(message.length);
    new Uint8Array(memory.buffer, at, message.length).set(message);
    find(message.length);
  });
  console.log(seconds);
}
