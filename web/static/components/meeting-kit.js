import { Room } from "../sdk/room.js";
import { html, nothing } from "../vendor/lit-html.js";
import "./call-view.js";
import { Component } from "./component.js";
import { trapFocus } from "./focus.js";
import { language, t, tOr } from "./i18n.js";
import { icons } from "./icons.js";
import { InviteLinks } from "./invite-links.js";
import "./meeting-chat.js";
import { MeetingModel } from "./meeting-model.js";
import { meetingNotices } from "./meeting-notices.js";
import "./meeting-people.js";
import { RemoteAudio } from "./remote-audio.js";
import { Tones } from "./tones.js";

/**
 * @typedef {object} MeetingKitData
 * @property {import("../sdk/index.js").Client} client
 * @property {import("../sdk/localmedia.js").LocalMedia} media one's devices, which may be open already
 * @property {import("./preferences.js").Preferences} preferences
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {(invite: string) => string} linkOf the address that an invitation is opened by
 */

/**
 * After which ends one may go in again, and what that is called.
 *
 * @type {Partial<Record<import("./meeting-model.js").MeetingEnd, "rejoin" | "tryAgain" | "useHere" | "askAgain" | "askBack">>}
 */
const AGAIN = { left: "rejoin", drained: "rejoin", elsewhere: "useHere", failed: "tryAgain", closed: "tryAgain", denied: "askAgain", kicked: "askBack" };
/** After which there is more to say. */
const HINTS = /** @type {const} */ (["closed", "denied", "dismissed", "drained", "elsewhere", "kicked", "signedOut"]);

/**
 * Meetings for any page: `<meeting-kit>` with a Client in its `data`. It shows
 * nothing until enter() is called. `data-state` is idle, connecting, waiting,
 * connected, reconnecting or ended; dispatches a `meetingchange` event with it.
 *
 * @extends {Component<MeetingKitData>}
 */
export class MeetingKit extends Component {
  #tones = new Tones();
  /** @type {MeetingModel | null} */
  #model = null;
  /** @type {RemoteAudio | null} */
  #audio = null;
  /** @type {InviteLinks | null} */
  #links = null;
  /** @type {(() => void) | null} */
  #freeFocus = null;

  /** @override */
  connected() {
    const { client, media, preferences } = this.data;
    const model = new MeetingModel(client, new Room(client.connection, { media }));
    this.#model = model;
    this.#links = new InviteLinks(model, (invite) => this.data.linkOf(invite), () => this.update());
    this.#audio = new RemoteAudio(model.room, () => this.update());
    this.#applyDevices();
    const ask = (/** @type {BeforeUnloadEvent} */ event) => {
      if (model.display !== "idle" && model.display !== "ended") event.preventDefault();
    };
    const bye = () => model.leave();
    window.addEventListener("beforeunload", ask);
    window.addEventListener("pagehide", bye);
    this.until(
      model.on("change", () => this.update()),
      preferences.on("change", () => this.#applyDevices()),
      language.on("change", () => this.update()),
      () => window.removeEventListener("beforeunload", ask),
      () => window.removeEventListener("pagehide", bye),
      () => model.leave(),
      () => this.#tones.stop(),
    );
  }

  /** Where one is; null before the element is in a page. */
  get model() {
    return this.#model;
  }

  /**
   * Goes into a meeting, making it if there is none.
   *
   * @param {string} roomID
   * @param {object} [options]
   * @param {string} [options.invite] from a meeting link
   * @param {boolean} [options.open] opens microphone and camera as the preferences say; false: leaves them as they are
   */
  async enter(roomID, { invite = "", open = true } = {}) {
    this.#links?.forget();
    if (open) this.#openDevices();
    await this.#model?.enter(roomID, invite);
  }

  /** Leaves, if one is in one. */
  leave() {
    this.#model?.leave();
  }

  /** @override */
  drawn() {
    const display = this.#model?.display ?? "idle";
    if (this.dataset.state === display) return;
    this.dataset.state = display;
    this.#freeFocus?.();
    this.#freeFocus = display === "waiting" || display === "ended" ? trapFocus(this) : null;
    this.dispatchEvent(new CustomEvent("meetingchange", { detail: display, bubbles: true }));
  }

  /** @override */
  template() {
    const model = this.#model;
    if (!model) return nothing;
    const { display, over } = model;
    if (display === "waiting") return this.#waiting(model);
    if (display === "ended" && over) return this.#ended(model, over);
    return display === "connecting" || display === "connected" || display === "reconnecting" ? this.#view(model) : nothing;
  }

  /** @param {MeetingModel} model */
  #view(model) {
    const { client, preferences, pictureOf } = this.data;
    const nameOf = this.#nameOf(model);
    const links = isGuest(client) ? null : this.#links;
    return html`<call-view .data=${{
      model,
      preferences,
      tones: this.#tones,
      title: model.room.info?.name || t("meeting"),
      nameOf,
      pictureOf,
      audioBlocked: this.#audio?.blocked ?? false,
      unblockAudio: () => this.#audio?.play(),
      ring: null,
      panels: {
        people: (/** @type {() => void} */ close) => html`<meeting-people .data=${{ model, nameOf, pictureOf, links, close }}></meeting-people>`,
        chat: (/** @type {() => void} */ close) => html`<meeting-chat .data=${{ model, nameOf, close }}></meeting-chat>`,
      },
      notices: meetingNotices({ model, nameOf, links }),
    }}></call-view>`;
  }

