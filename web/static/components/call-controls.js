import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/** @typedef {"devices" | "help" | "people" | "chat" | "stats" | "more" | "leave" | "reactions" | null} Panel */

/**
 * A button of the bar that a narrow screen finds in its menu. Its name stays
 * the same whatever the state; aria-pressed or aria-expanded tells it.
 *
 * @typedef {object} Control
 * @property {string} id also its class in the bar
 * @property {string} label
 * @property {unknown} icon
 * @property {string} key its shortcut; empty for none
 * @property {boolean} [pressed] of a switch
 * @property {boolean} [open] of what opens something
 * @property {boolean} [lit] shown as active
 * @property {number} [count] what waits there
 * @property {boolean} [menuOnly] never in the bar
 * @property {() => void} act
 */

/**
 * @typedef {object} ControlsData
 * @property {boolean} muted
 * @property {boolean} cameraOff
 * @property {readonly Control[]} controls those after the microphone and the camera
 * @property {Panel} panel what is open
 * @property {() => void} toggleMic
 * @property {() => void} toggleCamera
 * @property {(panel: Panel) => void} open
 * @property {string} leaveLabel
 * @property {boolean} asks leaving opens a menu first
 * @property {() => void} leave
 */

/**
 * The bar of buttons of a call.
 *
 * @param {ControlsData} data
 */
export function callControls({ muted, cameraOff, controls, panel, toggleMic, toggleCamera, open, leaveLabel, asks, leave }) {
  const waiting = controls.reduce((sum, { id, count = 0 }) => (id === "chat" || id === "people" ? sum + count : sum), 0);
  return html`<div class="controls" role="toolbar" aria-label=${t("callControls")} @mousedown=${stay}>
    <button type="button" class="round ${muted ? "off" : ""}" aria-label=${t("mute")} title="${t("mute")} (M)" aria-pressed=${muted} @click=${toggleMic}>
      ${muted ? icons.micOff : icons.mic}
    </button>
    <button type="button" class="round ${cameraOff ? "off" : ""}" aria-label=${t("turnOffCamera")} title="${t("turnOffCamera")} (V)" aria-pressed=${cameraOff} @click=${toggleCamera}>
      ${cameraOff ? icons.cameraOff : icons.camera}
    </button>
    ${repeat(controls.filter(({ menuOnly }) => !menuOnly), ({ id }) => id, (control) => round(control))}
    <button type="button" class="round control-more" aria-label=${t("more")} title=${t("more")} aria-expanded=${panel === "more"} @click=${() => open(panel === "more" ? null : "more")}>
      ${icons.more}${badge(waiting, "more-badge")}
    </button>
    <button type="button" class="round danger hang-up control-leave" aria-label=${leaveLabel} title=${leaveLabel} aria-expanded=${asks ? panel === "leave" : nothing} @click=${leave}>${icons.hangUp}</button>
  </div>`;
}

/** A click leaves the focus where it is: Space would press the button again instead of opening the microphone. @param {MouseEvent} event */
function stay(event) {
  event.preventDefault();
}

/** @param {Control} control */
function round({ id, label, icon, key, pressed, open, lit, count = 0, act }) {
  return html`<button type="button" class="round control-${id} ${lit ? "lit" : ""}" aria-label=${label} title=${key ? `${label} (${key})` : label}
    aria-pressed=${pressed ?? nothing} aria-expanded=${open ?? nothing} @click=${act}>${icon}${badge(count)}</button>`;
}

/** @param {number} count @param {string} [looks] */
function badge(count, looks = "") {
  return count > 0 ? html`<span class="control-badge ${looks}" aria-hidden="true">${count > 99 ? "99+" : count}</span>` : nothing;
}

/**
 * What the bar has no room for, with words.
 *
 * @param {readonly Control[]} controls
 * @param {() => void} close
 */
export function moreMenu(controls, close) {
  return html`<section class="panel pop more-panel" aria-label=${t("more")}>
    <ul class="more-list">
      ${repeat(controls, ({ id }) => id, ({ id, label, icon, key, pressed, count = 0, menuOnly, act }) => html`<li class="more-${id} ${menuOnly ? "" : "in-bar"}">
        <button type="button" class="more-item" aria-pressed=${pressed ?? nothing} @click=${() => {
          close();
          act();
        }}>${icon}<span>${label}</span>${count > 0 ? html`<span class="badge">${count}</span>` : nothing}${key ? html`<kbd aria-hidden="true">${key}</kbd>` : nothing}</button>
      </li>`)}
    </ul>
  </section>`;
}
