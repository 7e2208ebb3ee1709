import { browser } from "../sdk/platform.js";

/** A phone has a camera at each side: goes from one to the next. */
export class CameraFlip {
  /** @type {readonly string[]} */
  #cameras = [];
  #changed;

  /** @param {() => void} changed there are more cameras, or fewer */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether one holds the machine in the hand, and it has several cameras. */
  get possible() {
    return this.#cameras.length > 1 && matchMedia("(pointer: coarse)").matches;
  }

  /**
   * Keeps count of the cameras until the returned function is called.
   *
   * @param {import("../sdk/room.js").Room} room
   */
  watch(room) {
    const look = () => void this.#look();
    const stops = [room.on("onDeviceChanged", look), room.media.on("track", ({ source, track }) => void (source === "camera" && track && look()))];
    look();
    return () => stops.forEach((stop) => stop());
  }

  /** The id of the camera after that of a track. @param {MediaStreamTrack | null} track */
  after(track) {
    const now = this.#cameras.indexOf(track?.getSettings().deviceId ?? "");
    return this.#cameras[(now + 1) % this.#cameras.length] ?? "";
  }

  async #look() {
    const all = await browser.enumerateDevices();
    this.#cameras = all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId).map(({ deviceId }) => deviceId);
    this.#changed();
  }
}
