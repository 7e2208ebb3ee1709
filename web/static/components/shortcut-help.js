import { html } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/** @typedef {import("./preferences.js").Preferences} Preferences */

/**
 * The list of keys, and the switch that turns them off.
 *
 * @param {Preferences} preferences
 * @param {() => void} close
 */
export function shortcutHelp(preferences, close) {
  const keys = /** @type {const} */ ([["M", "key_m"], ["V", "key_c"], ["F", "key_f"], ["?", "key_help"], ["Esc", "key_esc"]]);
  return html`<section class="panel" aria-label=${t("help")}>
    <header class="panel-head">
      <h3>${t("help")}</h3>
      <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
    </header>
    <dl class="keys">
      ${keys.map(([key, meaning]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(meaning)}</dd></div>`)}
    </dl>
    <label class="check">
      <input type="checkbox" .checked=${preferences.values.shortcuts}
        @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => preferences.set({ shortcuts: target.checked })} />
      <span>${t("shortcutsOn")}</span>
    </label>
  </section>`;
}
