// The widget's program: its module and its Wasm. Nothing is requested before a chat is opened.

/** The loader's own tags. Other vendors use `data-site` too: the prefix is that of a site key. */
export const TAGS = "script[data-site^=pk_]";

/** The edge of a tag: where the script came from, or `data-edge` if the site serves it itself. */
export const edgeOf = ({ dataset, src }) => new URL(dataset.edge || src).origin;

// The tag that brought this code. Its edge has the files named below, and its nonce admits them.
const own = document.currentScript ?? document.querySelector(TAGS);
const home = own && edgeOf(own);

let run; // What widget.js registers.
let program; // The Wasm's response, when the module has run too. Once per page.

/** Claims the page for this evaluation; false if another has it. widget.js finds the symbol. */
export const claim = () => {
  const key = Symbol.for("sotto");
  return !window[key] && (window[key] = (registered) => (run = registered));
};

/** Loads and verifies the program, and has it mount a chat. See `run` in widget.js. */
export async function mount(...chat) {
  try {
    program ??= Promise.all([
      fetch(`${home}/${__WIDGET_WASM__}`, {
        integrity: __WIDGET_WASM_INTEGRITY__,
        credentials: "omit",
        signal: AbortSignal.timeout(30e3), // What takes longer looks broken to a visitor.
      }),
      run ?? module(),
    ]);
    const [wasm] = await program;
    return await run(wasm, home, ...chat);
  } catch (error) {
    program = null; // The next attempt begins anew, with what the browser has cached.
    throw error;
  }
}

// Only a script element enforces the integrity of a module: `import()` takes none.
function module() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.type = "module";
    script.integrity = __WIDGET_JS_INTEGRITY__;
    script.crossOrigin = "";
    script.nonce = own.nonce;
    // A browser remembers by its URL that a module failed: with a new fragment it asks again.
    script.src = `${home}/${__WIDGET_JS__}#${Date.now()}`;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}
