// The npm package redact-pii with its names off. usage: node redact.cjs PACKAGE RUNS FILE..., prints
// seconds for each file.
const { best, read } = require("./corpus.cjs");

const [package, runs, ...files] = process.argv.slice(2);
const { SyncRedactor } = require(package);
const redactor = new SyncRedactor({ builtInRedactors: { names: { enabled: false } } });

for (const file of files) {
  console.log(best(Number(runs), read(file), (message) => redactor.redact(message)));
}
