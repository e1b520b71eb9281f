// <sotto-chat site="pk_…" [edge="https://…"] [lang="de"]>: the launcher, and the place where the
// widget draws its panel. What the element needs only when a chat is opened is in widget.js.

import { mount } from "./load.js";
import { sheet } from "./style.js";
import { resolve, words } from "./text.js";

/** Every chat of the page, in whatever tree it stands. */
export const chats = new Set();

let choice; // What the page said last about consent, to chats that come later as well.

/** The page says what its visitor chose. It can narrow, never widen; what is not said is denied. */
export const consent = (given) => {
  choice = JSON.stringify(given ?? null);
  for (const chat of chats) chat.commands.consent();
};

export class Chat extends HTMLElement {
  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const launcher = document.createElement("button");
    const alert = document.createElement("div");
    let loading; // The load under way.
    let widget; // From the first opening until the element leaves the page.
    let wanted; // Whether to open when loaded: `close` takes it back.

    const open = async () => {
      alert.replaceChildren();
      wanted = launcher.ariaBusy = true;
      try {
        if (!widget) {
          widget = await (loading ??= mount(this, root));
          this.commands.consent();
        }
        if (wanted) widget.open();
      } catch (error) {
        console.error(error);
        if (wanted) fail(error);
      }
      launcher.ariaBusy = loading = null;
    };

    const close = () => {
      wanted = false;
      alert.replaceChildren();
      widget?.close();
    };

    const fail = ({ reason }) => {
      const retry = document.createElement("button");
      retry.part = "retry";
      retry.append(reason ?? words(this.lang)[1]);
      retry.onclick = () => {
        launcher.focus(); // The button is about to go.
        open();
      };
      alert.replaceChildren(retry);
    };

    /** What `sotto(command)` may call. */
    this.commands = {
      open,
      close,
      toggle: () => (this.hasAttribute("open") ? close() : open()),
      destroy: () => this.remove(),
      consent: () => choice && widget?.consent(choice),
    };

    this.start = () => {
      this.lang = resolve(this.lang);
      launcher.ariaLabel = words(this.lang)[0];
    };

    this.stop = () => {
      close();
      widget &&= widget.destroy();
    };

    root.adoptedStyleSheets = [sheet];
    root.append(alert, launcher);
    alert.role = "alert";
    launcher.part = "launcher";
    launcher.ariaHasPopup = "dialog";
    launcher.ariaExpanded = false;
    launcher.onclick = this.commands.toggle;
  }

  connectedCallback() {
    if (chats.has(this)) return; // It was moved.
    chats.add(this);
    this.start();
    // Not at once: a listener may be among the calls that wait for every chat to be there.
    queueMicrotask(() =>
      this.dispatchEvent(new CustomEvent("sotto:ready", { bubbles: true, composed: true })),
    );
  }

  disconnectedCallback() {
    // Not at once: an element that is moved leaves the page for a moment.
    queueMicrotask(() => this.isConnected || (chats.delete(this) && this.stop()));
  }
}
