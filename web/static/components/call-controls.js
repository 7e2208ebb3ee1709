import { html } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/** @typedef {"devices" | "help" | null} Panel */

/**
 * @typedef {object} ControlsData
 * @property {boolean} muted
 * @property {boolean} cameraOff
 * @property {Panel} panel what is open
 * @property {() => void} toggleMic
 * @property {() => void} toggleCamera
 * @property {(panel: Panel) => void} open
 * @property {() => void} fullscreen
 * @property {() => void} hangUp
 */

/**
 * The bar of buttons of a call. Names stay the same whatever the state;
 * aria-pressed tells it.
 *
 * @param {ControlsData} data
 */
export function callControls({ muted, cameraOff, panel, toggleMic, toggleCamera, open, fullscreen, hangUp }) {
  /** @param {Panel} which */
  const toggle = (which) => open(panel === which ? null : which);
  return html`<div class="controls" role="toolbar" aria-label=${t("callControls")}>
    <button type="button" class="round ${muted ? "off" : ""}" aria-label=${t("mute")} title="${t("mute")} (M)" aria-pressed=${muted} @click=${toggleMic}>
      ${muted ? icons.micOff : icons.mic}
    </button>
    <button type="button" class="round ${cameraOff ? "off" : ""}" aria-label=${t("turnOffCamera")} title="${t("turnOffCamera")} (V)" aria-pressed=${cameraOff} @click=${toggleCamera}>
      ${cameraOff ? icons.cameraOff : icons.camera}
    </button>
    <button type="button" class="round" aria-label=${t("devices")} title=${t("devices")} aria-expanded=${panel === "devices"} @click=${() => toggle("devices")}>
      ${icons.sliders}
    </button>
    <button type="button" class="round wide-only" aria-label=${t("fullscreen")} title="${t("fullscreen")} (F)" @click=${fullscreen}>${icons.expand}</button>
    <button type="button" class="round wide-only" aria-label=${t("help")} title="${t("help")} (?)" aria-expanded=${panel === "help"} @click=${() => toggle("help")}>
      ${icons.keyboard}
    </button>
    <button type="button" class="round danger hang-up" aria-label=${t("hangUp")} title=${t("hangUp")} @click=${hangUp}>${icons.hangUp}</button>
  </div>`;
}
