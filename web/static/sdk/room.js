import { Emitter } from "./emitter.js";
import { Code, codeOf } from "./errors.js";
import { LocalMedia } from "./localmedia.js";
import { Negotiation } from "./negotiation.js";
import { Peer } from "./peer.js";
import { browser } from "./platform.js";
import { Recovery } from "./recovery.js";
import { FORWARDED } from "./room-events.js";
import { Views } from "./views.js";

/**
 * @typedef {import("./room-events.js").RoomEvents} RoomEvents
 * @typedef {import("./room-events.js").ForwardedEvents} ForwardedEvents
 * @typedef {import("./room-events.js").EnterOptions} EnterOptions
 */

/** How long an ICE restart waits for its answer before it is tried again. */
const RESTART_TIMEOUT_MS = 8_000;
/** As long as the session may take to come back: then the answer comes, or everything begins anew. */
const SESSION_MS = 60_000;

/**
 * A room of the media server, under TRTC's names. It keeps the media transport
 * alive through lost networks and lost sessions: wishes about views, devices
 * and mutes outlive both.
 *
 * @extends {Emitter<RoomEvents>}
 */
export class Room extends Emitter {
  /** One's own microphone and camera. */
  media;
  /** The chosen speaker's id; empty for the default. */
  speakerID = "";

