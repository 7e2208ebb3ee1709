import { browser } from "../sdk/platform.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Attention } from "./attention.js";
import "./call-ended.js";
import "./call-incoming.js";
import { CallModel } from "./call-model.js";
import { endSentence } from "./call-sentences.js";
import "./call-view.js";
import { Component } from "./component.js";
import { language, t } from "./i18n.js";
import { RemoteAudio } from "./remote-audio.js";
import { Tones } from "./tones.js";

/**
 * @typedef {object} CallKitData
 * @property {import("../sdk/index.js").Client} client
 * @property {import("./preferences.js").Preferences} preferences
 * @property {(userID: string) => string} nameOf
 */

/** @type {Partial<Record<import("./call-model.js").Display, import("./tones.js").Tone>>} */
const TONES = { ringing: "ringing", calling: "ringback" };

/**
 * One-to-one calls for any page: `<call-kit>` with a Client in its `data`. It
 * shows nothing until somebody calls or call() is called. `data-state` is
 * idle, calling, ringing, connecting, connected, reconnecting or ended;
 * `data-tone` is what sounds. Dispatches a `statechange` event.
 *
 * @extends {Component<CallKitData>}
 */
export class CallKit extends Component {
  #tones = new Tones();
  #attention = new Attention();
  /** @type {CallModel | null} */
  #model = null;
  /** @type {RemoteAudio | null} */
  #audio = null;
  #silenced = false;
  #said = "";
  /** Where the focus was before there was a call. @type {HTMLElement | null} */
  #focusedBefore = null;

  /** @override */
  connected() {
    const { client, preferences } = this.data;
    const model = new CallModel(client);
    this.#model = model;
    this.#audio = new RemoteAudio(client.room, () => this.update());
    this.#applyDevices();
    /** @param {BeforeUnloadEvent} event */
    const ask = (event) => {
      if (client.engine.state().phase !== "idle") event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    this.until(
      model.on("change", () => this.#changed()),
      preferences.on("change", () => this.#applyDevices()),
      language.on("change", () => this.update()),
      client.engine.on("onCallReceived", ({ mediaType }) => void (mediaType === "video" && this.#warm())),
      () => window.removeEventListener("beforeunload", ask),
      () => this.#quiet(),
    );
  }

  /** @override */
  drawn() {
    const display = this.#model?.display ?? "idle";
    if (this.dataset.state === display) return;
    this.dataset.state = display;
    if (display === "idle" && this.#focusedBefore?.isConnected) this.#focusedBefore.focus();
    this.dispatchEvent(new CustomEvent("statechange", { detail: display, bubbles: true }));
  }

  /**
   * Calls somebody, with the devices the preferences ask for.
   *
   * @param {string} userID
   * @param {import("../sdk/wire.js").MediaType} mediaType
   */
  call(userID, mediaType) {
    const { startMuted, startCameraOff } = this.data.preferences.values;
    this.data.client.engine.call(userID, mediaType, { muted: startMuted, camera: !startCameraOff });
  }

  /** @override */
  template() {
    return html`${this.#overlay()}
      <div class="visually-hidden" role="alert" aria-live="assertive">${this.#urgent()}</div>
      <div class="visually-hidden" role="status" aria-live="polite">${this.#said}</div>`;
  }

  #overlay() {
    const model = this.#model;
    if (!model) return nothing;
    const { client, preferences, nameOf } = this.data;
    const { call, display, over } = model;
    if (display === "idle") return nothing;
    if (display === "ringing") {
      return html`<call-incoming .data=${{
        name: nameOf(model.peer),
        picture: client.profiles.get(model.peer)?.avatarURL ?? "",
        video: call.mediaType === "video",
        preview: model.media.track("camera"),
        silenced: this.#mute,
        accept: (/** @type {boolean} */ camera) => this.#accept(camera),
        decline: () => client.engine.reject(),
        silence: () => this.#silence(),
      }}></call-incoming>`;
    }
    if (over && display === "ended") {
      return html`<call-ended .data=${{
        over,
        name: nameOf(over.peer),
        again: () => this.call(over.peer, over.mediaType),
        close: () => model.dismiss(),
      }}></call-ended>`;
    }
    return html`<call-view .data=${{
      model,
      preferences,
      tones: this.#tones,
      name: nameOf(model.peer),
      audioBlocked: this.#audio?.blocked ?? false,
      unblockAudio: () => this.#audio?.play(),
    }}></call-view>`;
  }

  #urgent() {
    const model = this.#model;
    if (model?.display !== "ringing") return "";
    const kind = model.call.mediaType === "video" ? t("incomingVideo") : t("incomingVoice");
    return t("incomingFrom", { kind, name: this.data.nameOf(model.peer) });
  }

  /** The tone changes here and now, not with the next drawing. */
  #changed() {
    const model = this.#model;
    if (!model) return;
    const { display } = model;
    const active = document.activeElement;
    if (this.dataset.state === "idle" && active instanceof HTMLElement) this.#focusedBefore = active;
    if (display !== "ringing") this.#silenced = false;
    const tone = display === "ringing" && this.#mute ? undefined : TONES[display];
    if (tone) this.#tones.start(tone);
    else this.#tones.stop();
    this.dataset.tone = tone ?? "";
    if (display !== "ringing") this.#attention.stop();
    else if (this.dataset.state !== "ringing" && !this.data.client.receiveOpt.silent) this.#attention.start(this.#urgent());
    this.#say(model);
    this.update();
  }

  /** It rings without a sound. */
  get #mute() {
    const { client, preferences } = this.data;
    return this.#silenced || client.receiveOpt.silent || !preferences.values.ringtone;
  }

  /** @param {CallModel} model */
  #say(model) {
    const { display, over } = model;
    const name = this.data.nameOf(model.peer || (over?.peer ?? ""));
    if (display === "connected") this.#said = t("connected", { name });
    else if (display === "reconnecting") this.#said = t("reconnecting");
    else if (display === "ended" && over) this.#said = endSentence(over, name);
    else this.#said = "";
  }

  /** @param {boolean} camera */
  #accept(camera) {
    this.#tones.stop();
    const { startMuted, startCameraOff } = this.data.preferences.values;
    this.data.client.engine.accept({ camera: camera && !startCameraOff, muted: startMuted });
  }

  #silence() {
    this.#silenced = true;
    this.#changed();
  }

  #quiet() {
    this.#tones.stop();
    this.#attention.stop();
  }

  /** Shows the preview while it rings where the camera was allowed before: nobody is asked by a stranger's call. */
  async #warm() {
    if (this.data.preferences.values.startCameraOff) return;
    if ((await browser.permission("camera")) === "granted") await this.data.client.engine.openPreview();
  }

  #applyDevices() {
    const { client, preferences } = this.data;
    const { mic, camera, speaker } = preferences.values;
    void client.room.setCurrentMicDevice(mic);
    void client.room.setCurrentCameraDevice(camera);
    client.room.setCurrentSpeakerDevice(speaker);
  }
}

customElements.define("call-kit", CallKit);
