/** @typedef {"auto" | "light" | "dark"} ThemeName */

const STORE = "callsvc.theme";

/** @type {readonly ThemeName[]} */
const ORDER = ["auto", "light", "dark"];

/** The chosen theme; "auto" follows the system. @returns {ThemeName} */
export function theme() {
  return ORDER.find((name) => name === localStorage.getItem(STORE)) ?? "auto";
}

/** Puts the chosen theme on the page. */
export function applyTheme() {
  document.documentElement.dataset.theme = theme();
}

/** Chooses the next theme. */
export function nextTheme() {
  const next = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length] ?? "auto";
  localStorage.setItem(STORE, next);
  applyTheme();
}
