import { html } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * How loud somebody is played, here only.
 *
 * @param {{room: import("../sdk/room.js").Room, userID: string, name: string}} whose
 */
export function volumeSlider({ room, userID, name }) {
  return html`<label class="volume">${icons.speaker}<span class="visually-hidden">${t("volumeOf", { name })}</span>
    <input type="range" min="0" max="100" step="5" .value=${String(room.remoteAudioVolume(userID))}
      @input=${(/** @type {{target: HTMLInputElement}} */ { target }) => room.setRemoteAudioVolume(userID, Number(target.value))} /></label>`;
}
