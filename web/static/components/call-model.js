import { Emitter } from "../sdk/emitter.js";
import { peerOf } from "../sdk/engine-state.js";

/**
 * @typedef {"idle" | "calling" | "ringing" | "connecting" | "connected" | "reconnecting" | "ended"} Display
 * @typedef {import("../sdk/engine.js").CallOver} CallOver
 * @typedef {import("../sdk/localmedia.js").Device} Device
 */

/** Outcomes of one's own making: nothing to explain. */
const SILENT = new Set(["declined", "busy", "cancelled"]);

/** How long the first sound of a call may take, in seconds. */
const FIRST_SOUND_S = 2;

/**
 * All that a call's page shows, gathered from the engine and its room; knows
 * no document. `change` says that something is different.
 *
 * @extends {Emitter<{change: null}>}
 */
export class CallModel extends Emitter {
  /** Their picture is there; null until the server has said anything about it. @type {boolean | null} */
  remoteVideo = null;
  /** Their voice is there. */
  remoteAudio = false;
  /** From 0 unknown over 1 excellent to 6 down. */
  quality = { local: 0, remote: 0 };
  /** How the last call ended, until it is dismissed. @type {CallOver | null} */
  over = null;
  /** There is no socket to the server. */
  offline = false;
  /** The server has announced its end. */
  draining = false;
  /** A device was unplugged during this call. */
  unplugged = false;
  /** What went wrong without ending the call. @type {{code: number, message: string} | null} */
  fault = null;

  #client;

  /** @param {import("../sdk/index.js").Client} client */
  constructor(client) {
    super();
    this.#client = client;
    const { engine, connection } = client;
    engine.on("onStateChanged", (state) => this.#stateChanged(state));
    engine.on("onCallEnd", (over) => this.#ended(over));
    engine.on("onCallNotConnected", (over) => this.#ended(over));
    engine.on("onCallRecord", (record) => this.#recorded(record));
    engine.on("onError", (fault) => this.#set({ fault }));
    engine.on("onUserVideoAvailable", ({ userID, available }) => this.#ofPeer(userID, { remoteVideo: available }));
    engine.on("onUserAudioAvailable", ({ userID, available }) => this.#ofPeer(userID, { remoteAudio: available }));
    engine.on("onUserNetworkQualityChanged", ({ local, remote }) => {
      this.#set({ quality: { local, remote: remote[0]?.quality ?? 0 } });
    });
    engine.room.media.on("change", () => this.emit("change", null));
    engine.room.media.on("fault", () => this.emit("change", null));
    engine.room.media.on("unplugged", () => this.#set({ unplugged: true }));
    connection.on("lost", () => this.#set({ offline: true }));
    connection.on("welcome", () => this.#set({ offline: false, draining: false }));
    connection.on("session.draining", () => this.#set({ draining: true }));
  }

  get engine() {
    return this.#client.engine;
  }

  get media() {
    return this.#client.room.media;
  }

  get call() {
    return this.#client.engine.state();
  }

  /** The other one of a call between two; of any other who asked us. */
  get peer() {
    return peerOf(this.call);
  }

  /** @returns {Display} */
  get display() {
    const { phase, lost } = this.call;
    if (phase === "idle") return this.over ? "ended" : "idle";
    return phase === "connected" && lost ? "reconnecting" : phase;
  }

  /** Seconds since the call began, by the server's clock. */
  get elapsed() {
    const { startedAt } = this.call;
    return startedAt ? (this.engine.clock.now() - startedAt) / 1000 : 0;
  }

  /**
   * Their voice is not there. A call that has just begun is given a moment: the
   * first packet is on its way, and who starts muted is never told of at all.
   */
  get remoteMuted() {
    return this.display === "connected" && !this.remoteAudio && this.elapsed >= FIRST_SOUND_S;
  }

  /** Puts the end card away. */
  dismiss() {
    this.#set({ over: null });
  }

  /** @param {import("../sdk/engine.js").CallState} state */
  #stateChanged({ phase }) {
    if (phase === "calling" || phase === "ringing") {
      this.over = null;
      this.fault = null;
      this.unplugged = false;
    }
    this.emit("change", null);
  }

  /** @param {CallOver} over */
  #ended(over) {
    const mine = over.userID === this.call.self && over.outcome !== "failed";
    const silent = mine && SILENT.has(over.outcome);
    this.#set({
      over: silent ? null : over,
      remoteVideo: null,
      remoteAudio: false,
      quality: { local: 0, remote: 0 },
    });
  }

  /** The server's word on result and duration replaces this side's. @param {import("../sdk/wire.js").CallEnd} record */
  #recorded({ roomID, callID, result, duration }) {
    const { over } = this;
    if (!over || over.roomID !== roomID) return;
    const outcome = over.outcome === "noAnswer" || over.totalTime > 0 ? result : over.outcome;
    this.#set({ over: { ...over, callID, outcome, totalTime: duration } });
  }

  /** @param {string} userID @param {Partial<CallModel>} values */
  #ofPeer(userID, values) {
    if (userID === this.peer) this.#set(values);
  }

  /** @param {Partial<CallModel>} values */
  #set(values) {
    Object.assign(this, values);
    this.emit("change", null);
  }
}
