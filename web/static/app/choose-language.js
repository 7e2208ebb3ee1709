import { language } from "../components/i18n.js";

const STORE = "callsvc.language";

/** Speaks the language chosen before, else the browser's. */
export function restoreLanguage() {
  const chosen = localStorage.getItem(STORE) ?? navigator.language;
  language.set(chosen.startsWith("zh") ? "zh" : "en");
}

/** Speaks this language from now on, in this browser. @param {import("../components/i18n.js").LanguageCode} code */
export function chooseLanguage(code) {
  language.set(code);
  localStorage.setItem(STORE, code);
}

/** Changes to the other language. */
export function switchLanguage() {
  chooseLanguage(language.code === "en" ? "zh" : "en");
}
