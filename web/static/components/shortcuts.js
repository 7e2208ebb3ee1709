import { typing } from "./focus.js";

/**
 * @typedef {"mic" | "camera" | "talk" | "hand" | "chat" | "share" | "fullscreen" | "layout" | "stats" | "people" | "focus" | "help" | "react" | "page" | "leave"} Deed
 *
 * @typedef {object} Pressed
 * @property {Deed} deed
 * @property {number} digit of focus, whom: 0 is oneself; of page, 1 for the next and -1 for the one before; else 0
 *
 * @typedef {object} Shortcut
 * @property {Deed} deed
 * @property {readonly string[]} shown the keys as people know them
 * @property {`key_${string}` & import("./i18n.js").Key} label
 */

/** The keys of a call, in the order in which they are listed. @type {readonly Shortcut[]} */
export const SHORTCUTS = Object.freeze([
  { deed: "mic", shown: ["M", "Ctrl+D"], label: "key_m" },
  { deed: "talk", shown: ["Space"], label: "key_space" },
  { deed: "camera", shown: ["V", "Ctrl+E"], label: "key_c" },
  { deed: "share", shown: ["D"], label: "key_d" },
  { deed: "hand", shown: ["R", "H"], label: "key_r" },
  { deed: "react", shown: ["E"], label: "key_react" },
  { deed: "chat", shown: ["C"], label: "key_chat" },
  { deed: "people", shown: ["P"], label: "key_p" },
  { deed: "layout", shown: ["W"], label: "key_w" },
  { deed: "focus", shown: ["0–9"], label: "key_digit" },
  { deed: "page", shown: ["←", "→"], label: "key_pages" },
  { deed: "stats", shown: ["T"], label: "key_t" },
  { deed: "fullscreen", shown: ["F"], label: "key_f" },
  { deed: "help", shown: ["?"], label: "key_help" },
  { deed: "leave", shown: ["Ctrl+Shift+L"], label: "key_hangUp" },
]);

/** @type {Readonly<Record<string, Deed>>} */
const KEYS = Object.freeze({
  m: "mic", v: "camera", " ": "talk", r: "hand", h: "hand", e: "react", c: "chat", d: "share", f: "fullscreen", w: "layout", t: "stats", p: "people", "?": "help",
});
/** With Control, or Command: those of Meet. @type {Readonly<Record<string, Deed>>} */
const CHORDS = Object.freeze({ d: "mic", e: "camera" });
/** And with Shift: those of Mattermost. @type {Readonly<Record<string, Deed>>} */
const SHIFTED = Object.freeze({ " ": "mic", y: "hand", e: "share", l: "leave" });
/** Which page. @type {Readonly<Record<string, number>>} */
const PAGES = Object.freeze({ arrowleft: -1, pageup: -1, arrowright: 1, pagedown: 1 });

/**
 * What a key press asks for: nothing while somebody writes, nothing that the
 * browser or a focused button would take for itself.
 *
 * @param {KeyboardEvent} event
 * @returns {Pressed | null}
 */
export function shortcutOf(event) {
  const key = event.key.toLowerCase();
  if (event.altKey || event.repeat || typing(event)) return null;
  if (event.ctrlKey || event.metaKey) return plain((event.shiftKey ? SHIFTED : CHORDS)[key]);
  if (/^\d$/.test(key)) return { deed: "focus", digit: Number(key) };
  const by = PAGES[key];
  if (by) return scrolls(event.target) ? null : { deed: "page", digit: by };
  const deed = KEYS[key];
  return deed === "talk" && pressesSpace(event.target) ? null : plain(deed);
}

/** @param {Deed | undefined} deed @returns {Pressed | null} */
function plain(deed) {
  return deed ? { deed, digit: 0 } : null;
}

/** Space is how a button is pressed. @param {EventTarget | null} target */
function pressesSpace(target) {
  return target instanceof Element && target.closest("button, a, summary, label") !== null;
}

/** What lies beside the tiles is read with these keys. @param {EventTarget | null} target */
function scrolls(target) {
  return target instanceof Element && target.closest(".panel") !== null;
}
