import { browser } from "../sdk/platform.js";

/**
 * @typedef {{kind: import("./device-picker.js").PickerKind, deviceID: string, label: string}} Offer a device that was plugged in
 */

/** How long it is offered. */
const OFFERED_MS = 15_000;

/** @type {Readonly<Record<string, Offer["kind"]>>} */
const KINDS = Object.freeze({ audioinput: "mic", videoinput: "camera", audiooutput: "speaker" });
/** Names that stand for other devices of the list. */
const ALIASES = new Set(["", "default", "communications"]);

/**
 * What is in the second list of devices and not in the first.
 *
 * @param {readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[]} before
 * @param {readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[]} after
 * @returns {Offer[]}
 */
export function pluggedIn(before, after) {
  const known = new Set(before.map(({ kind, deviceId }) => `${kind} ${deviceId}`));
  return after.flatMap(({ kind, deviceId, label }) => {
    const which = KINDS[kind];
    const isNew = which && label && !ALIASES.has(deviceId) && !known.has(`${kind} ${deviceId}`);
    return isNew ? [{ kind: which, deviceID: deviceId, label }] : [];
  });
}

/** Offers devices that are plugged in while it watches. */
export class NewDevices {
  /** @type {readonly Offer[]} */
  offers = [];
  /** @type {readonly MediaDeviceInfo[]} */
  #known = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #changed;

  /** @param {() => void} changed there are other offers */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Watches until the returned function is called. */
  watch() {
    const stop = browser.onDeviceChange(() => void this.#look());
    void this.#first();
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  /** Takes back the offers. */
  dismiss() {
    clearTimeout(this.#timer);
    this.offers = [];
    this.#changed();
  }

  async #first() {
    this.#known = await browser.enumerateDevices();
  }

  async #look() {
    const now = await browser.enumerateDevices();
    // Before the first permission devices have no names, and are none to offer.
    const nameless = this.#known.every(({ label }) => !label);
    const offers = nameless ? [] : pluggedIn(this.#known, now);
    this.#known = now;
    if (offers.length === 0) return;
    this.offers = offers;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dismiss(), OFFERED_MS);
    this.#changed();
  }
}
