/**
 * @typedef {{srcObject: unknown}} MediaElement an HTMLVideoElement, or anything like it
 * @typedef {MediaElement | ((stream: MediaStream | null) => void)} ViewTarget where a picture goes
 * @typedef {"camera" | "screen"} ViewStream
 * @typedef {{userID: string, stream: ViewStream, target: ViewTarget, height: number, slot: number}} Wish
 */

/**
 * Who is to be seen where: each wish holds one receive slot until it is taken
 * back. Wishes outlive the PeerConnection; attach() gives them to the next.
 */
export class Views {
  /** @type {Map<string, Wish>} */
  #wishes = new Map();
  /** @type {import("./peer.js").ReceiveSlot[]} */
  #slots = [];

  /** How many receive slots it takes to show all of it. */
  get needed() {
    return Math.max(0, ...[...this.#wishes.values()].map(({ slot }) => slot + 1));
  }

  /**
   * @param {string} userID
   * @param {ViewStream} stream
   * @param {ViewTarget} target
   * @param {number} height of the tile in pixels, 0 if unknown
   */
  start(userID, stream, target, height) {
    const key = `${userID}/${stream}`;
    const old = this.#wishes.get(key);
    const slot = old?.slot ?? this.#freeSlot();
    this.#wishes.set(key, { userID, stream, target, height, slot });
    if (old?.target === target) return; // only the height is another
    if (old) show(old.target, null);
    const pair = this.#slots[slot];
    if (pair) show(target, pair.videoStream);
  }

  /**
   * @param {string} userID
   * @param {ViewStream} stream
   */
  stop(userID, stream) {
    const key = `${userID}/${stream}`;
    const wish = this.#wishes.get(key);
    if (wish) show(wish.target, null);
    this.#wishes.delete(key);
  }

  /** Takes back every wish. */
  clear() {
    for (const { userID, stream } of [...this.#wishes.values()]) this.stop(userID, stream);
    this.#slots = [];
  }

  /**
   * Moves every picture to the slots of a new PeerConnection. What is on the
   * screen stays there until the new one has something to show.
   *
   * @param {import("./peer.js").ReceiveSlot[]} slots
   */
  attach(slots) {
    const first = this.#slots.length === 0;
    this.#slots = slots;
    for (const wish of this.#wishes.values()) {
      const pair = slots[wish.slot];
      if (!pair) continue;
      const stillWanted = () => this.#slots === slots && [...this.#wishes.values()].includes(wish);
      const swap = () => stillWanted() && show(wish.target, pair.videoStream);
      if (first) swap();
      else pair.video.receiver.track.addEventListener("unmute", swap, { once: true });
    }
  }

  /**
   * The PeerConnection has got more slots: shows what waited for them.
   *
   * @param {number} before how many there were
   */
  extended(before) {
    for (const { slot, target } of this.#wishes.values()) {
      const pair = this.#slots[slot];
      if (slot >= before && pair) show(target, pair.videoStream);
    }
  }

  /** The wanted picture as room.setViews takes it: all that has a negotiated slot. */
  wire() {
    return [...this.#wishes.values()].flatMap(({ userID, stream, height, slot }) => {
      const mid = this.#slots[slot]?.video.mid;
      return mid ? [{ mid, userID, stream, ...(height > 0 && { height }) }] : [];
    });
  }

  #freeSlot() {
    const taken = new Set([...this.#wishes.values()].map((wish) => wish.slot));
    let slot = 0;
    while (taken.has(slot)) slot++;
    return slot;
  }
}

/**
 * @param {ViewTarget} target
 * @param {MediaStream | null} stream
 */
function show(target, stream) {
  if (typeof target === "function") target(stream);
  else target.srcObject = stream;
}
