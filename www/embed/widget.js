// The entry of the widget's module. The loader claimed the page under the symbol below (load.js),
// and is handed `run`. What a chat needs only when it is opened stands here rather than in the
// loader, where it would weigh on every page.

import init, { mount } from "sotto-widget-glue";

let ready; // The Wasm is started once per page, and again after a failure.

/**
 * Mounts a chat. Fetches its settings and texts while the Wasm is being started.
 *
 * `wasm` is a response that the loader has verified, `home` the edge that has our files, `host` the
 * <sotto-chat> and `root` its shadow root. Resolves to the widget; to nothing if the element has
 * left the page meanwhile.
 */
async function run(wasm, home, host, root) {
  const { lang } = host;
  const site = host.getAttribute("site");
  const edge = host.getAttribute("edge") ?? home;
  const language = lang.split("-")[0].toLowerCase();
  const locale = __LOCALES__[language]; // None for English: it is built in.
  ready ??= init({ module_or_path: wasm }).catch((error) => {
    ready = undefined;
    throw error;
  });
  const [settings, texts] = await Promise.all([
    text(`${edge}/v1/sites/${encodeURIComponent(site)}?lang=${encodeURIComponent(lang)}`).catch((error) => {
      throw Object.assign(error, { reason: REASONS[language][code(error.message)] });
    }),
    locale ? text(`${home}/${locale[0]}`, locale[1]) : "",
    ready,
  ]);
  if (!host.isConnected) return undefined;
  prepare(host, root.querySelector("[part=launcher]"));
  return mount(host, root, edge, site, lang, settings, texts, {
    finder: (rules) => finder(home, rules),
    solve: (challenge, bits) => solve(home, challenge, bits),
  });
}

const modules = {}; // What is loaded later than the widget, by its path.

/** Starts an instance of a module. It is fetched once per page, and again after a failure. */
async function start(home, [path, integrity]) {
  modules[path] ??= WebAssembly.compileStreaming(
    fetch(`${home}/${path}`, { integrity, credentials: "omit", signal: AbortSignal.timeout(30_000) }),
  );
  const compiled = await modules[path].catch((error) => {
    delete modules[path];
    throw error;
  });
  return (await WebAssembly.instantiate(compiled)).exports;
}

/**
 * Resolves to what finds personal data in a text by a site's rules (scrubber/src/lib.rs): it gives
 * numbers, three for each finding, whose places are in UTF-8.
 */
async function finder(home, rules) {
  const scrubber = await start(home, __SCRUBBER__);
  const { memory } = scrubber;
  const put = (text) => {
    const most = text.length * 3; // A UTF-16 unit has three bytes at most.
    const at = scrubber.buffer(most); // The memory may be another one afterwards.
    return new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, at, most)).written;
  };
  scrubber.rules(put(rules));
  return (text) => {
    const count = scrubber.find(put(text));
    return new Uint32Array(memory.buffer, scrubber.found(), count).slice();
  };
}

/**
 * Solves a challenge of the edge (docs/challenge.md): resolves to the number that answers it, in
 * decimal digits. It works in slices shorter than a frame, so that the page stays responsive.
 */
async function solve(home, challenge, bits) {
  const solver = await start(home, __SOLVER__);
  for (const character of challenge) solver.take(character.charCodeAt());
  const { now } = Date;
  const end = now() + 60_000;
  for (let from = 0; now() < end; await new Promise((go) => setTimeout(go))) {
    const slice = now() + 12;
    do {
      const nonce = solver.find(bits, from, 1_000);
      if (nonce >= 0) return String(nonce);
      from += 1_000;
    } while (now() < slice);
  }
  throw new Error("not solved in time");
}

// Why there is no chat for this page at all. The loader says it on its button to try again.
const REASONS = {
  en: {
    site_unknown: "This chat is not set up correctly: the site is not known. Try again",
    origin_not_allowed: "This chat is not allowed on this website. Try again",
  },
  de: {
    site_unknown: "Dieser Chat ist nicht richtig eingerichtet: Die Website ist nicht bekannt. Erneut versuchen",
    origin_not_allowed: "Dieser Chat ist auf dieser Website nicht erlaubt. Erneut versuchen",
  },
};

/** The code of a problem of the edge; nothing for any other text. */
function code(problem) {
  try {
    return JSON.parse(problem).code;
  } catch {
    return undefined;
  }
}

async function text(url, integrity) {
  const response = await fetch(url, {
    integrity,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(30_000), // As long as the loader waits.
  });
  const body = await response.text();
  // A problem of the edge, which the console shows to the site's owner.
  if (!response.ok) throw new Error(body);
  return body;
}

// Tells session recorders, each in its own words, to leave the chat out.
const MASKS = {
  class: "ph-no-capture sentry-mask rr-mask",
  "data-private": "",
  "data-hj-suppress": "",
  "data-sentry-mask": "",
  "data-clarity-mask": "true",
  "data-dd-privacy": "mask",
};

const prepared = new WeakSet(); // An element that left the page and came back is mounted again.

function prepare(host, launcher) {
  if (prepared.has(host)) return;
  prepared.add(host);
  for (const [name, value] of Object.entries(MASKS)) host.setAttribute(name, value);
  host.addEventListener("sotto:open", () => launcher.setAttribute("aria-expanded", "true"));
  host.addEventListener("sotto:close", () => {
    launcher.setAttribute("aria-expanded", "false");
    // Only if the focus was in the panel or is lost: a page may close the chat while the visitor
    // types elsewhere.
    const { activeElement, body } = document;
    if ([host, body, null].includes(activeElement)) launcher.focus();
  });
}

globalThis[Symbol.for("sotto")]?.(run);
