import { typing } from "./focus.js";

/**
 * @typedef {"mic" | "camera" | "talk" | "hand" | "chat" | "share" | "fullscreen" | "layout" | "stats" | "people" | "focus" | "help"} Deed
 *
 * @typedef {object} Shortcut
 * @property {Deed} deed
 * @property {readonly string[]} shown the keys as people know them
 * @property {`key_${string}` & import("./i18n.js").Key} label
 */

/** The keys of a call, in the order in which they are listed. @type {readonly Shortcut[]} */
export const SHORTCUTS = Object.freeze([
  { deed: "mic", shown: ["M"], label: "key_m" },
  { deed: "talk", shown: ["Space"], label: "key_space" },
  { deed: "camera", shown: ["V", "Ctrl+E"], label: "key_c" },
  { deed: "share", shown: ["D"], label: "key_d" },
  { deed: "hand", shown: ["R", "H"], label: "key_r" },
  { deed: "chat", shown: ["C"], label: "key_chat" },
  { deed: "people", shown: ["P"], label: "key_p" },
  { deed: "layout", shown: ["W"], label: "key_w" },
  { deed: "focus", shown: ["0–9"], label: "key_digit" },
  { deed: "stats", shown: ["T"], label: "key_t" },
  { deed: "fullscreen", shown: ["F"], label: "key_f" },
  { deed: "help", shown: ["?"], label: "key_help" },
]);

/** @type {Readonly<Record<string, Deed>>} */
const KEYS = Object.freeze({
  m: "mic", v: "camera", " ": "talk", r: "hand", h: "hand", c: "chat", d: "share", f: "fullscreen", w: "layout", t: "stats", p: "people", "?": "help",
});

/**
 * What a key press asks for: nothing while somebody writes, nothing that the
 * browser or a focused button would take for itself.
 *
 * @param {KeyboardEvent} event
 * @returns {{deed: Deed, digit: number} | null} digit: whom to focus
 */
export function shortcutOf(event) {
  const key = event.key.toLowerCase();
  if (event.altKey || typing(event)) return null;
  if (event.ctrlKey || event.metaKey) return key === "e" && !event.repeat ? { deed: "camera", digit: 0 } : null;
  if (event.repeat) return null;
  if (/^\d$/.test(key)) return { deed: "focus", digit: Number(key) };
  const deed = KEYS[key];
  if (!deed || (deed === "talk" && pressesSpace(event.target))) return null;
  return { deed, digit: 0 };
}

/** Space is how a button is pressed. @param {EventTarget | null} target */
function pressesSpace(target) {
  return target instanceof Element && target.closest("button, a, summary, label") !== null;
}
