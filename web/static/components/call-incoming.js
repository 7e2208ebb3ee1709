import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { Component } from "./component.js";
import { trapFocus } from "./focus.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * @typedef {object} IncomingData
 * @property {string} name who calls
 * @property {string} picture of who calls; empty for none
 * @property {string} kind what it is, in a few words
 * @property {{userID: string, name: string, picture: string}[]} others who is in it or asked as well; none in a call between two
 * @property {boolean} video
 * @property {MediaStreamTrack | null} preview one's own picture, where the camera may be used already
 * @property {boolean} silenced
 * @property {(camera: boolean) => void} accept
 * @property {() => void} decline
 * @property {() => void} silence
 */

/**
 * Somebody calls. The dialog takes the focus, but on itself and not on a
 * button: a key that was meant for something else answers nothing.
 *
 * @extends {Component<IncomingData>}
 */
export class CallIncoming extends Component {
  /** @override */
  connected() {
    this.until(trapFocus(this));
  }

  /** @override */
  drawn() {
    const video = this.querySelector("video");
    const { preview } = this.data;
    if (!video || !preview) return;
    const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : null;
    if (shown !== preview) video.srcObject = new MediaStream([preview]);
  }

  /** @override */
  template() {
    const { name, picture, kind, others, video, preview, silenced, accept, decline, silence } = this.data;
    return html`<div class="sheet incoming" role="alertdialog" aria-modal="true" aria-labelledby="incoming-who" aria-describedby="incoming-kind" tabindex="-1">
      <div class="incoming-face ${video ? "with-preview" : ""} ${silenced ? "" : "pulsing"}">
        ${preview
          ? html`<video class="incoming-preview mirrored" muted autoplay playsinline aria-label=${t("preview")} .muted=${true}></video>`
          : avatar(name, "large", picture)}
      </div>
      <h2 id="incoming-who" class="incoming-name">${name}</h2>
      <p id="incoming-kind" class="muted-text">${kind}</p>
      ${others.length > 0 ? html`<p class="incoming-others" data-testid="incoming-others">
          <span class="faces" aria-hidden="true">${repeat(others.slice(0, 5), ({ userID }) => userID, (other) => avatar(other.name, "small", other.picture))}</span>
          <span>${t("withPeople", { names: others.map((other) => other.name).join(", ") })}</span>
        </p>` : nothing}
      <div class="incoming-actions">
        <button type="button" class="round-labelled decline" @click=${decline}>
          <span class="round danger">${icons.hangUp}</span><span>${t("decline")}</span>
        </button>
        <button type="button" class="round-labelled accept" @click=${() => accept(true)}>
          <span class="round success">${video ? icons.camera : icons.phone}</span><span>${t("accept")}</span>
        </button>
      </div>
      <div class="incoming-more">
        ${video ? html`<button type="button" class="quiet" @click=${() => accept(false)}>${icons.cameraOff}${t("acceptNoCamera")}</button>` : nothing}
        ${silenced ? nothing : html`<button type="button" class="quiet" @click=${silence}>${icons.bellOff}${t("silence")}</button>`}
      </div>
    </div>`;
  }
}

customElements.define("call-incoming", CallIncoming);
