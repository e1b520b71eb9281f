// The npm package redact-pii with its names off. usage: node redact.cjs PACKAGE RUNS FILE..., prints
// seconds for each file.
const { best, read } = require("./corpus.cjs");

const [path, runs, ...corpora] = process.argv.slice(2);
const { SyncRedactor } = require(path);
const redactor = new SyncRedactor({ builtInRedactors: { names: { enabled: false } } });

for (const corpus of corpora) {
  console.log(best(Number(runs), read(corpus), (message) => redactor.redact(message)));
}
