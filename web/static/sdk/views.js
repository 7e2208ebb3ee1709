/**
 * @typedef {{srcObject: unknown}} MediaElement an HTMLVideoElement, or anything like it
 * @typedef {MediaElement | ((stream: MediaStream | null) => void)} ViewTarget where a picture goes
 * @typedef {"camera" | "screen"} ViewStream
 *
 * @typedef {object} Wish
 * @property {string} userID
 * @property {ViewStream} stream
 * @property {ViewTarget} target
 * @property {number} height of the tile in pixels, 0 if unknown
 * @property {number} slot the receive slot it holds; -1 before it has one
 * @property {MediaStream | null} shown what the target has now
 * @property {boolean} keeps the picture of the PeerConnection before this one, until there is a new one
 *
 * @typedef {import("./peer.js").ReceiveSlot} ReceiveSlot
 */

/** What a slot carries whose picture is of somebody who has left: no key of a wish. */
const GONE = "/";

/**
 * Who is to be seen where: each wish holds one receive slot until it is taken
 * back. Wishes outlive the PeerConnection; attach() gives them to the next.
 *
 * A slot that has shown somebody keeps their last picture until the next one's
 * first, so a target gets the stream of a used slot only when the server says
 * that it carries what is wished for there.
 */
export class Views {
  /** @type {Map<string, Wish>} */
  #wishes = new Map();
  /** @type {ReceiveSlot[]} */
  #slots = [];
  /** What each slot carries or carried last, as a key of #wishes. @type {string[]} */
  #carried = [];
  /** @type {import("./wire.js").Slot[]} */
  #told = [];

  /** What the server said last of every slot, voices too. */
  get told() {
    return this.#told;
  }

  /** How many receive slots it takes to show all of it. */
  get needed() {
    this.#place();
    return Math.max(0, ...[...this.#wishes.values()].map(({ slot }) => slot + 1));
  }

  /**
   * @param {string} userID
   * @param {ViewStream} stream
   * @param {ViewTarget} target
   * @param {number} height of the tile in pixels, 0 if unknown
   * @returns {boolean} whether it is a new wish, not another height or another place for one
   */
  start(userID, stream, target, height) {
    const key = `${userID}/${stream}`;
    const old = this.#wishes.get(key);
    if (!old) this.#wishes.set(key, { userID, stream, target, height, slot: -1, shown: null, keeps: false });
    if (!old) return true;
    old.height = height;
    if (old.target === target) return false;
    const { shown } = old;
    show(old, null);
    old.target = target;
    show(old, shown);
    return false;
  }

  /**
   * @param {string} userID
   * @param {ViewStream} stream
   */
  stop(userID, stream) {
    const key = `${userID}/${stream}`;
    const wish = this.#wishes.get(key);
    if (wish) show(wish, null);
    this.#wishes.delete(key);
  }

  /** Takes back every wish. */
  clear() {
    for (const { userID, stream } of [...this.#wishes.values()]) this.stop(userID, stream);
    this.#slots = [];
    this.#carried = [];
    this.#told = [];
  }

  /**
   * Moves every picture to the slots of a new PeerConnection. What is on the
   * screen stays there until the new one has something to show.
   *
   * @param {ReceiveSlot[]} slots may grow: see extended()
   */
  attach(slots) {
    const first = this.#slots.length === 0;
    this.#slots = slots;
    this.#carried = slots.map(() => "");
    this.#told = [];
    for (const wish of this.#wishes.values()) wish.keeps = !first && wish.shown !== null;
    this.#place();
    this.#fillAll();
    if (first) return;
    for (const [key, wish] of this.#wishes) {
      const swap = () => {
        if (this.#slots !== slots || this.#wishes.get(key) !== wish) return;
        wish.keeps = false;
        this.#fill(key);
      };
      slots[wish.slot]?.line.receiver.track.addEventListener("unmute", swap, { once: true });
    }
  }

  /** The PeerConnection has got more slots: shows what waited for them. */
  extended() {
    while (this.#carried.length < this.#slots.length) this.#carried.push("");
    this.#place();
    this.#fillAll();
  }

  /**
   * What the slots carry now, as the server tells.
   *
   * @param {import("./wire.js").Slot[]} told
   */
  carry(told) {
    this.#told = told;
    for (const { mid, userID, stream } of told) {
      const i = this.#slots.findIndex(({ line }) => line.mid === mid);
      if (i < 0 || !userID) continue; // of a voice; and an emptied one keeps its last picture
      const key = `${userID}/${stream}`;
      this.#carried[i] = key;
      this.#fill(key);
    }
  }

  /**
   * Somebody left the room. Should they come back, they are shown as they are
   * then, and not as they left.
   *
   * @param {string} userID
   */
  left(userID) {
    this.#carried = this.#carried.map((key) => (key.startsWith(`${userID}/`) ? GONE : key));
    for (const wish of this.#wishes.values()) if (wish.userID === userID) show(wish, null);
  }

  /**
   * What the server said last of the slot in which somebody is to be seen; null while it carries nobody, or somebody else.
   *
   * @param {string} userID
   * @param {ViewStream} stream
   */
  carrying(userID, stream) {
    const wish = this.#wishes.get(`${userID}/${stream}`);
    const mid = wish && this.#slots[wish.slot]?.line.mid;
    return this.#told.find((slot) => slot.mid === mid && slot.userID === userID && slot.stream === stream) ?? null;
  }

  /** The wanted picture as room.setViews takes it: all that has a negotiated slot. */
  wire() {
    this.#place();
    return [...this.#wishes.values()].flatMap(({ userID, stream, height, slot }) => {
      const mid = this.#slots[slot]?.line.mid;
      return mid ? [{ mid, userID, stream, ...(height > 0 && { height }) }] : [];
    });
  }

  /** Gives a slot to every wish that has none, or one that does not exist yet. */
  #place() {
    const wishes = [...this.#wishes.entries()];
    const taken = new Set(wishes.map(([, { slot }]) => slot).filter((slot) => slot < this.#slots.length));
    for (const [key, wish] of wishes) {
      if (wish.slot >= 0 && wish.slot < this.#slots.length) continue;
      wish.slot = this.#freeSlot(key, taken);
      taken.add(wish.slot);
      this.#fill(key);
    }
  }

  /** The slot that carried it before, or else the first: there is a voice beside it. @param {string} key @param {Set<number>} taken */
  #freeSlot(key, taken) {
    const before = this.#carried.indexOf(key);
    if (before >= 0 && !taken.has(before)) return before;
    let slot = 0;
    while (taken.has(slot)) slot++;
    return slot;
  }

  #fillAll() {
    for (const key of this.#wishes.keys()) this.#fill(key);
  }

  /** Shows a wish's slot, unless somebody else's picture stands in it. @param {string} key */
  #fill(key) {
    const wish = this.#wishes.get(key);
    const carried = this.#carried[wish?.slot ?? -1];
    if (wish && !wish.keeps && (carried === key || carried === "")) show(wish, this.#slots[wish.slot]?.stream ?? null);
  }
}

/** @param {Wish} wish @param {MediaStream | null} stream */
function show(wish, stream) {
  if (wish.shown === stream) return;
  wish.shown = stream;
  if (typeof wish.target === "function") wish.target(stream);
  else wish.target.srcObject = stream;
}
