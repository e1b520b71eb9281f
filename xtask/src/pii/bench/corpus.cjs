// Reads a corpus: for each message a line `repeats bytes`, then so many bytes.
const { readFileSync } = require("node:fs");

exports.read = function read(file) {
  const bytes = readFileSync(file);
  const messages = [];
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.indexOf(10, at);
    const [repeats, length] = bytes.toString("latin1", at, line).split(" ").map(Number);
    at = line + 1 + length;
    messages.push(bytes.toString("utf8", line + 1, at).repeat(repeats));
  }
  return messages;
};

// Seconds of the best of so many runs over all messages; others share the machine.
exports.best = function best(runs, messages, read) {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    for (const message of messages) read(message);
    best = Math.min(best, performance.now() - begun);
  }
  return best / 1000;
};
