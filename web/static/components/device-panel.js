import { html } from "../vendor/lit-html.js";
import "./device-picker.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * Which camera, microphone and speaker, chosen during a call.
 *
 * @param {{preferences: import("./preferences.js").Preferences, testSound: () => void, close: () => void}} data
 */
export function devicePanel({ preferences, testSound, close }) {
  const { mic, camera, speaker, noiseSuppression } = preferences.values;
  return html`<section class="panel pop" aria-label=${t("devices")}>
    <header class="panel-head">
      <h3>${t("devices")}</h3>
      <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
    </header>
    <device-picker .data=${{
      chosen: { mic, camera, speaker },
      choose: (/** @type {import("./device-picker.js").PickerKind} */ kind, /** @type {string} */ id) => preferences.set({ [kind]: id }),
      testSound,
    }}></device-picker>
    <label class="check"><input type="checkbox" .checked=${noiseSuppression} @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => preferences.set({ noiseSuppression: target.checked })} /><span>${t("noiseSuppression")}</span></label>
  </section>`;
}
