// The page on which a conversation is erased without the chat. Without this script the form is sent as it is, and the receipt
// comes as a page; with it the page speaks the browser's language, and the receipt can be saved as it was signed.

const GERMAN = {
  title: "Ein Gespräch löschen",
  lead:
    "Mit dem Löschkennwort eines Chats können Sie dessen Gespräch hier jederzeit löschen: ohne Konto, und auch wenn es den Chat " +
    "nicht mehr gibt. Das Kennwort beginnt mit et_. Der Chat zeigt es unter „Ihre Daten“; dort lässt es sich auch sichern.",
  final:
    "Löschen lässt sich nicht rückgängig machen. Sie erhalten einen signierten Beleg, in dem steht, wer noch Kopien haben kann und " +
    "wie lange.",
  label: "Löschkennwort",
  hint: "Es wird allein an diesen Dienst gesendet, nie als Teil einer Adresse, und nicht auf diesem Gerät behalten.",
  erase: "Endgültig löschen",
  erasing: "Wird gelöscht …",
  done: "Das Gespräch ist gelöscht",
  copies: "Wer noch Kopien haben kann",
  verify:
    "Der Beleg ist signiert. Mit den Schlüsseln, die dieser Dienst veröffentlicht, lässt sich feststellen, dass nichts an ihm " +
    "geändert wurde.",
  save: "Beleg sichern",
  another: "Ein weiteres löschen",
  at: "Gelöscht",
  receipt: "Beleg",
  conversation: "Gespräch",
  recovery: "Die Wiederherstellung der Plattform, bis zu {n} Tage lang: bis {date}",
  days: "{name}, nach eigenen Bedingungen bis zu {n} Tage lang",
  undeclared: "{name}; wie lange, wird nicht gesagt",
  nobody: "Niemand sonst hat den Text erhalten.",
  token_invalid: "Das ist kein ganzes Löschkennwort, oder es gehört zu keinem Gespräch. Bitte kopieren Sie es noch einmal ganz.",
  rate_limited: "Von hier kommen zu viele Anfragen. Bitte versuchen Sie es in {n} Sekunden noch einmal.",
  offline: "Der Dienst ist nicht zu erreichen. Ob gelöscht wurde, ist nicht bekannt; bitte versuchen Sie es noch einmal.",
  failed: "Das Löschen ist fehlgeschlagen. Bitte versuchen Sie es später noch einmal. Kennung der Anfrage: {id}",
};

const ENGLISH = {
  erase: "Erase for good",
  erasing: "Erasing …",
  at: "Erased",
  receipt: "Receipt",
  conversation: "Conversation",
  recovery: "The platform’s recovery history, for up to {n} days: until {date}",
  days: "{name}, for up to {n} days by its own terms",
  undeclared: "{name}; it does not say for how long",
  nobody: "Nobody else received the text.",
  token_invalid: "This is not a whole erase token, or it belongs to no conversation. Please copy it once more, all of it.",
  rate_limited: "Too many requests come from here. Please try again in {n} seconds.",
  offline: "The service cannot be reached. Whether anything was erased is not known; please try again.",
  failed: "Erasing failed. Please try again later. The request's id: {id}",
};

const language = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "de" || tag === "en") ?? "en";
const texts = language === "de" ? GERMAN : ENGLISH;
const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const at = (id) => document.getElementById(id);

const form = document.querySelector("form");
const input = at("token");
const button = form.querySelector("button");
const fault = at("fault");

at("plain").remove();
if (language === "de") {
  document.documentElement.lang = "de";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = GERMAN[element.dataset.t];
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  wait(true);
  complain("");
  try {
    await erase(input.value.trim());
  } catch {
    complain(say("offline"));
  }
  wait(false);
});

// A page that comes back from the browser's memory shows no token.
addEventListener("pagehide", () => {
  input.value = "";
});

async function erase(token) {
  const response = await fetch("/v1/erase", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ erase_token: token }),
    credentials: "omit",
    cache: "no-store",
  });
  const text = await response.text();
  const answer = JSON.parse(text);
  if (response.ok) show(answer, text);
  else if (answer.code === "token_invalid") complain(say("token_invalid"));
  else if (answer.code === "rate_limited") complain(say("rate_limited", { n: answer.retry_after }));
  else complain(say("failed", { id: answer.request_id }));
}

/** Shows the receipt in words, and offers its text as it was signed. */
function show(receipt, text) {
  input.value = "";
  const time = (ms) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(ms);
  const day = (ms) => new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(ms);
  const facts = [
    [say("at"), time(receipt.erased_at)],
    [say("receipt"), receipt.id],
    [say("conversation"), receipt.conversation],
  ];
  at("facts").replaceChildren(...facts.flatMap(([label, value]) => [element("dt", label), element("dd", value)]));
  const until = day(receipt.erased_at + receipt.recovery_days * 86_400_000);
  const holders = receipt.recipients.map(({ name, retention_days: n }) => say(n === undefined ? "undeclared" : "days", { name, n }));
  if (holders.length === 0) holders.push(say("nobody"));
  const lines = [say("recovery", { n: receipt.recovery_days, date: until }), ...holders];
  at("holders").replaceChildren(...lines.map((line) => element("li", line)));
  at("save").onclick = () => save(`sotto-receipt-${receipt.id}.json`, text);
  at("ask").hidden = true;
  at("done").hidden = false;
  at("done-title").focus();
}

function element(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function complain(text) {
  fault.textContent = text;
  fault.hidden = text === "";
  if (text === "") input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
}

/** A button that works is not disabled, or the focus would be lost. */
function wait(isWaiting) {
  button.setAttribute("aria-disabled", String(isWaiting));
  button.textContent = say(isWaiting ? "erasing" : "erase");
}
