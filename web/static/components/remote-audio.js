/** Plays what a room sends: one audio element a receive slot, none of them in the page. */
export class RemoteAudio {
  /** The browser plays nothing until the user has clicked. */
  blocked = false;

  /** @type {HTMLAudioElement[]} */
  #elements = [];
  #room;
  #changed;

  /**
   * @param {import("../sdk/room.js").Room} room
   * @param {() => void} changed `blocked` is different
   */
  constructor(room, changed) {
    this.#room = room;
    this.#changed = changed;
    room.on("onRemoteAudio", ({ streams }) => this.#attach(streams));
    room.on("onSpeakerChanged", () => void this.#route());
  }

  /** Tries to play; call it from a click when `blocked`. */
  play() {
    for (const element of this.#elements) void this.#start(element);
  }

  /** @param {MediaStream[]} streams */
  #attach(streams) {
    while (this.#elements.length < streams.length) this.#elements.push(new Audio());
    streams.forEach((stream, i) => {
      const element = this.#elements[i];
      if (element) element.srcObject = stream;
    });
    void this.#route();
    this.play();
  }

  /** @param {HTMLAudioElement} element */
  async #start(element) {
    try {
      await element.play();
      this.#set(false);
    } catch (thrown) {
      // Anything but the autoplay policy is a stream that was replaced while it started.
      if (thrown instanceof DOMException && thrown.name === "NotAllowedError") this.#set(true);
    }
  }

  async #route() {
    for (const element of this.#elements) {
      if ("setSinkId" in element) await element.setSinkId(this.#room.speakerID);
    }
  }

  /** @param {boolean} blocked */
  #set(blocked) {
    if (this.blocked === blocked) return;
    this.blocked = blocked;
    this.#changed();
  }
}
