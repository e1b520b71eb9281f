// The few things that the browser does for the widget beside drawing and fetching. Written in Rust,
// each of them would need bindings that weigh several times as much as it does here.

/** Whether the browser sends Global Privacy Control. */
export const gpc = () => navigator.globalPrivacyControl === true;

/** Whether the browser believes that there is a network. */
export const online = () => navigator.onLine;

/** A point in time, in Unix milliseconds, in the words of a language. */
export const date = (at, lang) => new Date(at).toLocaleString(lang, { dateStyle: "medium", timeStyle: "short" });

/** Resolves after some milliseconds. */
export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Tells the host page that something happened, by an event without any text of the visitor. */
export const tell = (host, name, detail) =>
  void host.dispatchEvent(new CustomEvent("sotto:" + name, { bubbles: true, composed: true, detail: JSON.parse(detail) }));

/** Gives the visitor a file. It is made here and asked for from nowhere. */
export const save = (name, type, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // Not before the browser has read it.
};

/** Puts a text on the clipboard. False where there is none, as on a page without TLS. */
export const copy = (text) => {
  // The outcome is the browser's business: it asks the visitor itself.
  navigator.clipboard?.writeText(text).catch(() => {});
  return Boolean(navigator.clipboard);
};

/** What the tab's own storage keeps under a name; undefined where a browser keeps it shut. */
export const kept = (name) => {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
};

/** Keeps a text under a name; an empty one is forgotten. */
export const keep = (name, text) => {
  try {
    if (text) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    // Where nothing can be kept, nothing is.
  }
};

/**
 * Holds a name until it is let go of or the page goes. Resolves to what lets go of it; to nothing if
 * another page of the origin, or another chat of this one, holds it. Where a browser has no locks,
 * as on a page without TLS, nobody can tell, and it counts as held.
 */
export const hold = (name) =>
  new Promise((done) => {
    const free = () => done(() => {});
    const answer = (lock) => (lock ? new Promise(done) : done());
    const request = navigator.locks?.request(name, { ifAvailable: true }, answer);
    if (request) request.catch(free);
    else free();
  });

/** Lets go of a name, by what `hold` gave. */
export const letGo = (held) => held.then((free) => free?.());
