// Runs the edge under workerd with a binding of Workers AI, whose own code calls a mock: `with-ai.js URL PORT FOLDER`.
//
// `wrangler dev` has that binding only towards Cloudflare's network. Miniflare can be told where it leads to.

import { edge, local, Log, LogLevel, Miniflare } from "../../xtask/miniflare.mjs";

const [url, port, folder] = process.argv.slice(2);

await new Miniflare({
  ...local(port),
  ...edge(folder),
  log: new Log(LogLevel.INFO),
  ai: { binding: "AI", remoteProxyConnectionString: new URL(url) },
}).ready;
