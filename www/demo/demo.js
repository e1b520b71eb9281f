// Puts the chat on the page as a site owner's tag would. The site's key is in the address, so that the built page holds none:
// /demo/?site=pk_…&lang=de (the language is optional).

const query = new URLSearchParams(location.search);
const site = query.get("site");

if (site?.startsWith("pk_")) {
  embed(site, query.get("lang"));
} else {
  document.getElementById("note").hidden = false;
}

/** The equivalent of <script async src="/embed.js" data-site="…" data-lang="…"></script>. */
function embed(site, lang) {
  const tag = document.createElement("script");
  tag.async = true;
  tag.src = "/embed.js";
  tag.dataset.site = site;
  if (lang) tag.dataset.lang = lang;
  document.head.append(tag);

  // Calls made before the loader is there wait in a queue, which it empties.
  window.sotto ??= function () {
    (window.sotto.q ??= []).push(arguments);
  };
  const ask = document.getElementById("ask");
  ask.hidden = false;
  ask.addEventListener("click", () => window.sotto("open"));
}
