// The scrubber in Wasm on the corpus: bytes are copied in, findings counted.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const dir = process.argv[2];
const corpus = JSON.parse(readFileSync(join(dir, "corpus.json"), "utf8"));
const wasm = "wasm/wasm32-unknown-unknown/release/sotto_scrub_bench.wasm";
const { instance } = await WebAssembly.instantiate(readFileSync(join(dir, wasm)), {});
const { memory, buffer, scan } = instance.exports;
const encoder = new TextEncoder();

function measure(name, messages) {
  const bytes = messages.map((message) => encoder.encode(message));
  const total = bytes.reduce((sum, message) => sum + message.length, 0);
  let best = Infinity;
  for (let run = 0; run < 7; run++) {
    const begun = performance.now();
    for (const message of bytes) {
      const at = buffer(message.length);
      new Uint8Array(memory.buffer, at, message.length).set(message);
      scan(message.length);
    }
    best = Math.min(best, (performance.now() - begun) / 1000);
  }
  console.log(JSON.stringify({
    engine: "sotto, Wasm under Node",
    corpus: name,
    mb_per_s: Math.round(total / best / 1e4) / 100,
    messages_per_s: Math.round(messages.length / best),
  }));
}

measure("chat", corpus);
