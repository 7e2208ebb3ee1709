/**
 * @typedef {object} RecoveryCallbacks
 * @property {() => Promise<void>} restart offers anew with an ICE restart; never rejected
 * @property {() => void} connected
 * @property {() => void} lost
 * @property {() => void} trying
 * @property {() => void} recovered
 */

/** A short gap often heals by itself. */
const PATIENCE_MS = 1_000;
const BETWEEN_ATTEMPTS_MS = 3_000;

/** Watches a media transport and restarts it, again and again, until it is back. */
export class Recovery {
  /** True once the transport was up. */
  everConnected = false;

  #peer;
  #callbacks;
  #isLost = false;
  #busy = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stopListening;

  /**
   * @param {import("./peer.js").Peer} peer
   * @param {RecoveryCallbacks} callbacks
   */
  constructor(peer, callbacks) {
    this.#peer = peer;
    this.#callbacks = callbacks;
    this.#stopListening = peer.on("state", (state) => this.#changed(state));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#isLost = false;
  }

  /** The socket is back after a gap: if media is not, do not wait any longer. */
  hurry() {
    if (this.#isLost) this.#schedule(0);
  }

  /** The transport before this one was lost: when this one is up, that is a recovery. */
  assumeLost() {
    this.everConnected = true;
    this.#lose();
  }

  /** @param {import("./peer.js").TransportState} state */
  #changed(state) {
    if (state === "connected") return this.#up();
    if (state !== "disconnected" && state !== "failed") return;
    this.#lose();
    this.#schedule(state === "failed" ? 0 : PATIENCE_MS);
  }

  #up() {
    clearTimeout(this.#timer);
    if (!this.everConnected) {
      this.everConnected = true;
      this.#callbacks.connected();
    }
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#callbacks.recovered();
  }

  #lose() {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#callbacks.lost();
  }

  /** @param {number} delayMs */
  #schedule(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#attempt(), delayMs);
  }

  async #attempt() {
    if (!this.#isLost || this.#busy || this.#peer.state === "connected") return;
    this.#busy = true;
    this.#callbacks.trying();
    await this.#callbacks.restart();
    this.#busy = false;
    if (this.#isLost) this.#schedule(BETWEEN_ATTEMPTS_MS);
  }
}
