import { Code, codeOf } from "./errors.js";
import { receiveLines } from "./lines.js";
import { LocalMedia } from "./localmedia.js";
import { Negotiation } from "./negotiation.js";
import { Peer } from "./peer.js";
import { browser } from "./platform.js";
import { Recovery } from "./recovery.js";
import { Crowd } from "./room-crowd.js";
import { FORWARDED } from "./room-events.js";
import { RoomHost } from "./room-host.js";
import { StatisticsMeter } from "./statistics.js";
import { Throttle } from "./throttle.js";
import { Views } from "./views.js";

/**
 * @typedef {import("./room-events.js").RoomEvents} RoomEvents
 * @typedef {import("./room-events.js").ForwardedEvents} ForwardedEvents
 * @typedef {import("./room-events.js").EnterOptions} EnterOptions
 * @typedef {import("./wire.js").Source} Source
 *
 * @typedef {object} RoomOptions
 * @property {import("./platform.js").Platform} [platform]
 * @property {LocalMedia} [media]
 * @property {readonly import("./codecs.js").VideoCodec[]} [codecs] of pictures, the one that is sent first; VP8 by
 *   default. Everyone in a room must have those of the others.
 */

/** How long an ICE restart waits for its answer before it is tried again. */
const RESTART_TIMEOUT_MS = 8_000;
/** As long as the session may take to come back: then the answer comes, or everything begins anew. */
const SESSION_MS = 60_000;
/** Tiles change their heights in the course of an animation; the server need not hear of every step. The first is not kept waiting. */
const HEIGHTS_MS = 200;

/** @type {readonly Source[]} */
const DEVICES = ["mic", "camera"];
/** @type {readonly Source[]} */
const SCREEN = ["screen", "screenAudio"];

/**
 * A room of the media server, under TRTC's names. It keeps the media transport
 * alive through lost networks and lost sessions: wishes about views, devices
 * and mutes outlive both.
 */
