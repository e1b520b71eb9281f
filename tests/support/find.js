// Finds the parts of a chat, by role and name, as its visitors do. The names come from the widget's own locale files.

import { readFileSync } from "node:fs";

const locale = (lang) => JSON.parse(readFileSync(new URL(`../../widget/locales/${lang}.json`, import.meta.url), "utf8"));

/** The widget's words by language. */
export const WORDS = { en: locale("en"), de: locale("de") };

/** The words that the loader brings itself. */
const LOADER = {
  en: { launcher: "Open chat", retry: "The chat could not be loaded. Try again" },
  de: { launcher: "Chat öffnen", retry: "Der Chat konnte nicht geladen werden. Erneut versuchen" },
};

/** A chat on a page; `site` picks one of several. */
export class Chat {
  constructor(page, { lang = "en", site } = {}) {
    this.page = page;
    this.words = WORDS[lang];
    this.loader = LOADER[lang];
    this.host = page.locator(site ? `sotto-chat[site="${site}"]` : "sotto-chat");
  }

  button(name, within = this.panel) {
    return within.getByRole("button", { name, exact: true });
  }

  get launcher() {
    return this.button(this.loader.launcher, this.host);
  }

  /** The loader's button after a failure. */
  get retryLoading() {
    return this.host.getByRole("alert").getByRole("button", { name: this.loader.retry });
  }

  /** The loader's button after a failure that has a reason of its own, by the reason's key. */
  retryFor(key) {
    return this.host.getByRole("alert").getByRole("button", { name: `${this.words[key]} ${this.words.again}` });
  }

  get panel() {
    return this.host.getByRole("dialog");
  }

  get close() {
    return this.button(this.words.close);
  }

  get menu() {
    return this.button(this.words.menu);
  }

  menuItem(name) {
    return this.panel.getByRole("menuitem", { name }).or(this.button(name));
  }

  // The gate.

  get gateTitle() {
    return this.panel.getByRole("heading", { name: this.words.gate_title });
  }

  get agree() {
    return this.button(this.words.agree).or(this.button(this.words.agree_contract));
  }

  get decline() {
    return this.button(this.words.decline);
  }

  /** The switch of an optional purpose. */
  purpose(name) {
    return this.panel.getByRole("switch", { name: this.words[`purpose_${name}`] });
  }

  /** A switch by the key of its label. */
  switch(key) {
    return this.panel.getByRole("switch", { name: this.words[key], exact: true });
  }

  // The chat.

  /** Every place that says the disclosure: beside the input, and as the first words of the log. */
  get disclosures() {
    return this.panel.getByText(this.words.disclosure, { exact: true });
  }

  get log() {
    return this.panel.getByRole("log");
  }

  get input() {
    return this.panel.getByRole("textbox", { name: this.words.message_label });
  }

  get send() {
    return this.button(this.words.send);
  }

  get stop() {
    return this.button(this.words.stop);
  }

  /** The last button that tries something again. */
  get again() {
    return this.button(this.words.again).filter({ visible: true }).last();
  }

  /** What has to be said just now, with its way on. */
  get trouble() {
    return this.panel.getByRole("alert");
  }

  /** Messages of one author (`visitor`, `ai`), oldest first. The AI's greeting counts. */
  messages(author) {
    const said = { visitor: this.words.you_said, ai: this.words.ai_said }[author];
    return this.log.getByRole("article").filter({ has: this.page.locator(".who", { hasText: said }) });
  }

  get lastReply() {
    return this.messages("ai").last();
  }

  /** What can be done with a message, by the key of its label. */
  tool(message, key) {
    return message.getByRole("button", { name: this.words[key], exact: true });
  }

  /** The question that waits for an answer, by the key of its title. */
  question(key) {
    return this.panel.getByRole("heading", { name: this.words[key], exact: true });
  }

  /** The chips that show, while the visitor types, what will be hidden. */
  get chips() {
    return this.panel.getByRole("list", { name: this.words.hidden_label }).getByRole("listitem");
  }

  /** The button that says of each chip what it is and how that was seen. */
  get why() {
    return this.button(this.words.why);
  }

  /** What a chip then says, by the keys of the reason and of the kind. */
  reason(reason, kind) {
    return this.words[`why_${reason}`].replace("{kind}", this.words[`kind_${kind}`]);
  }

  /** A text of the locale anywhere in the panel; `{names}` in it match anything. */
  text(key) {
    return this.panel.getByText(pattern(this.words[key]));
  }
}

/** A regular expression for a text of the locale with its `{names}` open. */
export const pattern = (words) =>
  new RegExp(words.split(/\{\w+\}/).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+?"));
