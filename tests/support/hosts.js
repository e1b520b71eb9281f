// Pages of sites that embed the widget, on origins of their own.

import { createServer } from "node:http";

export class Host {
  #server;
  #pages = new Map();

  static async start() {
    const host = new Host();
    host.#server = createServer((request, response) => {
      const page = host.#pages.get(request.url.split("?")[0]);
      response.writeHead(page ? 200 : 404, { "content-type": page?.type ?? "text/html; charset=utf-8", ...page?.headers });
      response.end(page?.body ?? "");
    });
    await new Promise((resolve) => host.#server.listen(0, "127.0.0.1", resolve));
    host.origin = `http://127.0.0.1:${host.#server.address().port}`;
    return host;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Puts something at a path and returns its URL. */
  put(path, body, { headers = {}, type } = {}) {
    this.#pages.set(path, { body, headers, type });
    return this.origin + path;
  }

  /** Puts a page with an embed tag and returns its URL. See `page` for what can be asked of it. */
  page(options) {
    return this.put(options.path ?? "/", page(options), { headers: options.headers });
  }
}

/** The embed tag as the README gives it. `attributes` replace `async`. */
export const tag = ({ edge, site, attributes = "async" }) =>
  `<script ${attributes} src="${edge}/embed.js" data-site="${site}"></script>`;

/**
 * A page. `edge` and `site` make the tag, or `tags` brings several; `head` and `body` are the host's own;
 * `html` are attributes of the root element.
 */
export function page({ edge, site, attributes, tags, head = "", body = "", html = 'lang="en"' }) {
  return `<!doctype html>
<html ${html}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>A shop</title>
${head}
${tags ?? tag({ edge, site, attributes })}
</head>
<body>
<main><h1>Lamps and shades</h1><p>Words of the page. <a href="#more">A link</a></p></main>
${body}
</body>
</html>`;
}

/** A style sheet that wishes every chat away, and rules over everything else it can reach. */
export const HOSTILE_CSS = `
* { display: none !important; visibility: hidden !important; opacity: 0 !important; color: transparent !important;
    font-size: 0 !important; content: "" !important; clip-path: inset(50%) !important; transform: scale(0) !important;
    position: static !important; pointer-events: none !important; }
html, head, body, main { display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important;
    clip-path: none !important; }
sotto-chat { display: none !important; visibility: hidden !important; opacity: 0 !important; width: 0 !important; height: 0 !important;
    overflow: hidden !important; filter: opacity(0) !important; z-index: -1 !important; left: -9999px !important; }
sotto-chat::part(launcher) { color: red; }
sotto-chat::part(disclosure), sotto-chat::part(panel) { display: none !important; }
`;
