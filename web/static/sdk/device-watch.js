/**
 * @typedef {"mic" | "camera" | "speaker"} DeviceType
 *
 * @typedef {object} DeviceChange
 * @property {string} deviceID
 * @property {string} label empty until a device of its kind was allowed
 * @property {DeviceType} type
 * @property {"add" | "remove"} state plugged in or out
 */

/** @type {Record<MediaDeviceKind, DeviceType>} */
const TYPES = { audioinput: "mic", videoinput: "camera", audiooutput: "speaker" };

/** Notices which devices are plugged in and out. */
export class DeviceWatch {
  #platform;
  #told;
  /** @type {Map<string, DeviceChange> | null} */
  #known = null;

  /**
   * @param {Pick<import("./platform.js").Platform, "enumerateDevices" | "onDeviceChange">} platform
   * @param {(change: DeviceChange) => void} told
   */
  constructor(platform, told) {
    this.#platform = platform;
    this.#told = told;
    platform.onDeviceChange(() => void this.look());
  }

  /**
   * Compares what is there with what was. The first look only remembers: a
   * browser names no devices before one was allowed, so look when one was.
   */
  async look() {
    const now = new Map((await this.#platform.enumerateDevices()).flatMap(entry));
    const before = this.#known;
    this.#known = now;
    if (!before) return;
    for (const [key, gone] of before) if (!now.has(key)) this.#told({ ...gone, state: "remove" });
    for (const [key, came] of now) if (!before.has(key)) this.#told(came);
  }
}

/** Names such as "default" stand for a device that is in the list itself. @param {MediaDeviceInfo} device @returns {[string, DeviceChange][]} */
function entry({ deviceId, kind, label }) {
  if (!deviceId || deviceId === "default" || deviceId === "communications") return [];
  return [[`${kind}/${deviceId}`, { deviceID: deviceId, label, type: TYPES[kind], state: "add" }]];
}
