import { browser } from "../sdk/platform.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Component } from "./component.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * @typedef {"mic" | "camera" | "speaker"} PickerKind
 *
 * @typedef {object} PickerData
 * @property {Record<PickerKind, string>} chosen device ids; empty for the default
 * @property {(kind: PickerKind, deviceID: string) => void} choose
 * @property {() => void} testSound
 */

/** @type {{kind: PickerKind, wire: MediaDeviceKind, label: "microphone" | "camera" | "speaker"}[]} */
const KINDS = [
  { kind: "camera", wire: "videoinput", label: "camera" },
  { kind: "mic", wire: "audioinput", label: "microphone" },
  { kind: "speaker", wire: "audiooutput", label: "speaker" },
];

/**
 * Three lists: which camera, microphone and speaker. Follows what is plugged in and out.
 *
 * @extends {Component<PickerData>}
 */
export class DevicePicker extends Component {
  /** @type {MediaDeviceInfo[]} */
  #devices = [];

  /** @override */
  connected() {
    this.until(browser.onDeviceChange(() => void this.refresh()));
    void this.refresh();
  }

  /** Reads the list again: names are known only once a device was allowed. */
  async refresh() {
    this.#devices = await browser.enumerateDevices();
    this.update();
  }

  /** @override */
  template() {
    return html`<div class="pickers">${KINDS.map((each) => this.#picker(each))}
      <button type="button" class="quiet" @click=${this.data.testSound}>${icons.speaker}${t("testSound")}</button>
    </div>`;
  }

  /** @param {(typeof KINDS)[number]} kind */
  #picker({ kind, wire, label }) {
    const devices = this.#devices.filter((device) => device.kind === wire && device.deviceId && device.deviceId !== "default");
    if (kind === "speaker" && (devices.length === 0 || !("setSinkId" in HTMLMediaElement.prototype))) return nothing;
    const chosen = this.data.chosen[kind];
    return html`<label class="field">
      <span>${t(label)}</span>
      <select @change=${(/** @type {{target: HTMLSelectElement}} */ { target }) => this.data.choose(kind, target.value)}>
        <option value="" ?selected=${!chosen}>${t("defaultDevice")}</option>
        ${repeat(devices, ({ deviceId }) => deviceId, (device, i) => html`<option value=${device.deviceId} ?selected=${device.deviceId === chosen}>${device.label || `${t(label)} ${i + 1}`}</option>`)}
      </select>
    </label>`;
  }
}

customElements.define("device-picker", DevicePicker);
