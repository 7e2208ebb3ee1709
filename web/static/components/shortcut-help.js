import { html } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { SHORTCUTS } from "./shortcuts.js";

/**
 * The list of keys, and the switch that turns them off.
 *
 * @param {object} data
 * @param {import("./preferences.js").Preferences} data.preferences
 * @param {(deed: import("./shortcuts.js").Deed) => boolean} data.has whether there is such a thing to do
 * @param {() => void} data.close
 */
export function shortcutHelp({ preferences, has, close }) {
  const keys = [...SHORTCUTS.filter(({ deed }) => has(deed)), { shown: ["Esc"], label: /** @type {const} */ ("key_esc") }];
  return html`<section class="panel pop keys-panel" aria-label=${t("help")}>
    <header class="panel-head">
      <h3>${t("help")}</h3>
      <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
    </header>
    <dl class="keys">
      ${keys.map(({ shown, label }) => html`<div><dt>${shown.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${t(label)}</dd></div>`)}
    </dl>
    <label class="check">
      <input type="checkbox" .checked=${preferences.values.shortcuts}
        @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => preferences.set({ shortcuts: target.checked })} />
      <span>${t("shortcutsOn")}</span>
    </label>
  </section>`;
}