  #connection;
  #platform;
  #slots;
  #views = new Views();
  #viewsQueued = false;
  /** @type {EnterOptions | null} */
  #entered = null;
  /** room.enter is on its way or answered: what is sent now finds us in the room. */
  #asked = false;
  /** room.enter was answered. */
  #inRoom = false;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Recovery | null} */
  #recovery = null;
  #negotiation = new Negotiation();

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {{slots?: number, platform?: import("./platform.js").Platform, media?: LocalMedia}} [options]
   *   slots: receive slots to begin with; there will be more when more people are to be seen
   */
  constructor(connection, { slots = 1, platform = browser, media = new LocalMedia(platform) } = {}) {
    super();
    this.#connection = connection;
    this.#platform = platform;
    this.#slots = slots;
    this.media = media;
    media.on("track", ({ source, track }) => void this.#peer?.setTrack(source, track));
    for (const name of FORWARDED) this.#forward(name);
    connection.on("welcome", ({ resumed }) => this.#greeted(resumed));
  }

  /** The room one is in or on the way into; empty if none. */
  get roomID() {
    return this.#entered?.roomID ?? "";
  }

  /** Makes the PeerConnection and its offer ready, so that enterRoom() costs one round trip. */
  prepare() {
    if (this.#peer) return;
    // A failure shows when the room is entered with this very offer.
    this.#newPeer().offer().catch(() => {});
  }

  /** Drops what prepare() made, unless a room uses it. */
  release() {
    if (!this.#entered) this.#dropPeer();
  }

  /**
   * Enters a room; rejected with the server's CallError. May be called right
   * after a signaling request without waiting for its answer.
   *
   * @param {EnterOptions} options
   */
  async enterRoom(options) {
    if (this.#entered) throw new Error(`already in room ${this.#entered.roomID}: call exitRoom() first`);
    this.#entered = options;
    try {
      return await this.#enterForSure(options);
    } catch (thrown) {
      if (this.#entered === options) this.#leave();
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

  /** Opens the camera. @returns {Promise<void>} */
  async startLocalPreview() {
    await this.media.open({ camera: true });
    this.#publish({ video: this.media.track("camera") !== null });
  }

  /** TUICallEngine's name of startLocalPreview. */
  openCamera() {
    return this.startLocalPreview();
  }

  /** Stops the camera: its light goes out, the others are told. */
  closeCamera() {
    this.media.close("camera");
    this.#publish({ video: false });
  }

  /** TRTC's name of closeCamera. */
  stopLocalPreview() {
    this.closeCamera();
  }

  /** Opens the microphone. */
  async startLocalAudio() {
    await this.media.open({ mic: true });
    this.#publish({ audio: !this.media.muted });
  }

  /** Stops the microphone. */
  stopLocalAudio() {
    this.media.close("mic");
    this.#publish({ audio: false });
  }

  /** Silences the microphone, here and in the server; it stays open. @param {boolean} mute */
  muteLocalAudio(mute) {
    this.media.setMuted(mute);
    this.#publish({ audio: !mute });
  }

  /** Holds the picture back in the server; the camera stays open. @param {boolean} mute */
  muteLocalVideo(mute) {
    this.#publish({ video: !mute });
  }

  /** @param {string} deviceID */
  setCurrentMicDevice(deviceID) {
    return this.media.setDevice("mic", deviceID);
  }

  /** @param {string} deviceID */
  setCurrentCameraDevice(deviceID) {
    return this.media.setDevice("camera", deviceID);
  }

  /** @param {string} deviceID */
  setCurrentSpeakerDevice(deviceID) {
    this.speakerID = deviceID;
    this.emit("onSpeakerChanged", { deviceID });
  }

  /**
   * Shows a user's stream in an element (which should be muted, autoplay and
   * playsinline: sound comes by onRemoteAudio) or gives it to a function. The
   * wish stands: it may be made before the user or the picture is there.
   *
   * @param {string} userID
   * @param {import("./views.js").ViewStream} stream
   * @param {import("./views.js").ViewTarget} view
   * @param {{height?: number}} [options] height of the tile in pixels
   */
  startRemoteView(userID, stream, view, { height = 0 } = {}) {
    this.#views.start(userID, stream, view, height);
    this.#viewsChanged();
  }

  /**
   * @param {string} userID
   * @param {import("./views.js").ViewStream} stream
   */
  stopRemoteView(userID, stream) {
    this.#views.stop(userID, stream);
    this.#viewsChanged();
  }

  /**
   * Enters, and begins again with a new PeerConnection each time the session is lost on the way.
   *
   * @param {EnterOptions} options
   */
  async #enterForSure(options) {
    for (;;) {
      this.#inRoom = false;
      try {
        const result = await this.#enter(options);
        this.#inRoom = this.#entered === options;
        void this.#growSlots();
        return result;
      } catch (thrown) {
        const sessionLost = codeOf(thrown) === Code.notLoggedIn && this.#connection.state !== "closed";
        if (!sessionLost || this.#entered !== options) throw thrown;
        this.#newPeer();
      }
    }
  }

  /** @param {EnterOptions} options */
  async #enter(options) {
    const peer = this.#peer ?? this.#newPeer();
    const offer = await peer.offer();
    if (this.#peer !== peer) throw new Error("left before the offer was ready");
    this.#asked = false;
    const answer = this.#connection.request(
      "room.enter",
      { ...options, offer, send: peer.send },
      { sessionBound: true },
    );
    this.#asked = true; // requests keep their order
    this.#sendViews();
    if (this.media.muted) this.#publish({ audio: false });
    const result = await answer;
    if (this.#peer !== peer) return result;
    await peer.answer(result.answer ?? "");
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
    for (const { userID, name, role, audio, video, screen, enteredAt } of users) {
      this.emit("onRemoteUserEnterRoom", { roomID, userID, name, role, at: enteredAt });
      if (audio) this.emit("onUserAudioAvailable", { roomID, userID, available: true });
      if (video) this.emit("onUserVideoAvailable", { roomID, userID, available: true });
      if (screen) this.emit("onUserSubStreamAvailable", { roomID, userID, available: true });
    }
  }

  #newPeer() {
    this.#dropPeer();
    const iceServers = this.#connection.welcome?.iceServers ?? [];
    const peer = new Peer(this.#platform, { iceServers, slots: Math.max(this.#slots, this.#views.needed) });
    this.#peer = peer;
    this.#recovery = new Recovery(peer, {
      restart: () => this.#restartTransport(peer),
      connected: () => this.emit("onMediaConnected", null),
      lost: () => this.emit("onConnectionLost", null),
      trying: () => this.emit("onTryToReconnect", null),
      recovered: () => this.emit("onConnectionRecovery", null),
    });
    for (const source of /** @type {const} */ (["mic", "camera"])) {
      const track = this.media.track(source);
      if (track) void peer.setTrack(source, track);
    }
    this.#views.attach(peer.slots);
    this.#tellAudio(peer);
    return peer;
  }

  /** @param {Peer} peer */
  #tellAudio({ slots }) {
    this.emit("onRemoteAudio", { streams: slots.map((slot) => slot.audioStream) });
  }

  #dropPeer() {
    this.#recovery?.stop();
    this.#peer?.close();
    this.#recovery = null;
    this.#peer = null;
  }

  #leave() {
    this.#entered = null;
    this.#asked = false;
    this.#inRoom = false;
    this.#views.clear();
    this.#dropPeer();
  }

  /** @param {Peer} peer */
  async #restartTransport(peer) {
    // The server forgets the old way when it hears of a new one. Were its answer
    // to be held up in a dead socket, there would be neither; the old one may heal.
    if (!(await this.#connection.answers()) || peer.state === "connected") return;
    const ready = () => this.#inRoom && this.#peer === peer;
    const ask = (/** @type {string} */ offer) => this.#ask(peer, offer, RESTART_TIMEOUT_MS);
    try {
      await this.#negotiation.again(peer, { iceRestart: true, ready, ask });
    } catch (thrown) {
      // Anything else (no answer in time, the session lost) is tried again by the next attempt.
      if (this.#peer === peer && codeOf(thrown) === Code.notInRoom) await this.#reenter();
    }
  }

  /** Makes as many receive slots as there are pictures wanted. */
  async #growSlots() {
    const peer = this.#peer;
    if (!peer || !this.#inRoom || this.#views.needed <= peer.slots.length) return;
    const ready = () => {
      const had = peer.slots.length;
      if (!this.#inRoom || this.#peer !== peer || this.#views.needed <= had) return false;
      peer.addSlots(this.#views.needed - had);
      this.#views.extended(had);
      this.#tellAudio(peer);
      return true;
    };
    await this.#tell(this.#negotiation.again(peer, { iceRestart: false, ready, ask: (offer) => this.#ask(peer, offer, SESSION_MS) }));
    this.#sendViews();
  }

  /** Gets the answer to an offer. @param {Peer} peer @param {string} offer @param {number} timeoutMs */
  async #ask(peer, offer, timeoutMs) {
    const params = { roomID: this.roomID, offer, send: peer.send };
    const { answer } = await this.#connection.request("room.offer", params, { sessionBound: true, timeoutMs });
    return answer;
  }

  /** The server has forgotten this session's rooms: enter again with a new PeerConnection. */
  async #reenter() {
    const options = this.#entered;
    if (!options) return;
    const wasConnected = this.#recovery?.everConnected ?? false;
    this.#newPeer();
    if (wasConnected) this.#recovery?.assumeLost();
    try {
      await this.#enterForSure(options);
    } catch (thrown) {
      if (this.#entered !== options) return; // left meanwhile
      this.#leave();
      this.emit("onError", { code: codeOf(thrown), message: String(thrown) });
    }
  }

  /** @param {boolean} resumed */
  #greeted(resumed) {
    if (!this.#inRoom) return;
    if (resumed) this.#recovery?.hurry();
    else void this.#reenter();
  }

  /** Tells the server of all that was changed in one go. */
  #viewsChanged() {
    if (this.#viewsQueued) return;
    this.#viewsQueued = true;
    queueMicrotask(() => {
      this.#viewsQueued = false;
      void this.#growSlots();
      this.#sendViews();
    });
  }

  #sendViews() {
    if (!this.#entered || !this.#asked) return;
    this.#tell(this.#connection.request("room.setViews", { roomID: this.roomID, views: this.#views.wire() }, { sessionBound: true }));
  }

  /** @param {{audio?: boolean, video?: boolean}} what */
  #publish(what) {
    if (!this.#entered || !this.#asked) return;
    this.#tell(this.#connection.request("room.setPublishing", { roomID: this.roomID, ...what }, { sessionBound: true }));
  }

  /**
   * A wish nobody waits for. If the session or the room is gone the wish is
   * repeated on entering again; anything else is an error to be shown.
   *
   * @param {Promise<unknown>} answer
   */
  async #tell(answer) {
    try {
      await answer;
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === Code.notLoggedIn || code === Code.notInRoom || code === Code.roomClosed) return;
      this.emit("onError", { code, message: String(thrown) });
    }
  }

  /** @param {keyof ForwardedEvents} name */
  #forward(name) {
    this.#connection.on(name, (detail) => {
      if (detail.roomID === this.roomID && this.#entered) this.emit(name, detail);
    });
  }
}
