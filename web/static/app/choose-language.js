import { language } from "../components/i18n.js";

const STORE = "callsvc.language";

/** Speaks the language chosen before, else the browser's. */
export function restoreLanguage() {
  const chosen = localStorage.getItem(STORE) ?? navigator.language;
  language.set(chosen.startsWith("zh") ? "zh" : "en");
}

/** Changes to the other language. */
export function switchLanguage() {
  language.set(language.code === "en" ? "zh" : "en");
  localStorage.setItem(STORE, language.code);
}
