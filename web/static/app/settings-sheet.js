import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Sheet } from "../components/sheet.js";
import { html } from "../vendor/lit-html.js";
import "./blocked-people.js";
import { chooseLanguage } from "./choose-language.js";
import "./disturb-setting.js";
import "./profile-form.js";
import "./push-setting.js";

/**
 * @typedef {object} SettingsData
 * @property {import("../sdk/index.js").Client} client
 * @property {import("../components/preferences.js").Preferences} preferences
 * @property {(userID: string) => string} nameOf
 * @property {() => void} checkDevices
 * @property {() => void} close
 */

/**
 * What one shows of oneself, what may ring, whom one does not want to hear from.
 *
 * @extends {Sheet<SettingsData>}
 */
export class SettingsSheet extends Sheet {
  /** @override */
  connected() {
    super.connected();
    this.until(this.data.preferences.on("change", () => this.update()));
  }

  /** @override */
  template() {
    const { client, nameOf } = this.data;
    return this.dialog(t("settings"), html`
      <section aria-label=${t("profile")}><profile-form .data=${client}></profile-form></section>
      <section class="apart" aria-labelledby="settings-calls">
        <h3 id="settings-calls">${t("callsAndSounds")}</h3>
        <disturb-setting .data=${client}></disturb-setting>
        ${this.#ringtone()}
        <push-setting .data=${client}></push-setting>
        <button type="button" class="quiet edge" @click=${() => this.data.checkDevices()}>${icons.sliders}${t("checkDevices")}</button>
      </section>
      <section class="apart" aria-labelledby="settings-blocked">
        <h3 id="settings-blocked">${t("blockedPeople")}</h3>
        <blocked-people .data=${{ client, nameOf }}></blocked-people>
      </section>
      <section class="apart">${this.#languages()}</section>`);
  }

  #ringtone() {
    const { preferences } = this.data;
    const turn = (/** @type {{target: HTMLInputElement}} */ { target }) => preferences.set({ ringtone: target.checked });
    return html`<label class="check"><input type="checkbox" data-testid="ringtone" .checked=${preferences.values.ringtone} @change=${turn} /><span>${t("ringtone")}</span></label>`;
  }

  #languages() {
    const choose = (/** @type {{target: HTMLSelectElement}} */ { target }) => chooseLanguage(target.value === "zh" ? "zh" : "en");
    return html`<label class="field"><span>${t("language")}</span>
      <select data-testid="language" @change=${choose}>
        <option value="en" lang="en" .selected=${language.code === "en"}>English</option>
        <option value="zh" lang="zh-CN" .selected=${language.code === "zh"}>中文</option>
      </select>
    </label>`;
  }
}

customElements.define("settings-sheet", SettingsSheet);
