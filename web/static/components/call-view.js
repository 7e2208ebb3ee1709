import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { callControls } from "./call-controls.js";
import { Component } from "./component.js";
import "./device-picker.js";
import { trapFocus, typing } from "./focus.js";
import { clock } from "./format.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { watchLevel } from "./level.js";
import { callNotices } from "./notices.js";
import { qualityBars } from "./quality-bars.js";
import { shortcutHelp } from "./shortcut-help.js";

/**
 * @typedef {object} ViewData
 * @property {import("./call-model.js").CallModel} model
 * @property {import("./preferences.js").Preferences} preferences
 * @property {import("./tones.js").Tones} tones
 * @property {string} name the other one's
 * @property {boolean} audioBlocked
 * @property {() => void} unblockAudio
 */

const TICK_MS = 250;
const SPEAKING = 0.12;
const NOTICE_MS = 3_000;

/**
 * A call from the first dial tone to the end: the other one large, oneself small.
 *
 * @extends {Component<ViewData>}
 */
export class CallView extends Component {
  /** @type {import("./call-controls.js").Panel} */
  #panel = null;
  #firstFrame = false;
  #talkingUntil = 0;
  /** @type {MediaStreamTrack | null} */
  #measured = null;
  #stopMeasuring = () => {};

  /** @override */
  connected() {
    const tick = setInterval(() => this.update(), TICK_MS);
    /** @param {KeyboardEvent} event */
    const press = (event) => this.#press(event);
    document.addEventListener("keydown", press);
    this.until(trapFocus(this), () => clearInterval(tick), () => document.removeEventListener("keydown", press));
  }

  /** @override */
  disconnected() {
    this.#stopMeasuring();
    this.data.model.engine.startRemoteView(this.data.model.peer, null);
    if (document.fullscreenElement === this) void document.exitFullscreen();
  }

  /** @override */
  drawn() {
    const remote = this.inner("[data-testid=remote-video]", HTMLVideoElement);
    this.data.model.engine.startRemoteView(this.data.model.peer, remote);
    this.#awaitFrame(remote);
    this.#showSelf(this.inner("[data-testid=local-video]", HTMLVideoElement));
    this.#measure();
  }

  /** @override */
  template() {
    const { model, name, preferences } = this.data;
    const { display } = model;
    const showsPicture = model.remoteVideo ?? this.#firstFrame;
    return html`<div class="stage ${showsPicture ? "with-picture" : ""}" role="dialog" aria-modal="true" aria-label=${name} tabindex="-1">
      <video class="remote" data-testid="remote-video" muted autoplay playsinline .muted=${true} aria-label=${t("remoteVideo", { name })}></video>
      ${showsPicture ? nothing : this.#face()}
      <header class="call-head">
        <div class="call-who"><span class="call-name">${name}</span>${this.#status()}</div>
        ${display === "connected" || display === "reconnecting" ? qualityBars(this.#quality()) : nothing}
      </header>
      ${callNotices({ ...this.data, talkingMuted: Date.now() < this.#talkingUntil })}
      ${this.#self()}
      ${this.#panel === "devices" ? this.#devices() : nothing}
      ${this.#panel === "help" ? shortcutHelp(preferences, () => this.#open(null)) : nothing}
      ${callControls({
        muted: model.media.muted || model.media.fault("mic") !== null,
        cameraOff: model.media.track("camera") === null,
        panel: this.#panel,
        toggleMic: () => this.#toggleMic(),
        toggleCamera: () => void this.#toggleCamera(),
        open: (panel) => this.#open(panel),
        fullscreen: () => void this.#fullscreen(),
        hangUp: () => model.engine.hangup(),
      })}
    </div>`;
  }

