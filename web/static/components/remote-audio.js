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
    room.on("onRemoteAudioVolumes", ({ volumes }) => this.#setVolumes(volumes));
    room.on("onSpeakerChanged", () => void this.#route());
  }

  /** Tries to play; call it from a click when `blocked`. */
  play() {
    for (const element of this.#elements) if (element.srcObject) void this.#start(element);
  }

  /** @param {MediaStream[]} streams */
  #attach(streams) {
    while (this.#elements.length < streams.length) this.#elements.push(new Audio());
    this.#elements.forEach((element, i) => {
      const stream = streams[i] ?? null;
      if (element.srcObject !== stream) element.srcObject = stream; // the same again would interrupt it
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

  /** @param {readonly number[]} volumes 0 to 100 */
  #setVolumes(volumes) {
    this.#elements.forEach((element, i) => (element.volume = (volumes[i] ?? 100) / 100));
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
