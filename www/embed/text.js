// The few words that the loader says itself: the launcher's name, and what a failed load offers.

const WORDS = {
  en: ["Open chat", "The chat could not be loaded. Try again"],
  de: ["Chat öffnen", "Der Chat konnte nicht geladen werden. Erneut versuchen"],
};

/** The words for a language tag; undefined for a language that is not shipped. */
export const words = (tag) => WORDS[tag.split("-")[0].toLowerCase()];

/** The first language there is: the one asked for (`data-lang`), the page's, the browser's. */
export const resolve = (asked) =>
  [asked, document.documentElement.lang, ...navigator.languages].find(words) ?? "en";
