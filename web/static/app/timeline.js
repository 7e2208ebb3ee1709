/**
 * @typedef {import("../sdk/callcards.js").Entry} Entry
 *
 * @typedef {object} Line an entry and what stands above it
 * @property {Entry} entry
 * @property {boolean} newDay the first of its day
 * @property {boolean} unread the first that was unread when the conversation was opened
 * @property {boolean} continues the same person went on writing: no name, no face, little room
 */

/** After such a pause a person's next message stands apart. */
const PAUSE_MS = 5 * 60_000;

/**
 * Where days begin, where the unread begins, and who goes on writing.
 *
 * @param {readonly Entry[]} entries oldest first
 * @param {{self: string, readSeq: number}} reader readSeq: read when the conversation was opened
 * @returns {Line[]}
 */
export function timeline(entries, { self, readSeq }) {
  const firstUnread = entries.find(({ message }) => message.messageSeq > readSeq && message.from !== self)?.message;
  return entries.map((entry, i) => {
    const { message } = entry;
    const before = entries[i - 1];
    const newDay = !before || dayOf(before.message.createdAt) !== dayOf(message.createdAt);
    const unread = message === firstUnread && i > 0;
    return { entry, newDay, unread, continues: !newDay && !unread && goesOn(before, entry) };
  });
}

/** @param {Entry | undefined} before @param {Entry} entry */
function goesOn(before, { message, card }) {
  if (!before || card || before.card || message.type === "signaling" || before.message.type === "signaling") return false;
  return before.message.from === message.from && message.createdAt - before.message.createdAt < PAUSE_MS;
}

/** @param {number} at Unix ms */
function dayOf(at) {
  return new Date(at).toDateString();
}
