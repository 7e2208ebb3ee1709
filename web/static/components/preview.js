import { browser } from "../sdk/platform.js";
import { watchLevel } from "./level.js";

/**
 * What somebody sees and hears of themselves before they are seen and heard:
 * whether the devices may be opened, the picture of the camera, the level of the
 * microphone.
 */
export class Preview {
  /** "prompt": not asked yet, so explain first. Null: not known yet. @type {PermissionState | null} */
  permission = null;
  #media;
  /** @type {MediaStreamTrack | null} */
  #measured = null;
  #stopMeasuring = () => {};

  /** @param {() => import("../sdk/localmedia.js").LocalMedia} media gives what is opened and shown */
  constructor(media) {
    this.#media = media;
  }

  /** Finds out whether the devices may be opened, without asking for it. */
  async look() {
    const states = await Promise.all([browser.permission("camera"), browser.permission("microphone")]);
    this.permission = states.includes("denied") ? "denied" : states.includes("prompt") ? "prompt" : "granted";
  }

  /** Opens the microphone, and the camera if that is wanted; the browser may ask for permission. @param {{camera: boolean}} wanted */
  async open({ camera }) {
    const media = this.#media();
    await media.open({ mic: true, camera });
    const denied = media.fault("camera") === "denied" || media.fault("mic") === "denied";
    this.permission = denied ? "denied" : "granted";
  }

  /**
   * Shows what there is now. For each drawing.
   *
   * @param {HTMLVideoElement} video
   * @param {HTMLMeterElement} meter
   */
  show(video, meter) {
    const track = this.#media().track("camera");
    const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] ?? null : null;
    if (shown !== track) video.srcObject = track ? new MediaStream([track]) : null;
    this.#measure(meter);
  }

  /** Measures no more. */
  stop() {
    this.#stopMeasuring();
  }

  /** @param {HTMLMeterElement} meter */
  #measure(meter) {
    const track = this.#media().monitor;
    if (track === this.#measured) return;
    this.#measured = track;
    this.#stopMeasuring();
    this.#stopMeasuring = track ? watchLevel(track, (level) => (meter.value = level)) : () => {};
  }
}
