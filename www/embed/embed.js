// The loader: the one script of a host page, at most 2,000 bytes (brotli 11).
//
// It puts a <sotto-chat> into the page for each of its script tags and defines the global
// `sotto(…)`. Nothing is requested and nothing is stored before the visitor, or a call of the page,
// opens a chat.
//
// The bundle is a classic script that is valid as a module too, so it can rely neither on
// `import.meta` nor on `currentScript`. Hosts that enforce Trusted Types are not supported yet:
// load.js assigns `script.src`, which would take a policy.

import { Chat, chats, consent } from "./element.js";
import { TAGS, claim, edgeOf } from "./load.js";

// Two tags on one page, or a page that puts its body back, evaluate this file again: the first
// evaluation serves them all.
if (claim()) {
  // Not while the parser is at work: afterwards every tag is known, and the calls that wait reach
  // the chat they are for.
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", start);
  else start();
}

function start() {
  const calls = window.sotto?.q ?? [];
  window.sotto = sotto;
  customElements.define("sotto-chat", Chat);
  document.querySelectorAll(TAGS).forEach(add);
  // A tag that is added later fires `load`, even where its module is known and does not run again.
  // The event does not bubble, so it is caught on its way down.
  document.addEventListener("load", ({ target }) => target.matches?.(TAGS) && add(target), true);
  for (const call of calls) sotto(...call);
}

/**
 * Puts a chat for a tag into the page, unless its site has one. It is a child of the root element,
 * which it stays when the page replaces its body.
 */
function add(tag) {
  const { site, lang } = tag.dataset;
  if (find(site)[0]) return;
  const chat = document.createElement("sotto-chat");
  chat.setAttribute("site", site);
  chat.setAttribute("edge", edgeOf(tag));
  if (lang) chat.lang = lang;
  document.documentElement.append(chat);
}

/**
 * The page's interface: `sotto(command[, site])`, `sotto("consent", choice)`,
 * `sotto("on" | "off", event, listener)`. A command that it does not know does nothing, so that a
 * page may be newer than the loader in a cache.
 */
function sotto(command, subject, listener) {
  if (command == "on") document.addEventListener("sotto:" + subject, listener);
  else if (command == "off") document.removeEventListener("sotto:" + subject, listener);
  else if (command == "consent") consent(subject);
  else for (const chat of find(subject)) chat.commands[command]?.();
}

/** The chats of a site; all of them unless a site is named. */
function find(site) {
  return [...chats].filter((chat) => typeof site != "string" || chat.getAttribute("site") == site);
}
