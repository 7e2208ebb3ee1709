import { watchLevel } from "./level.js";

const SPEAKING = 0.12;
/** So many loud moments in a row are speech, not a cough. */
const MOMENTS = 3;
const NOTICE_MS = 3_000;

/** Notices a voice at a muted microphone. */
export class MutedTalk {
  #until = 0;
  /** @type {MediaStreamTrack | null} */
  #measured = null;
  #stop = () => {};

  /** Somebody is talking into it, or was just now. */
  get noticed() {
    return Date.now() < this.#until;
  }

  /** @param {import("../sdk/localmedia.js").LocalMedia} media */
  watch(media) {
    const track = media.muted ? media.monitor : null;
    if (track === this.#measured) return;
    this.stop();
    this.#measured = track;
    if (!track) return;
    let loud = 0;
    this.#stop = watchLevel(track, (level) => {
      loud = level > SPEAKING ? loud + 1 : 0;
      if (loud >= MOMENTS) this.#until = Date.now() + NOTICE_MS;
    });
  }

  stop() {
    this.#stop();
    this.#stop = () => {};
    this.#measured = null;
    this.#until = 0;
  }
}
