import { open } from "./participants.js";

/**
 * @typedef {import("./views.js").MediaElement} MediaElement
 * @typedef {{element: MediaElement | null, height: number}} Place
 */

/** How many others are asked for before the page has said whom it shows: nine tiles, one of them one's own. */
const MAX_SEEN = 8;

/**
 * Those of a call whose pictures are asked for: whom the page has places for.
 * Until it has any, who is in first, then who may come, so that a picture is
 * there with its owner.
 *
 * @param {import("./participants.js").Participant[]} participants
 * @param {ReadonlySet<string>} [placed]
 */
export function seen(participants, placed = new Set()) {
  const may = open(participants);
  if (placed.size > 0) return may.filter(({ userID }) => placed.has(userID));
  const inside = may.filter(({ state }) => state === "joined");
  const coming = may.filter(({ state }) => state !== "joined");
  return [...inside, ...coming].slice(0, MAX_SEEN);
}

/**
 * Brings the pictures of a call's people from the room to the elements a page
 * shows them in. Either may be there first.
 */
export class RemoteViews {
  #room;
  /** Whose picture the room has been asked for, and where it goes. @type {Map<string, (stream: MediaStream | null) => void>} */
  #wishes = new Map();
  /** @type {Map<string, MediaStream>} */
  #streams = new Map();
  /** @type {Map<string, Place>} */
  #places = new Map();

  /** @param {import("./room.js").Room} room */
  constructor(room) {
    this.#room = room;
  }

  /** Whom the page has places for. */
  get placed() {
    return new Set(this.#places.keys());
  }

  /**
   * Asks for the pictures of these and of nobody else.
   *
   * @param {string[]} userIDs
   */
  follow(userIDs) {
    for (const userID of [...this.#wishes.keys()]) {
      if (userIDs.includes(userID)) continue;
      this.#wishes.delete(userID);
      this.#room.stopRemoteView(userID, "camera");
    }
    for (const userID of userIDs) {
      if (this.#wishes.has(userID)) continue;
      this.#wishes.set(userID, (stream) => this.#show(userID, stream));
      this.#ask(userID);
    }
  }

  /**
   * Where somebody's picture is shown, in this call and the next ones.
   *
   * @param {string} userID
   * @param {MediaElement | null} element
   * @param {number} height of the tile in pixels, 0 if unknown
   */
  place(userID, element, height) {
    const old = this.#places.get(userID);
    if (old?.element === element && old.height === height) return;
    if (element) this.#places.set(userID, { element, height });
    else this.#places.delete(userID);
    if (old && old.element !== element) put(old.element, null);
    if (old?.element !== element) put(element, this.#streams.get(userID) ?? null);
    if (element && old?.height !== height) this.#ask(userID);
  }

  /** @param {string} userID */
  #ask(userID) {
    const target = this.#wishes.get(userID);
    const height = this.#places.get(userID)?.height ?? 0;
    if (target) this.#room.startRemoteView(userID, "camera", target, { height });
  }

  /** @param {string} userID @param {MediaStream | null} stream */
  #show(userID, stream) {
    if (stream) this.#streams.set(userID, stream);
    else this.#streams.delete(userID);
    put(this.#places.get(userID)?.element ?? null, stream);
  }
}

/** @param {MediaElement | null} element @param {MediaStream | null} stream */
function put(element, stream) {
  if (element && element.srcObject !== stream) element.srcObject = stream;
}
