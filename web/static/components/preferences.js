import { Emitter } from "../sdk/emitter.js";

/**
 * @typedef {object} Values
 * @property {string} mic device id; empty for the default
 * @property {string} camera
 * @property {string} speaker
 * @property {boolean} noiseSuppression of the microphone
 * @property {boolean} startMuted
 * @property {boolean} startCameraOff
 * @property {boolean} shortcuts single-key shortcuts
 * @property {boolean} ringtone sound when somebody calls
 * @property {"grid" | "speaker"} layout of calls of several
 * @property {boolean} noPictures the others are heard and not seen, to save data; their screens are
 * @property {boolean} hideSelf no tile of one's own in them
 */

const STORE = "callsvc.preferences";

/** @type {Values} */
const DEFAULTS = { mic: "", camera: "", speaker: "", noiseSuppression: true, startMuted: false, startCameraOff: false, shortcuts: true, ringtone: true, layout: "grid", noPictures: false, hideSelf: false };

/**
 * What a person has chosen about devices, keys and sounds, kept in this browser.
 *
 * @extends {Emitter<{change: Values}>}
 */
export class Preferences extends Emitter {
  #storage;
  #values;

  /** @param {Pick<Storage, "getItem" | "setItem">} storage */
  constructor(storage) {
    super();
    this.#storage = storage;
    this.#values = { ...DEFAULTS, ...parse(storage.getItem(STORE)) };
  }

  get values() {
    return this.#values;
  }

  /** @param {Partial<Values>} changes */
  set(changes) {
    this.#values = { ...this.#values, ...changes };
    this.#storage.setItem(STORE, JSON.stringify(this.#values));
    this.emit("change", this.#values);
  }
}

/**
 * @param {string | null} text
 * @returns {Partial<Values>}
 */
function parse(text) {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return {}; // written by something else: begin anew
  }
}
