import { html, nothing } from "../vendor/lit-html.js";
import { Component } from "./component.js";
import "./device-picker.js";
import { trapFocus } from "./focus.js";
import { language, t, tOr } from "./i18n.js";
import { icons } from "./icons.js";
import { Preview } from "./preview.js";
import { Tones } from "./tones.js";
import { whoIsInside } from "./who-is-inside.js";

/**
 * @typedef {object} PreJoinData
 * @property {import("../sdk/localmedia.js").LocalMedia} media what is opened here goes into the meeting
 * @property {import("./preferences.js").Preferences} preferences
 * @property {boolean} guest asks for a name
 * @property {boolean} busy on the way in
 * @property {string} fault why one is not in; empty for none
 * @property {string} note what else is to be said; empty for nothing
 * @property {import("./who-is-inside.js").Inside | null} inside who is there; null where that is not known
 * @property {(userID: string) => string} pictureOf
 * @property {(name: string) => void} join
 * @property {(() => void) | null} cancel
 */

/**
 * Before a meeting: how one looks and sounds, and as a guest what one is called.
 *
 * @extends {Component<PreJoinData>}
 */
export class PreJoin extends Component {
  #tones = new Tones();
  #devices = false;
  #preview = new Preview(() => this.data.media);

  /** @override */
  connected() {
    const { media, preferences } = this.data;
    this.until(
      trapFocus(this),
      language.on("change", () => this.update()),
      media.on("change", () => this.update()),
      media.on("fault", () => this.update()),
      preferences.on("change", () => void this.#choose()),
      () => this.#preview.stop(),
      () => this.#tones.stop(),
    );
    media.setMuted(preferences.values.startMuted);
    void this.#begin();
  }

  async #begin() {
    await this.#preview.look();
    await this.#choose();
    if (this.#preview.permission === "granted") await this.#open();
    this.update();
  }

  async #open() {
    await this.#preview.open({ camera: !this.data.preferences.values.startCameraOff });
    this.update();
  }

  async #choose() {
    const { media, preferences } = this.data;
    await media.setDevice("mic", preferences.values.mic);
    await media.setDevice("camera", preferences.values.camera);
  }

  /** @override */
  drawn() {
    this.#preview.show(this.inner("video", HTMLVideoElement), this.inner("meter", HTMLMeterElement));
  }

  /** @override */
  template() {
    const { media, guest, busy, fault, note, inside, pictureOf, cancel } = this.data;
    const camera = media.track("camera") !== null;
    const muted = media.muted || media.track("mic") === null;
    return html`<div class="pre-join card" role="dialog" aria-labelledby="pre-join-title" tabindex="-1">
      <h2 id="pre-join-title">${t("joinMeeting")}</h2>
      ${note ? html`<p class="muted-text">${note}</p>` : nothing}
      <div class="pre-join-picture">
        <video class="mirrored" muted autoplay playsinline .muted=${true} ?hidden=${!camera} aria-label=${t("preview")} data-testid="local-video"></video>
        ${camera ? nothing : html`<div class="check-explain">${icons.cameraOff}${this.#explain()}</div>`}
        <div class="pre-join-buttons">
          <button type="button" class="round ${muted ? "off" : ""}" aria-label=${t("mute")} title=${t("mute")} aria-pressed=${muted} @click=${() => this.#toggleMic()}>${muted ? icons.micOff : icons.mic}</button>
          <button type="button" class="round ${camera ? "" : "off"}" aria-label=${t("turnOffCamera")} title=${t("turnOffCamera")} aria-pressed=${!camera} @click=${() => void this.#toggleCamera()}>${camera ? icons.camera : icons.cameraOff}</button>
          <button type="button" class="round" aria-label=${t("devices")} title=${t("devices")} aria-expanded=${this.#devices} @click=${() => this.#toggleDevices()}>${icons.sliders}</button>
        </div>
      </div>
      <label class="meter"><span class="visually-hidden">${t("levelMeter")}</span><meter min="0" max="1" low="0.05" high="0.9" optimum="0.4"></meter></label>
      ${this.#devices ? this.#picker() : nothing}
      <form class="pre-join-form" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        ${guest ? html`<label class="field"><span>${t("yourName")}</span><input name="name" data-testid="guest-name" required maxlength="64" autocomplete="nickname" /></label>` : nothing}
        ${inside ? whoIsInside(inside, pictureOf) : nothing}
        ${fault ? html`<p class="fault" role="alert">${fault}</p>` : nothing}
        <button class="accent wide" ?disabled=${busy}>${busy ? html`<span class="spinner" aria-hidden="true"></span>` : nothing}${t("joinNow")}</button>
        ${cancel ? html`<button type="button" class="quiet wide" @click=${cancel}>${t("cancel")}</button>` : nothing}
      </form>
    </div>`;
  }

  #explain() {
    const { media } = this.data;
    if (this.#preview.permission === "prompt") {
      return html`<p>${t("permissionWhy")}</p><button type="button" class="accent" @click=${() => void this.#open()}>${t("allowDevices")}</button>`;
    }
    if (this.#preview.permission === "denied") return html`<p>${t("deniedHelp")}</p>`;
    const fault = media.fault("camera");
    return html`<p>${fault ? t("noCamera", { reason: tOr(`fault_${fault}`, "fault_failed") }) : t("cameraIsOff")}</p>`;
  }

  #picker() {
    const { preferences } = this.data;
    const { mic, camera, speaker } = preferences.values;
    return html`<device-picker .data=${{
      chosen: { mic, camera, speaker },
      choose: (/** @type {import("./device-picker.js").PickerKind} */ kind, /** @type {string} */ id) => preferences.set({ [kind]: id }),
      testSound: () => void this.#tones.test(speaker),
    }}></device-picker>`;
  }

  #toggleMic() {
    const { media } = this.data;
    if (media.track("mic")) return media.setMuted(!media.muted);
    media.setMuted(false);
    void media.open({ mic: true });
  }

  async #toggleCamera() {
    const { media } = this.data;
    if (media.track("camera")) media.close("camera");
    else await media.open({ camera: true });
  }

  #toggleDevices() {
    this.#devices = !this.#devices;
    this.update();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name") ?? "").trim();
    if (this.data.guest && !name) return;
    if (this.#preview.permission === "prompt") void this.#open(); // whoever joins wants to be seen and heard
    this.data.join(name);
  }
}

customElements.define("pre-join", PreJoin);