  #status() {
    const { display, elapsed, call } = this.data.model;
    if (display === "calling") return html`<span class="call-status">${t("calling")}</span>`;
    if (display === "connecting" || !call.startedAt) return html`<span class="call-status">${t("connecting")}</span>`;
    return html`<time class="call-status" role="timer" data-testid="call-clock">${clock(elapsed)}</time>`;
  }

  #quality() {
    const { local, remote } = this.data.model.quality;
    return Math.max(local, remote);
  }

  #face() {
    const { model, name } = this.data;
    const waiting = model.display === "calling" || model.display === "connecting";
    const video = model.call.mediaType === "video";
    return html`<div class="face ${waiting ? "pulsing" : ""}">
      ${avatar(name, "large")}
      ${!waiting && video ? html`<p>${t("cameraOffRemote", { name })}</p>` : nothing}
    </div>`;
  }

  #self() {
    const { media } = this.data.model;
    const on = media.track("camera") !== null;
    return html`<div class="self ${on ? "" : "self-off"}">
      <video class="mirrored" data-testid="local-video" muted autoplay playsinline .muted=${true} ?hidden=${!on} aria-label=${t("localVideo")}></video>
      ${on ? nothing : icons.cameraOff}
      ${media.muted ? html`<span class="self-muted">${icons.micOff}</span>` : nothing}
    </div>`;
  }

  #devices() {
    const { model, preferences, tones } = this.data;
    const { mic, camera, speaker } = preferences.values;
    return html`<section class="panel" aria-label=${t("devices")}>
      <header class="panel-head">
        <h3>${t("devices")}</h3>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${() => this.#open(null)}>${icons.close}</button>
      </header>
      <device-picker .data=${{
        chosen: { mic, camera, speaker },
        choose: (/** @type {import("./device-picker.js").PickerKind} */ kind, /** @type {string} */ id) => preferences.set({ [kind]: id }),
        testSound: () => void tones.test(model.engine.room.speakerID),
      }}></device-picker>
    </section>`;
  }

  /** @param {import("./call-controls.js").Panel} panel */
  #open(panel) {
    this.#panel = panel;
    this.update();
  }

  #toggleMic() {
    const { model } = this.data;
    const closed = !model.media.track("mic") && !model.media.opening("mic");
    if (closed) return void model.engine.room.startLocalAudio();
    model.engine.room.muteLocalAudio(!model.media.muted);
  }

  async #toggleCamera() {
    const { room } = this.data.model.engine;
    if (room.media.track("camera")) room.closeCamera();
    else await room.openCamera();
  }

  async #fullscreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.requestFullscreen();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key === "Escape" && this.#panel) return this.#open(null);
    if (!this.data.preferences.values.shortcuts || typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "m") this.#toggleMic();
    else if (key === "v") void this.#toggleCamera();
    else if (key === "f") void this.#fullscreen();
    else if (key === "?") this.#open(this.#panel === "help" ? null : "help");
  }

  /** Marks the first frame of a call, for who measures, and shows it. @param {HTMLVideoElement} video */
  #awaitFrame(video) {
    if (this.#firstFrame || video.dataset.awaited) return;
    video.dataset.awaited = "true";
    const arrived = () => {
      if (this.#firstFrame) return;
      this.#firstFrame = true;
      performance.mark("callsvc:first-remote-frame");
      this.update();
    };
    if (typeof video.requestVideoFrameCallback === "function") video.requestVideoFrameCallback(arrived);
    else video.addEventListener("playing", arrived, { once: true });
  }

  /** @param {HTMLVideoElement} video */
  #showSelf(video) {
    const track = this.data.model.media.track("camera");
    const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] ?? null : null;
    if (shown !== track) video.srcObject = track ? new MediaStream([track]) : null;
  }

  /** Notices a voice at a muted microphone. */
  #measure() {
    const { media } = this.data.model;
    const track = media.muted ? media.monitor : null;
    if (track === this.#measured) return;
    this.#measured = track;
    this.#stopMeasuring();
    this.#talkingUntil = 0;
    if (!track) return void (this.#stopMeasuring = () => {});
    let loud = 0;
    this.#stopMeasuring = watchLevel(track, (level) => {
      loud = level > SPEAKING ? loud + 1 : 0;
      if (loud >= 3) this.#talkingUntil = Date.now() + NOTICE_MS;
    });
  }
}

customElements.define("call-view", CallView);
