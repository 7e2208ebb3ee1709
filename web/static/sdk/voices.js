/**
 * How loud each of the others is played. A voice is heard in whatever slot the
 * server puts it, so the loudness goes with the person and not with the slot.
 */
export class Voices {
  /** @type {Map<string, number>} */
  #volumes = new Map();
  /** @type {readonly import("./peer.js").ReceiveSlot[]} */
  #slots = [];
  /** @type {readonly import("./wire.js").Slot[]} */
  #told = [];
  #changed;

  /** @param {(volumes: number[]) => void} changed how loud each slot is to be, in their order */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Of somebody, from 0 to 100; 100 where nothing else was set. @param {string} userID */
  volume(userID) {
    return this.#volumes.get(userID) ?? 100;
  }

  /** @param {string} userID @param {number} volume from 0 to 100 */
  setVolume(userID, volume) {
    this.#volumes.set(userID, Math.min(100, Math.max(0, volume)));
    this.#tell();
  }

  /** The slots of a PeerConnection, or more of them. @param {readonly import("./peer.js").ReceiveSlot[]} slots */
  attach(slots) {
    if (slots !== this.#slots) this.#told = [];
    this.#slots = slots;
    this.#tell();
  }

  /** What the slots carry now, as the server tells. @param {readonly import("./wire.js").Slot[]} told */
  carry(told) {
    this.#told = told;
    this.#tell();
  }

  #tell() {
    this.#changed(this.#slots.map(({ line }) => this.volume(this.#told.find(({ mid }) => mid === line.mid)?.userID ?? "")));
  }
}
