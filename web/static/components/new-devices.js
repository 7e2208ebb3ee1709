/**
 * @typedef {import("../sdk/device-watch.js").DeviceChange} DeviceChange
 * @typedef {Pick<DeviceChange, "deviceID" | "label" | "type">} Offer a device that was plugged in
 */

/** How long it is offered. */
const OFFERED_MS = 15_000;

/** Offers devices that are plugged in while it watches. */
export class NewDevices {
  /** @type {readonly Offer[]} */
  offers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #changed;

  /** @param {() => void} changed there are other offers */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * Watches until the returned function is called.
   *
   * @param {Pick<import("../sdk/room.js").Room, "on">} room
   */
  watch(room) {
    const stop = room.on("onDeviceChanged", (change) => this.#look(change));
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

  /** What is pulled out again is no offer; what the browser does not name is none that could be understood. @param {DeviceChange} change */
  #look({ deviceID, label, type, state }) {
    const others = this.offers.filter((offer) => offer.type !== type || offer.deviceID !== deviceID);
    const offers = state === "add" && label ? [...others, { deviceID, label, type }] : others;
    if (offers.length === this.offers.length && state === "remove") return;
    this.offers = offers;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dismiss(), OFFERED_MS);
    this.#changed();
  }
}
