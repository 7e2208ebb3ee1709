/**
 * What people show of how they take what is being said: an emoji each, for a
 * moment. Knows no document.
 *
 * @typedef {object} ShownReaction
 * @property {number} id
 * @property {string} userID
 * @property {string} reaction the emoji
 *
 * @typedef {object} Offered one that can be sent from here; other clients may send others
 * @property {string} reaction
 * @property {`reaction_${string}` & import("./i18n.js").Key} label
 */

/** What can be sent from here, in the order it is offered. @type {readonly Offered[]} */
export const REACTIONS = Object.freeze([
  { reaction: "👍", label: "reaction_thumbsUp" },
  { reaction: "👏", label: "reaction_applause" },
  { reaction: "❤️", label: "reaction_heart" },
  { reaction: "😂", label: "reaction_laughing" },
  { reaction: "🎉", label: "reaction_party" },
  { reaction: "😮", label: "reaction_surprised" },
  { reaction: "😢", label: "reaction_sad" },
  { reaction: "🤔", label: "reaction_thinking" },
]);

/** How long one is to be seen, in milliseconds. */
export const SHOWN_MS = 5_000;
/** So many at once are as good as more. */
const MOST = 24;

/** The reactions that are to be seen now. */
export class ShownReactions {
  /** The oldest first. @type {readonly ShownReaction[]} */
  all = [];
  #count = 0;
  #changed;

  /** @param {() => void} changed there are others to be seen */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {readonly {userID: string, reaction: string}[]} reactions */
  add(reactions) {
    const added = reactions.map(({ userID, reaction }) => ({ id: ++this.#count, userID, reaction }));
    this.all = [...this.all, ...added].slice(-MOST);
    const last = this.#count;
    setTimeout(() => this.#keep(({ id }) => id > last), SHOWN_MS);
    this.#changed();
  }

  /** What somebody shows; empty for nothing. @param {string} userID */
  of(userID) {
    return this.all.findLast((each) => each.userID === userID)?.reaction ?? "";
  }

  /** Nothing is to be seen any more. */
  clear() {
    this.all = [];
  }

  /** @param {(shown: ShownReaction) => boolean} still */
  #keep(still) {
    const left = this.all.filter(still);
    if (left.length === this.all.length) return;
    this.all = left;
    this.#changed();
  }
}
