import { DeviceWatch } from "./device-watch.js";
import { Emitter } from "./emitter.js";
import { Code } from "./errors.js";
import { RoomLink } from "./room-link.js";
import { Voices } from "./voices.js";

/**
 * @typedef {import("./room-events.js").RoomEvents} RoomEvents
 * @typedef {{audio?: boolean, video?: boolean, screen?: boolean}} Publishing what the server lets through
 */

/** Why sharing the screen stopped (TRTC's onScreenCaptureStopped). */
export const ScreenStop = Object.freeze({
  /** stopScreenCapture() */
  stopped: 0,
  /** The browser ended it: its own bar was used, or what was shared was closed. */
  ended: 1,
});

/**
 * One's own side of a room under TRTC's names: microphone, camera and screen,
 * and what of them the others get.
 *
 * @extends {Emitter<RoomEvents>}
 */
export class RoomDevices extends Emitter {
  /** One's own microphone, camera and screen. */
  media;
  /** The chosen speaker's id; empty for the default. */
  speakerID = "";

  /** @protected */
  link;
  /** @protected */
  voices = new Voices((volumes) => this.emit("onRemoteAudioVolumes", { volumes }));
  #cameraMuted = false;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./localmedia.js").LocalMedia} media
   * @param {import("./platform.js").Platform} platform
   */
  constructor(connection, media, platform) {
    super();
    const watch = new DeviceWatch(platform, (change) => this.#deviceChanged(change));
    this.media = media;
    if (media.track("mic") || media.track("camera")) void watch.look(); // opened before there was a room
    this.link = new RoomLink(connection, (fault) => this.emit("onError", fault));
    media.on("track", ({ source, track }) => {
      if (track && source !== "screen") void watch.look();
      if (source === "camera" && !track) this.#cameraMuted = false; // the next time it opens to be seen
    });
    media.on("screenEnded", () => this.#screenStopped(ScreenStop.ended));
  }

  /** Opens the camera. @returns {Promise<void>} */
  async startLocalPreview() {
    await this.media.open({ camera: true });
    void this.#publish({ video: this.media.track("camera") !== null && !this.#cameraMuted });
  }

  /** TUICallEngine's name of startLocalPreview. */
  openCamera() {
    return this.startLocalPreview();
  }

  /** Stops the camera: its light goes out, the others are told. */
  closeCamera() {
    this.media.close("camera");
    void this.#publish({ video: false });
  }

  /** TRTC's name of closeCamera. */
  stopLocalPreview() {
    this.closeCamera();
  }

  /** Opens the microphone. */
  async startLocalAudio() {
    await this.media.open({ mic: true });
    void this.#publish({ audio: !this.media.muted });
  }

  /** Stops the microphone. */
  stopLocalAudio() {
    this.media.close("mic");
    void this.#publish({ audio: false });
  }

  /** Silences the microphone, here and in the server; it stays open. @param {boolean} mute */
  muteLocalAudio(mute) {
    this.media.setMuted(mute);
    void this.#publish({ audio: !mute });
  }

  /** Holds the picture back in the server; the camera stays open. @param {boolean} mute */
  muteLocalVideo(mute) {
    this.#cameraMuted = mute;
    void this.#publish({ video: !mute });
  }

  /**
   * Shares a screen, a window or a tab, beside the camera: to the others it is
   * the stream "screen" (onUserSubStreamAvailable). The browser lets its user
   * choose, so it has to be called from a click.
   *
   * @param {{audio?: boolean}} [options] with its sound, where the browser has it
   * @returns {Promise<boolean>} false: it was refused, or cannot be; see media.fault("screen")
   */
  async startScreenCapture({ audio = false } = {}) {
    if (this.media.track("screen")) return true;
    if (!(await this.media.openScreen({ audio }))) return false;
    void this.#publish({ screen: true });
    this.emit("onScreenCaptureStarted", { audio: this.media.track("screenAudio") !== null });
    return true;
  }

  /** Ends it. */
  stopScreenCapture() {
    const shared = this.media.track("screen") !== null;
    this.media.closeScreen();
    if (shared) this.#screenStopped(ScreenStop.stopped);
  }

  /** @param {string} deviceID */
  setCurrentMicDevice(deviceID) {
    return this.media.setDevice("mic", deviceID);
  }

  /** @param {string} deviceID */
  setCurrentCameraDevice(deviceID) {
    return this.media.setDevice("camera", deviceID);
  }

  /** @param {string} deviceID */
  setCurrentSpeakerDevice(deviceID) {
    this.speakerID = deviceID;
    this.emit("onSpeakerChanged", { deviceID });
  }

  /**
   * How loud somebody is played, here only; it stays so when they come again (TRTC's name).
   *
   * @param {string} userID
   * @param {number} volume from 0 to 100, which is how loud they are
   */
  setRemoteAudioVolume(userID, volume) {
    this.voices.setVolume(userID, volume);
  }

  /** From 0 to 100. @param {string} userID */
  remoteAudioVolume(userID) {
    return this.voices.volume(userID);
  }

  /**
   * Repeats to a server that knows nothing of it what is held back.
   *
   * @protected
   */
  publishAgain() {
    if (this.media.muted) void this.#publish({ audio: false });
    if (this.#cameraMuted) void this.#publish({ video: false });
  }

  /**
   * What is plugged in is used if one's own was missing; else it is offered.
   *
   * @param {import("./device-watch.js").DeviceChange} change
   */
  #deviceChanged(change) {
    const { deviceID, type, state } = change;
    this.emit("onDeviceChanged", change);
    if (type === "speaker") {
      if (state === "remove" && deviceID === this.speakerID) this.setCurrentSpeakerDevice("");
    } else if (state === "add" && this.media.fault(type) === "notFound") {
      void this.media.open({ [type]: true });
    }
  }

  /** @param {number} reason */
  #screenStopped(reason) {
    void this.#publish({ screen: false });
    this.emit("onScreenCaptureStopped", { reason });
  }

  /** @param {Publishing} what */
  async #publish(what) {
    const code = await this.link.wish("room.setPublishing", what);
    if (code !== Code.publishForbidden) return;
    // A host keeps one muted: what the others do not get must not look as if they did.
    if (what.audio) this.media.setMuted(true);
    if (what.video) this.media.close("camera");
    if (what.screen) this.stopScreenCapture();
  }
}
