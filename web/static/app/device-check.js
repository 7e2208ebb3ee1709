import { Component } from "../components/component.js";
import "../components/device-picker.js";
import { DevicePicker } from "../components/device-picker.js";
import { trapFocus } from "../components/focus.js";
import { t, tOr } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Preview } from "../components/preview.js";
import { Tones } from "../components/tones.js";
import { LocalMedia } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import "./network-check.js";

/**
 * @typedef {object} CheckData
 * @property {import("../sdk/index.js").Client} client
 * @property {import("../components/preferences.js").Preferences} preferences
 * @property {() => void} close
 */

/**
 * See and hear oneself before a call; choose devices and how calls begin.
 *
 * @extends {Component<CheckData>}
 */
export class DeviceCheck extends Component {
  #media = new LocalMedia();
  #preview = new Preview(() => this.#media);
  #tones = new Tones();

  /** @override */
  connected() {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (event.key === "Escape") this.data.close();
    };
    document.addEventListener("keydown", press);
    this.until(
      trapFocus(this),
      () => document.removeEventListener("keydown", press),
      this.#media.on("change", () => this.update()),
      this.#media.on("fault", () => this.update()),
      this.data.preferences.on("change", () => void this.#applyDevices()),
    );
    void this.#begin();
  }

  /** @override */
  disconnected() {
    this.#preview.stop();
    this.#media.closeAll();
    this.#tones.stop();
  }

  async #begin() {
    await this.#preview.look();
    await this.#applyDevices();
    if (this.#preview.permission === "granted") await this.#open();
    this.update();
  }

  async #open() {
    await this.#preview.open({ camera: true });
    this.update();
    if (this.isConnected) await this.inner("device-picker", DevicePicker).refresh();
  }

  async #applyDevices() {
    const { mic, camera, noiseSuppression } = this.data.preferences.values;
    await this.#media.setNoiseSuppression(noiseSuppression);
    await this.#media.setDevice("mic", mic);
    await this.#media.setDevice("camera", camera);
  }

  /** @override */
  drawn() {
    this.#preview.show(this.inner("video", HTMLVideoElement), this.inner("meter", HTMLMeterElement));
  }

  /** @override */
  template() {
    const { client, preferences, close } = this.data;
    const { mic, camera, speaker, noiseSuppression, startMuted, startCameraOff } = preferences.values;
    const on = this.#media.track("camera") !== null;
    return html`<div class="sheet check-sheet" role="dialog" aria-modal="true" aria-labelledby="check-title" tabindex="-1">
      <header class="panel-head">
        <h2 id="check-title">${t("checkDevices")}</h2>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
      </header>
      <p class="muted-text">${t("checkIntro")}</p>
      <div class="check-preview">
        <video class="mirrored" muted autoplay playsinline .muted=${true} ?hidden=${!on} aria-label=${t("preview")}></video>
        ${on ? nothing : html`<div class="check-explain">${icons.cameraOff}${this.#explain()}</div>`}
      </div>
      ${this.#faults()}
      <label class="field meter"><span>${t("levelMeter")}</span><meter min="0" max="1" low="0.05" high="0.9" optimum="0.4"></meter></label>
      <device-picker .data=${{
        chosen: { mic, camera, speaker },
        choose: (/** @type {import("../components/device-picker.js").PickerKind} */ kind, /** @type {string} */ id) => preferences.set({ [kind]: id }),
        testSound: () => void this.#tones.test(preferences.values.speaker),
      }}></device-picker>
      <div class="checks">
        ${check(t("noiseSuppression"), noiseSuppression, (checked) => preferences.set({ noiseSuppression: checked }))}
        ${check(t("startMic"), !startMuted, (checked) => preferences.set({ startMuted: !checked }))}
        ${check(t("startCamera"), !startCameraOff, (checked) => preferences.set({ startCameraOff: !checked }))}
      </div>
      <network-check .data=${{ client }}></network-check>
      <button type="button" class="accent wide" @click=${close}>${t("done")}</button>
    </div>`;
  }

  #explain() {
    if (this.#preview.permission === "prompt") {
      return html`<p>${t("permissionWhy")}</p><button type="button" class="accent" @click=${() => void this.#open()}>${t("allowDevices")}</button>`;
    }
    return this.#preview.permission === "denied" ? html`<p>${t("deniedHelp")}</p>` : nothing;
  }

  #faults() {
    const mic = this.#media.fault("mic");
    const camera = this.#media.fault("camera");
    return [
      mic && html`<p class="fault">${t("noMicrophone", { reason: tOr(`fault_${mic}`, "fault_failed") })}</p>`,
      camera && html`<p class="fault">${t("noCamera", { reason: tOr(`fault_${camera}`, "fault_failed") })}</p>`,
    ];
  }
}

/**
 * @param {string} label
 * @param {boolean} checked
 * @param {(checked: boolean) => void} change
 */
function check(label, checked, change) {
  return html`<label class="check">
    <input type="checkbox" .checked=${checked} @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => change(target.checked)} />
    <span>${label}</span>
  </label>`;
}

customElements.define("device-check", DeviceCheck);
