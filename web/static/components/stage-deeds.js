import { browser } from "../sdk/platform.js";

/** What one does in a call with one's own devices, whatever kind of call it is. */
export class StageDeeds {
  #model;
  /** The microphone is open only as long as Space is held. */
  #holding = false;

  /** @param {() => import("./stage-model.js").StageModel} model */
  constructor(model) {
    this.#model = model;
  }

  /** Whether the screen can be shared from this browser. */
  get canShare() {
    return browser.canShareScreen();
  }

  get sharing() {
    return this.#model().media.track("screen") !== null;
  }

  toggleMic() {
    const { media, room } = this.#model();
    const closed = !media.track("mic") && !media.opening("mic");
    if (!closed) return room.muteLocalAudio(!media.muted);
    if (media.muted) room.muteLocalAudio(false);
    void room.startLocalAudio();
  }

  async toggleCamera() {
    const { room } = this.#model();
    if (room.media.track("camera")) room.closeCamera();
    else await room.openCamera();
  }

  /** Shares the screen, with its sound where the browser has it, or stops. */
  async toggleShare() {
    const { room } = this.#model();
    if (this.sharing) room.stopScreenCapture();
    else if (this.canShare) await room.startScreenCapture({ audio: true });
  }

  /** Whether the camera's own driver can blur what is behind one: no library is loaded for it. */
  get canBlur() {
    const capabilities = /** @type {{backgroundBlur?: boolean[]} | undefined} */ (this.#model().media.track("camera")?.getCapabilities?.());
    return capabilities?.backgroundBlur?.includes(true) ?? false;
  }

  get blurred() {
    const settings = /** @type {{backgroundBlur?: boolean} | undefined} */ (this.#model().media.track("camera")?.getSettings());
    return settings?.backgroundBlur ?? false;
  }

  async toggleBlur() {
    const track = this.#model().media.track("camera");
    const wish = /** @type {MediaTrackConstraints} */ ({ backgroundBlur: !this.blurred });
    await track?.applyConstraints({ ...track.getConstraints(), ...wish });
  }

  /** @param {HTMLElement} whole what fills the screen */
  async toggleFullscreen(whole) {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await whole.requestFullscreen();
  }

  beginTalk() {
    const { media, room } = this.#model();
    if (!media.muted || !media.track("mic")) return;
    this.#holding = true;
    room.muteLocalAudio(false);
  }

  endTalk() {
    if (!this.#holding) return;
    this.#holding = false;
    this.#model().room.muteLocalAudio(true);
  }
}
