import { browser } from "../sdk/platform.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Attention } from "./attention.js";
import "./call-ended.js";
import "./call-incoming.js";
import "./call-people.js";
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
 * @property {(userID: string) => string} [pictureOf] the address of a portrait; empty for none
 * @property {(groupID: string) => string} [groupNameOf]
 * @property {(groupID: string) => Promise<string[]>} [candidates] who may be asked into a call; with an empty group id, of none
 */

/** @type {Partial<Record<import("./call-model.js").Display, import("./tones.js").Tone>>} */
const TONES = { ringing: "ringing", calling: "ringback" };

/**
 * Calls for any page, of two or of many: `<call-kit>` with a Client in its `data`. It
 * shows nothing until somebody calls, or call(), groupCall() or join() is called. `data-state` is
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
  /** The call had begun when it was looked at last. */
  #lasted = false;
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

  /**
   * Calls members of a group; with an empty group id several people of none.
   *
   * @param {string} groupID
   * @param {string[]} userIDs
   * @param {import("../sdk/wire.js").MediaType} mediaType
   */
  groupCall(groupID, userIDs, mediaType) {
    const { startMuted, startCameraOff } = this.data.preferences.values;
    this.data.client.engine.groupCall(groupID, userIDs, mediaType, { muted: startMuted, camera: !startCameraOff });
  }

  /** Goes into a call of a group that others are in. @param {import("../sdk/engine-types.js").RunningCall} running */
  join(running) {
    const { startMuted, startCameraOff } = this.data.preferences.values;
    this.data.client.engine.join(running, { muted: startMuted, camera: !startCameraOff });
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
    const { client, preferences, nameOf, pictureOf = () => "" } = this.data;
    const { call, display, over } = model;
    if (display === "idle") return nothing;
    if (display === "ringing") {
      const others = model.direct ? [] : call.participants.filter(({ userID }) => userID !== model.peer);
      return html`<call-incoming .data=${{
        name: nameOf(model.peer),
        picture: pictureOf(model.peer),
        kind: this.#kind(call),
        others: others.map(({ userID }) => ({ userID, name: nameOf(userID), picture: pictureOf(userID) })),
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
        name: this.#titleOf(over),
        again: goesOn(over, call.self) ? null : () => this.#again(over),
        takeBack: over.outcome === "takenOver" && over.groupID ? () => this.#takeBack(over) : null,
        close: () => model.dismiss(),
      }}></call-ended>`;
    }
    const ring = (/** @type {string[]} */ userIDs) => client.engine.inviteUser(userIDs);
    return html`<call-view .data=${{
      model,
      preferences,
      tones: this.#tones,
      title: this.#titleOf(call),
      nameOf,
      pictureOf,
      audioBlocked: this.#audio?.blocked ?? false,
      unblockAudio: () => this.#audio?.play(),
      ring,
      panels: { people: this.#people(model, ring) },
    }}></call-view>`;
  }

  /** @param {CallModel} model @param {(userIDs: string[]) => void} ring */
  #people(model, ring) {
    const { nameOf, pictureOf = () => "", candidates } = this.data;
    const who = candidates ? () => candidates(model.call.groupID) : null;
    return (/** @type {() => void} */ close) => html`<call-people .data=${{ model, nameOf, pictureOf, candidates: who, ring: who && ring, close }}></call-people>`;
  }

  /**
   * What a call is called: the other one, the group, or who of several.
   *
   * @param {{groupID: string, participants: import("../sdk/participants.js").Participant[]}} call
   */
  #titleOf({ groupID, participants }) {
    const { nameOf, groupNameOf = (id) => id } = this.data;
    if (groupID) return groupNameOf(groupID);
    const [first, ...rest] = participants.map(({ userID }) => nameOf(userID));
    return rest.length > 0 ? t("severalOthers", { name: first ?? "", count: rest.length }) : first ?? "";
  }

  /** @param {import("../sdk/engine-types.js").State} call */
  #kind(call) {
    const video = call.mediaType === "video";
    if (call.groupID) return t(video ? "incomingGroupVideo" : "incomingGroupVoice", { group: this.#titleOf(call) });
    if (call.participants.length > 1) return t(video ? "groupVideoCall" : "groupVoiceCall");
    return t(video ? "incomingVideo" : "incomingVoice");
  }

  /** @param {import("./call-model.js").CallOver} over */
  #again({ groupID, participants, peer, mediaType }) {
    if (groupID || participants.length > 1) this.groupCall(groupID, participants.map(({ userID }) => userID), mediaType);
    else this.call(peer, mediaType);
  }

  /** The call goes on on another device, and comes here again. @param {import("./call-model.js").CallOver} over */
  #takeBack({ callID, groupID, roomID, mediaType, participants }) {
    const userIDList = participants.filter(({ state }) => state === "joined").map(({ userID }) => userID);
    this.join({ callID, groupID, roomID, mediaType, userIDList });
  }

  #urgent() {
    const model = this.#model;
    if (model?.display !== "ringing") return "";
    return t("incomingFrom", { kind: this.#kind(model.call), name: this.data.nameOf(model.peer) });
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
    if (display === "ended" && this.#lasted) this.#tones.signal("over");
    this.#lasted = display === "connected" || display === "reconnecting";
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
    const name = this.#titleOf(over ?? model.call);
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
    const { mic, camera, speaker, noiseSuppression } = preferences.values;
    void client.room.media.setNoiseSuppression(noiseSuppression);
    void client.room.setCurrentMicDevice(mic);
    void client.room.setCurrentCameraDevice(camera);
    client.room.setCurrentSpeakerDevice(speaker);
  }
}

/** Whether the others of a group are still in the call that one has left. @param {import("./call-model.js").CallOver} over @param {string} self */
function goesOn({ groupID, outcome, userID, participants }, self) {
  return groupID !== "" && outcome === "answered" && userID === self && participants.filter(({ state }) => state === "joined").length > 1;
}

customElements.define("call-kit", CallKit);
