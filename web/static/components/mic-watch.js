import { watchLevel } from "./level.js";

const SPEAKING = 0.12;
/** So many loud moments in a row are speech, not a cough. */
const MOMENTS = 3;
const NOTICE_MS = 3_000;
/** The quietest room is louder than this: below it the device gives nothing at all. */
const NOTHING = 0.000_1;
/** A device that gives nothing for so long is broken, muted by its own switch, or the wrong one. */
const SILENT_MS = 6_000;

/** Listens to one's own microphone: for a voice while it is muted, and for nothing at all while it is not. */
export class MicWatch {
  /** @type {MediaStreamTrack | null} */
  #measured = null;
  #muted = false;
  #talksUntil = 0;
  #loud = 0;
  /** Since when nothing came; 0 while something does. */
  #silentSince = 0;
  #stop = () => {};

  /** Somebody is talking into it while it is muted, or was just now. */
  get talksMuted() {
    return Date.now() < this.#talksUntil;
  }

  /** It is open and gives nothing. */
  get silent() {
    return this.#silentSince > 0 && Date.now() - this.#silentSince > SILENT_MS;
  }

  /** @param {import("../sdk/localmedia.js").LocalMedia} media */
  watch(media) {
    if (media.muted !== this.#muted) this.#begin(media.muted);
    const track = media.monitor;
    if (track === this.#measured) return;
    this.stop();
    this.#measured = track;
    if (track) this.#stop = watchLevel(track, (level) => this.#hear(level));
  }

  stop() {
    this.#stop();
    this.#stop = () => {};
    this.#measured = null;
    this.#begin(this.#muted);
  }

  /** @param {boolean} muted */
  #begin(muted) {
    this.#muted = muted;
    this.#talksUntil = 0;
    this.#loud = 0;
    this.#silentSince = 0;
  }

  /** @param {number} level */
  #hear(level) {
    this.#loud = this.#muted && level > SPEAKING ? this.#loud + 1 : 0;
    if (this.#loud >= MOMENTS) this.#talksUntil = Date.now() + NOTICE_MS;
    const nothing = !this.#muted && level < NOTHING;
    this.#silentSince = nothing ? this.#silentSince || Date.now() : 0;
  }
}
