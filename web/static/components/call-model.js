import { isDirect, peerOf } from "../sdk/engine-state.js";
import { StageModel } from "./stage-model.js";

/**
 * @typedef {import("./stage-model.js").Display} Display
 * @typedef {import("../sdk/engine.js").CallOver} CallOver
 */

/** Outcomes of one's own making: nothing to explain. */
const SILENT = new Set(["declined", "busy", "cancelled"]);

/** How long the first sound of a call may take, in seconds. */
const FIRST_SOUND_S = 2;

/** All that a call's page shows, gathered from the engine and its room; knows no document. */
export class CallModel extends StageModel {
  /** How the last call ended, until it is dismissed. @type {CallOver | null} */
  over = null;

  #client;
  /** Which call it is. */
  #key = 0;
  /** Since when somebody is in their state. @type {Map<string, {state: string, since: number}>} */
  #since = new Map();

  /** @param {import("../sdk/index.js").Client} client */
  constructor(client) {
    super(client, client.room);
    this.#client = client;
    const { engine } = client;
    engine.on("onStateChanged", (state) => this.#stateChanged(state));
    engine.on("onCallEnd", (over) => this.#ended(over));
    engine.on("onCallNotConnected", (over) => this.#ended(over));
    engine.on("onCallRecord", (record) => this.#recorded(record));
    engine.on("onError", (fault) => this.set({ fault }));
  }

  get engine() {
    return this.#client.engine;
  }

  get call() {
    return this.#client.engine.state();
  }

  /** The other one of a call between two; of any other who asked us. */
  get peer() {
    return peerOf(this.call);
  }

  /** @override */
  get direct() {
    return isDirect(this.call);
  }

  /** @override */
  get mediaType() {
    return this.call.mediaType;
  }

  /** @override @returns {Display} */
  get display() {
    const { phase, lost } = this.call;
    if (phase === "idle") return this.over ? "ended" : "idle";
    return phase === "connected" && lost ? "reconnecting" : phase;
  }

  /** @override */
  get elapsed() {
    const { startedAt } = this.call;
    return startedAt ? (this.engine.clock.now() - startedAt) / 1000 : 0;
  }

  /** @override */
  get others() {
    return this.call.participants.map(({ userID, state }) => ({ ...this.facts(userID), userID, state, since: this.#since.get(userID)?.since ?? 0 }));
  }

  /**
   * Their voice is not there, in a call between two. A call that has just begun
   * is given a moment: the first packet is on its way, and who starts muted is
   * never told of at all.
   *
   * @override
   */
  get remoteMuted() {
    return this.direct && this.display === "connected" && !this.facts(this.peer).audio && this.elapsed >= FIRST_SOUND_S;
  }

  /** @override @param {string} userID @param {HTMLVideoElement | null} element @param {number} height */
  showCamera(userID, element, height) {
    this.engine.startRemoteView(userID, element, { height });
  }

  /** @override */
  leave() {
    this.engine.hangup();
  }

  /** Puts the end card away. */
  dismiss() {
    this.over = null;
    this.emit("change", null);
  }

  /** @param {import("../sdk/engine.js").CallState} state */
  #stateChanged({ phase, key, participants }) {
    if (phase !== "idle" && key !== this.#key) {
      this.#key = key;
      this.over = null;
      this.fault = null;
      this.unplugged = "";
    }
    const now = Date.now();
    this.#since = new Map(participants.map(({ userID, state }) => {
      const known = this.#since.get(userID);
      return [userID, known?.state === state ? known : { state, since: now }];
    }));
    this.emit("change", null);
  }

  /** @param {CallOver} over */
  #ended(over) {
    const mine = over.userID === this.call.self && over.outcome !== "failed";
    this.over = mine && SILENT.has(over.outcome) ? null : over;
    this.forget();
    this.emit("change", null);
  }

  /** The server's word on result and duration replaces this side's. @param {import("../sdk/wire.js").CallEnd} record */
  #recorded({ roomID, callID, result, duration }) {
    const { over } = this;
    if (!over || over.roomID !== roomID) return;
    const outcome = over.outcome === "noAnswer" || over.totalTime > 0 ? result : over.outcome;
    this.over = { ...over, callID, outcome, totalTime: duration };
    this.emit("change", null);
  }
}