export class Room extends RoomHost {
  #connection;
  #platform;
  #codecs;
  #views = new Views();
  #viewsQueued = false;
  #heights = new Throttle(HEIGHTS_MS, () => this.#sendViews());
  /** Who else is in. @type {Set<string>} */
  #others = new Set();
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Recovery | null} */
  #recovery = null;
  #negotiation = new Negotiation();
  #meter = new StatisticsMeter();

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {RoomOptions} [options]
   */
  constructor(connection, { platform = browser, media = new LocalMedia(platform), codecs } = {}) {
    super(connection, media, platform);
    this.#connection = connection;
    this.#platform = platform;
    this.#codecs = codecs;
    media.on("track", ({ source, track }) => this.#send(source, track));
    connection.on("onSlots", ({ roomID, slots }) => void (roomID === this.roomID && this.#carry(slots)));
    for (const name of FORWARDED) this.#forward(name);
    const crowd = new Crowd(this, (name, detail) => this.emit(name, detail));
    connection.on("onRemoteUsersChanged", (news) => void (news.roomID === this.roomID && crowd.changed(news, connection.userID)));
    this.on("onEncodingsWanted", ({ senders }) => void (this.#peer && this.link.tell(this.#peer.want(senders))));
    this.on("onRemoteUserEnterRoom", ({ userID }) => this.#met(userID));
    this.on("onRemoteUserLeaveRoom", ({ userID }) => void this.#others.delete(userID));
    this.on("onRemoteUserLeaveRoom", ({ userID }) => this.#views.left(userID));
    const sentAway = () => void (this.link.inRoom && this.#leave()); // in the lobby it is enterRoom() that ends
    this.on("onRoomClosed", sentAway);
    this.on("onKickedOut", ({ reason }) => void (reason !== "lost" && sentAway())); // who was lost comes back by themselves
    connection.on("welcome", ({ resumed }) => this.#greeted(resumed));
  }

  /** Makes the PeerConnection and its offer ready, so that enterRoom() costs one round trip. */
  prepare() {
    if (this.#peer) return;
    // A failure shows when the room is entered with this very offer.
    this.#firstOffer(this.#newPeer()).catch(() => {});
  }

  /** Drops what prepare() made, unless a room uses it. */
  release() {
    if (!this.link.entered) this.#dropPeer();
  }

  /**
   * Enters a room; rejected with the server's CallError. May be called right
   * after a signaling request without waiting for its answer.
   *
   * @param {EnterOptions} options
   */
  async enterRoom(options) {
    if (this.link.entered) throw new Error(`already in room ${this.roomID}: call exitRoom() first`);
    this.link.entered = options;
    try {
      return await this.#enterForSure(options);
    } catch (thrown) {
      if (this.link.entered === options) this.#leave();
      throw thrown;
    }
  }

  /** Leaves; devices stay as they are. */
  async exitRoom() {
    const roomID = this.roomID;
    if (!roomID) return;
    this.#leave();
    this.emit("onExitRoom", null);
    await this.#connection.request("room.exit", { roomID }, { once: true, sessionBound: true });
  }

  /**
   * Shows a user's stream in an element (which should be muted, autoplay and
   * playsinline: sound comes by onRemoteAudio) or gives it to a function. The
   * wish stands: it may be made before the user or the picture is there. Called
   * again with the same element it only tells its height anew.
   *
   * @param {string} userID
   * @param {import("./views.js").ViewStream} stream
   * @param {import("./views.js").ViewTarget} view
   * @param {{height?: number}} [options] height of the tile in pixels of the screen (CSS pixels times
   *   devicePixelRatio): the server chooses the layer by it
   */
  startRemoteView(userID, stream, view, { height = 0 } = {}) {
    if (this.#views.start(userID, stream, view, height)) this.#viewsChanged();
    else this.#heights.changed();
  }

  /**
   * Ends a view; what it took of the network is free for the others. Call it
   * too when its tile is out of sight.
   *
   * @param {string} userID
   * @param {import("./views.js").ViewStream} stream
   */
  stopRemoteView(userID, stream) {
    this.#views.stop(userID, stream);
    this.#viewsChanged();
  }

  /**
   * How a view fares, as onSlots told last: its layer, whether it is reduced or
   * paused and why. Null while nothing comes for it.
   *
   * @param {string} userID
   * @param {import("./views.js").ViewStream} stream
   */
  remoteView(userID, stream) {
    return this.#views.carrying(userID, stream);
  }

  /**
   * Figures of everything that is sent and received, for a panel. Each covers
   * the time since the call before; ask every second or two.
   *
   * @returns {Promise<import("./statistics.js").Statistics | null>} null outside of a room
   */
  async getStatistics() {
    const peer = this.#peer;
    if (!peer || !this.link.inRoom) return null;
    const report = await peer.getStats();
    return this.#meter.measure(report, { send: peer.send, slots: this.#views.told });
  }

  /**
   * Enters, and begins again with a new PeerConnection each time the session is lost on the way.
   *
   * @param {EnterOptions} options
   */
  async #enterForSure(options) {
    for (;;) {
      this.link.inRoom = false;
      try {
        const result = await this.#enter(options);
        this.link.inRoom = this.link.entered === options;
        void this.#grow();
        return result;
      } catch (thrown) {
        const sessionLost = codeOf(thrown) === Code.notLoggedIn && this.#connection.state !== "closed";
        if (!sessionLost || this.link.entered !== options) throw thrown;
        this.#newPeer();
      }
    }
  }

  /** @param {EnterOptions} options */
  async #enter(options) {
    const peer = this.#peer ?? this.#newPeer();
    const offer = await this.#firstOffer(peer);
    const result = await this.throughLobby(() => {
      if (this.#peer !== peer) throw new Error("left before the offer was ready");
      this.link.asked = false;
      const answer = this.link.request("room.enter", { ...options, ...this.link.back, batch: true, offer, send: peer.send });
      this.link.asked = true; // requests keep their order
      this.#sendViews();
      this.publishAgain();
      return answer;
    });
    if (this.#peer !== peer) return result;
    await peer.answer(result.answer ?? "");
    this.link.keep(result);
    this.emit("onEnterRoom", result);
    this.#announce(options.roomID, result.users);
    return result;
  }

  /**
   * Tells of those already in as if they came now; the server tells a newcomer only of changes.
   *
   * @param {string} roomID
   * @param {import("./wire.js").RoomUser[]} users
   */
  #announce(roomID, users) {
    this.#others.clear();
    for (const { userID, name, role, audio, video, screen, enteredAt } of users) {
      this.emit("onRemoteUserEnterRoom", { roomID, userID, name, role, at: enteredAt });
      if (audio) this.emit("onUserAudioAvailable", { roomID, userID, available: true });
      if (video) this.emit("onUserVideoAvailable", { roomID, userID, available: true });
      if (screen) this.emit("onUserSubStreamAvailable", { roomID, userID, available: true });
    }
  }

  /** @param {Peer} peer */
  async #firstOffer(peer) {
    if (this.link.serversExpired) await this.#freshen(peer);
    return peer.offer();
  }

  /** @param {Peer} peer */
  async #freshen(peer) {
    const servers = await this.link.freshServers();
    if (this.#peer === peer) peer.useServers(servers);
  }

  #newPeer() {
    this.#dropPeer();
    const peer = new Peer(this.#platform, { iceServers: this.link.iceServers, ...(this.#codecs && { codecs: this.#codecs }) });
    this.#peer = peer;
    peer.extend(this.#lines());
    this.#recovery = new Recovery(peer, {
      restart: () => this.#restartTransport(peer),
      connected: () => this.emit("onMediaConnected", null),
      lost: () => this.emit("onConnectionLost", null),
      trying: () => this.emit("onTryToReconnect", null),
      recovered: () => this.emit("onConnectionRecovery", null),
    });
    for (const source of [...DEVICES, ...SCREEN]) this.#put(peer, source);
    this.#views.attach(peer.pictures);
    this.#tellAudio(peer);
    return peer;
  }

  /** The lines that are wanted now: devices always, a screen from the first time on. */
  #lines() {
    const scene = this.link.entered?.scene;
    const room = { pictures: this.#views.needed, others: this.#others.size, maxSlots: this.link.maxSlots, ...(scene && { scene }) };
    return { ...receiveLines(room), sources: [...DEVICES, ...SCREEN.filter((source) => this.media.track(source))] };
  }

  /** @param {Source} source @param {MediaStreamTrack | null} track */
  #send(source, track) {
    if (!this.#peer) return;
    this.#put(this.#peer, source);
    if (track && SCREEN.includes(source)) void this.#grow();
  }

  /** Puts a source's track, or none, into its line. @param {Peer} peer @param {Source} source */
  #put(peer, source) {
    void this.link.tell(peer.setTrack(source, this.media.track(source)));
  }

  /** @param {import("./wire.js").Slot[]} slots */
  #carry(slots) {
    this.#views.carry(slots);
    this.voices.carry(slots);
  }

  /** @param {Peer} peer */
  #tellAudio({ voices }) {
    this.emit("onRemoteAudio", { streams: voices.map(({ stream }) => stream) });
    this.voices.attach(voices);
  }

  #dropPeer() {
    this.#recovery?.stop();
    this.#peer?.close();
    this.#recovery = null;
    this.#peer = null;
  }

  #leave() {
    this.link.leave();
    this.#others.clear();
    this.#views.clear();
    this.#dropPeer();
  }

  /** @param {Peer} peer */
  async #restartTransport(peer) {
    // The server forgets the old way when it hears of a new one. Were its answer
    // to be held up in a dead socket, there would be neither; the old one may heal.
    if (!(await this.#connection.answers()) || peer.state === "connected") return;
    await this.#freshen(peer);
    const ready = () => this.link.inRoom && this.#peer === peer;
    const ask = (/** @type {string} */ offer) => this.#ask(peer, offer, RESTART_TIMEOUT_MS);
    try {
      await this.#negotiation.again(peer, { iceRestart: true, ready, ask });
    } catch (thrown) {
      // Anything else (no answer in time, the session lost) is tried again by the next attempt.
      if (this.#peer === peer && codeOf(thrown) === Code.notInRoom) await this.#reenter();
    }
  }

  /** Offers anew if there are more lines to be: receive slots for all that is to be seen and heard, or a screen's. */
  async #grow() {
    const peer = this.#peer;
    if (!peer || !this.link.inRoom) return;
    let grown = false;
    const ready = () => {
      grown = this.link.inRoom && this.#peer === peer && peer.extend(this.#lines());
      if (!grown) return false;
      for (const source of SCREEN) this.#put(peer, source);
      this.#views.extended();
      this.#tellAudio(peer);
      return true;
    };
    const ask = (/** @type {string} */ offer) => this.#ask(peer, offer, SESSION_MS);
    await this.link.tell(this.#negotiation.again(peer, { iceRestart: false, ready, ask }));
    if (grown) this.#sendViews();
  }

  /** Gets the answer to an offer. @param {Peer} peer @param {string} offer @param {number} timeoutMs */
  async #ask(peer, offer, timeoutMs) {
    const { answer } = await this.link.request("room.offer", { offer, send: peer.send }, { timeoutMs });
    return answer;
  }

  /** The server has forgotten this session's rooms: enter again with a new PeerConnection. */
  async #reenter() {
    const options = this.link.entered;
    if (!options) return;
    const wasConnected = this.#recovery?.everConnected ?? false;
    this.#newPeer();
    if (wasConnected) this.#recovery?.assumeLost();
    try {
      await this.#enterForSure(options);
    } catch (thrown) {
      if (this.link.entered !== options) return; // left meanwhile
      this.#leave();
      this.emit("onError", { code: codeOf(thrown), message: String(thrown) });
    }
  }

  /** @param {boolean} resumed */
  #greeted(resumed) {
    if (!this.link.inRoom) return;
    if (resumed) this.#recovery?.hurry();
    else void this.#reenter();
  }

  /** @param {string} userID */
  #met(userID) {
    this.#others.add(userID);
    if (this.#others.size === 2) void this.#grow(); // from now on several may speak at once
  }

  /** Tells the server of all that was changed in one go. */
  #viewsChanged() {
    if (this.#viewsQueued) return;
    this.#viewsQueued = true;
    queueMicrotask(() => {
      this.#viewsQueued = false;
      void this.#grow();
      this.#sendViews();
    });
  }

  #sendViews() {
    this.#heights.told();
    void this.link.wish("room.setViews", { views: this.#views.wire() });
  }

  /** @param {keyof ForwardedEvents} name */
  #forward(name) {
    this.#connection.on(name, (detail) => {
      if (detail.roomID === this.roomID && this.link.entered) this.emit(name, detail);
    });
  }
}