  /** @param {MeetingModel} model */
  #waiting(model) {
    return html`<div class="stage waiting-room" role="dialog" aria-modal="true" aria-labelledby="waiting-title" tabindex="-1" data-testid="waiting-room">
      <div class="waiting-card">
        <span class="waiting-mark" aria-hidden="true">${icons.lock}</span>
        <h2 id="waiting-title">${t("waitingTitle")}</h2>
        <p role="status">${t("waitingWhat")}</p>
        <button type="button" class="notice-deed" @click=${() => model.leave()}>${t("leaveMeeting")}</button>
      </div>
    </div>`;
  }

  /** @param {MeetingModel} model @param {NonNullable<MeetingModel["over"]>} over */
  #ended(model, { end, fault }) {
    const again = AGAIN[end];
    const hint = HINTS.find((each) => each === end);
    return html`<div class="backdrop"></div><div class="sheet ended" role="dialog" aria-modal="true" aria-labelledby="meeting-over" tabindex="-1">
      <h2 id="meeting-over" data-testid="meeting-over">${t(`meetingEnd_${end}`)}</h2>
      ${fault ? html`<p class="muted-text">${tOr(`error_${fault.code}`, "error_0", { message: fault.message })}</p>` : nothing}
      ${hint ? html`<p class="muted-text">${t(`meetingHint_${hint}`)}</p>` : nothing}
      <div class="ended-actions">
        ${again ? html`<button type="button" class="accent" @click=${() => void this.#again(model)}>${t(again)}</button>` : nothing}
        <button type="button" class="plain" @click=${() => model.dismiss()}>${t("close")}</button>
      </div>
    </div>`;
  }

  /** @param {MeetingModel} model */
  async #again(model) {
    this.#openDevices();
    await model.again();
  }

  #openDevices() {
    const { media, preferences } = this.data;
    const { startMuted, startCameraOff } = preferences.values;
    media.setMuted(startMuted);
    void media.open({ mic: true, camera: !startCameraOff });
  }

  /** Guests are known by the name they came in with. @param {MeetingModel} model @returns {(userID: string) => string} */
  #nameOf(model) {
    const { client, nameOf } = this.data;
    return (userID) => {
      if (userID === model.self) return client.connection.welcome?.name || nameOf(userID);
      const known = nameOf(userID);
      return known === userID ? model.facts(userID).name || userID : known;
    };
  }

  #applyDevices() {
    const model = this.#model;
    if (!model) return;
    const { mic, camera, speaker, noiseSuppression } = this.data.preferences.values;
    void model.media.setNoiseSuppression(noiseSuppression);
    void model.room.setCurrentMicDevice(mic);
    void model.room.setCurrentCameraDevice(camera);
    model.room.setCurrentSpeakerDevice(speaker);
  }
}

/** @param {import("../sdk/index.js").Client} client */
function isGuest({ connection }) {
  return connection.userID.startsWith("guest-");
}

customElements.define("meeting-kit", MeetingKit);
