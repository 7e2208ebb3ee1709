import { Emitter } from "../sdk/emitter.js";
import { en, zh } from "./strings.js";

/**
 * @typedef {keyof typeof en} Key
 * @typedef {"en" | "zh"} LanguageCode
 */

/** @type {Record<LanguageCode, Record<Key, string>>} */
const TABLES = { en, zh };

/**
 * The page's language.
 *
 * @extends {Emitter<{change: LanguageCode}>}
 */
class Language extends Emitter {
  /** @type {LanguageCode} */
  #code = "en";

  get code() {
    return this.#code;
  }

  /** @param {LanguageCode} code */
  set(code) {
    this.#code = code;
    this.emit("change", code);
  }

  /** The tag for Intl and the lang attribute. */
  get tag() {
    return this.#code === "zh" ? "zh-CN" : "en";
  }
}

export const language = new Language();

/**
 * A sentence in the page's language; {name} in it is replaced from `values`.
 *
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return TABLES[language.code][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The sentence for a key made at run time, or that of the fallback.
 *
 * @param {string} key
 * @param {Key} fallback
 * @param {Record<string, string | number>} [values]
 */
export function tOr(key, fallback, values) {
  return t(key in en ? /** @type {Key} */ (key) : fallback, values);
}
