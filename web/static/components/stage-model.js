import { Emitter } from "../sdk/emitter.js";
import { faultOf } from "../sdk/errors.js";
import { LinkWatch } from "./link-watch.js";
import { ShownReactions } from "./reactions.js";
import { SpeakerChoice } from "./stage-choice.js";

/**
 * @typedef {"idle" | "calling" | "ringing" | "connecting" | "waiting" | "connected" | "reconnecting" | "ended"} Display
 * @typedef {import("../sdk/participants.js").ParticipantState} ParticipantState
 *
 * @typedef {object} Facts what the room tells of somebody
 * @property {string} name as they gave it when they came in
 * @property {boolean} audio their voice is there
 * @property {boolean | null} video their picture is there; null until the server has said anything about it
 * @property {boolean} screen they share their screen
 * @property {number} volume 0 to 100
 * @property {number} quality from 0 unknown over 1 excellent to 6 down
 *
 * @typedef {Facts & {userID: string, state: ParticipantState, since: number}} Other somebody else in it; since when in this state, ms
 */

/** How long what went wrong, or was done to one, is shown. */
const SHOWN_MS = 6_000;

/** @type {Readonly<Facts>} */
const UNKNOWN = Object.freeze({ name: "", audio: false, video: null, screen: false, volume: 0, quality: 0 });

/**
 * All that the view of a call shows, gathered from a room and who is in it;
 * knows no document. What kind of call it is, those who extend it know.
 * `change` says that something is different.
 *
 * @extends {Emitter<{change: null}>}
 */
export class StageModel extends Emitter {
  /** From 0 unknown over 1 excellent to 6 down. */
  quality = { local: 0, remote: 0 };
  /** There is no socket to the server. */
  offline = false;
  /** The server has announced its end. */
  draining = false;
  /** Which device was unplugged just now; empty for none. @type {"" | "mic" | "camera"} */
  unplugged = "";
  /** What went wrong without ending the call. @type {{code: number, message: string} | null} */
  fault = null;
  /** Who has muted one just now; empty for nobody. */
  mutedBy = "";
  /** Who speaks, or spoke last. */
  speaker = new SpeakerChoice();
  /** How people react just now. */
  reactions = new ShownReactions(() => this.emit("change", null));

  /** @type {Map<string, Facts>} */
  #facts = new Map();
  /** Screens in the order they came. @type {string[]} */
  #screens = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #shown;
  #room;
  #self;

  /**
   * @param {Pick<import("../sdk/index.js").Client, "connection">} client
   * @param {import("../sdk/room.js").Room} room
   */
  constructor({ connection }, room) {
    super();
    this.#room = room;
    this.#self = () => connection.userID;
    room.on("onRemoteUserEnterRoom", ({ userID, name }) => this.#know(userID, { name }));
    room.on("onRemoteUserLeaveRoom", ({ userID }) => this.#gone(userID));
    room.on("onUserVideoAvailable", ({ userID, available }) => this.#know(userID, { video: available }));
    room.on("onUserAudioAvailable", ({ userID, available }) => this.#know(userID, { audio: available }));
    room.on("onUserSubStreamAvailable", ({ userID, available }) => this.#shares(userID, available));
    room.on("onUserVoiceVolume", ({ volumes }) => this.#heard(volumes));
    room.on("onActiveSpeakerChanged", ({ userID }) => this.#speaks(userID));
    room.on("onReactions", ({ reactions }) => this.reactions.add(reactions));
    room.on("onNetworkQuality", ({ local, remote }) => this.#measured(local, remote));
    for (const name of /** @type {const} */ (["change", "fault"])) room.media.on(name, () => this.emit("change", null));
    room.media.on("unplugged", ({ source }) => this.brief({ unplugged: source }));
    this.link = new LinkWatch(room, connection, () => this.emit("change", null));
    connection.on("lost", () => this.set({ offline: true }));
    connection.on("welcome", () => this.set({ offline: false, draining: false }));
    connection.on("session.draining", () => this.set({ draining: true }));
  }

  get room() {
    return this.#room;
  }

  get media() {
    return this.#room.media;
  }

  /** One's own user id. */
  get self() {
    return this.#self();
  }

  /** Those who share their screen, the newest last. */
  get screens() {
    return this.#screens;
  }

  /** What the room tells of somebody. @param {string} userID @returns {Readonly<Facts>} */
  facts(userID) {
    return this.#facts.get(userID) ?? UNKNOWN;
  }

  /** Where the call stands. @abstract @returns {Display} */
  get display() {
    throw new Error("a StageModel has no display");
  }

  /** A call between two that began as one: the other one has all the space. */
  get direct() {
    return false;
  }

  /** The other one of a call between two is not heard. */
  get remoteMuted() {
    return false;
  }

  /** Whether somebody is a host. @param {string} _userID */
  isHost(_userID) {
    return false;
  }

  /** Somebody's place in the queue of raised hands, from 1; 0 for none. @param {string} _userID */
  handOf(_userID) {
    return 0;
  }

  /** @returns {import("../sdk/wire.js").MediaType} */
  get mediaType() {
    return "video";
  }

  /** Seconds since it began, by the server's clock; 0 before. @returns {number} */
  get elapsed() {
    return 0;
  }

  /** What the last button of the bar does. @returns {import("./i18n.js").Key} */
  get leaveLabel() {
    return "hangUp";
  }

  /** Whether there are hands to raise. */
  get canRaise() {
    return false;
  }

  /** One's own hand is up. */
  get raised() {
    return false;
  }

  /** @param {boolean} _raised @returns {Promise<void>} */
  async raiseHand(_raised) {
    throw new Error("nobody raises hands here");
  }

  /** Whether there is anybody to see how one reacts. */
  get canReact() {
    return this.display === "connected" && !this.direct;
  }

  /** @param {string} reaction an emoji */
  async react(reaction) {
    await this.do(() => this.#room.sendReaction(reaction));
  }

  /** How many messages wait to be read. */
  get unread() {
    return 0;
  }

  /** How many wait to be let in. */
  get knocking() {
    return 0;
  }

  /** The others, in the order they became known. @abstract @returns {Other[]} */
  get others() {
    throw new Error("a StageModel has no others");
  }

  /**
   * Shows somebody's camera in an element, or in none.
   *
   * @abstract
   * @param {string} _userID
   * @param {HTMLVideoElement | null} _element
   * @param {number} _height of the tile in device pixels
   */
  showCamera(_userID, _element, _height) {
    throw new Error("a StageModel shows nothing");
  }

  /** The same for somebody's screen. @param {string} userID @param {HTMLVideoElement | null} element @param {number} height */
  showScreen(userID, element, height) {
    if (element) this.#room.startRemoteView(userID, "screen", element, { height });
    else this.#room.stopRemoteView(userID, "screen");
  }

  /** Hangs up, or leaves. @abstract */
  leave() {
    throw new Error("a StageModel leaves nothing");
  }

  /** Whether one may end it for everybody. */
  get canDismiss() {
    return false;
  }

  /** Ends it for everybody. */
  dismissForAll() {
    throw new Error("nobody ends this for the others");
  }

  /** Nobody new comes in unless they are let in. */
  get locked() {
    return false;
  }

  /** Does something that may fail, and shows why it did. @param {() => Promise<unknown>} deed */
  async do(deed) {
    try {
      await deed();
    } catch (thrown) {
      this.brief({ fault: faultOf(thrown) });
    }
  }

  /** Shows something for a while. @protected @param {Partial<Pick<StageModel, "fault" | "mutedBy" | "unplugged">>} what */
  brief(what) {
    clearTimeout(this.#shown);
    this.#shown = setTimeout(() => this.set({ fault: null, ...{ mutedBy: "", unplugged: "" } }), SHOWN_MS);
    this.set(what);
  }

  /** It is over: what was known of the people is not true of the next call. @protected */
  forget() {
    this.#facts.clear();
    this.#screens = [];
    this.reactions.clear();
    this.link.forget();
    this.mutedBy = "";
    this.speaker = new SpeakerChoice();
    this.quality = { local: 0, remote: 0 };
  }

  /** @protected @param {Partial<StageModel>} values */
  set(values) {
    Object.assign(this, values);
    this.emit("change", null);
  }

  /** @param {string} userID @param {Partial<Facts>} facts */
  #know(userID, facts) {
    this.#facts.set(userID, { ...this.facts(userID), ...facts });
    this.emit("change", null);
  }

  /** @param {string} userID */
  #gone(userID) {
    this.#facts.delete(userID);
    this.speaker.gone(userID);
    this.#shares(userID, false);
  }

  /** @param {string} userID @param {boolean} available */
  #shares(userID, available) {
    const others = this.#screens.filter((each) => each !== userID);
    this.#screens = available ? [...others, userID] : others;
    if (this.#facts.has(userID) || available) this.#know(userID, { screen: available });
    else this.emit("change", null);
  }

  /** @param {{userID: string, volume: number}[]} volumes */
  #heard(volumes) {
    const loud = new Map(volumes.map(({ userID, volume }) => [userID, volume]));
    for (const userID of new Set([...this.#facts.keys(), this.self])) {
      this.#facts.set(userID, { ...this.facts(userID), volume: loud.get(userID) ?? 0 });
    }
    this.speaker.hear(volumes.filter(({ userID }) => userID !== this.self), Date.now());
    this.emit("change", null);
  }

  /** One does not look at oneself while one speaks. @param {string} userID */
  #speaks(userID) {
    this.speaker.tell(userID === this.self ? "" : userID);
    this.emit("change", null);
  }

  /** @param {number} local @param {{userID: string, quality: number}[]} remote */
  #measured(local, remote) {
    for (const { userID, quality } of remote) {
      const facts = this.#facts.get(userID);
      if (facts) this.#facts.set(userID, { ...facts, quality });
    }
    this.set({ quality: { local, remote: remote[0]?.quality ?? 0 } });
  }
}
