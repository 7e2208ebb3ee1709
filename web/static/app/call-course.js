/**
 * The course of a call, from its record. Knows no document.
 *
 * @typedef {import("../sdk/wire.js").CallRecord} CallRecord
 *
 * @typedef {object} Happening
 * @property {number} at Unix ms
 * @property {"called" | "joined" | "left" | "lost" | "declined" | "busy" | "timedOut" | "ended"} what
 * @property {string} userID empty of the end
 */

/** Somebody left because their connection was lost, see wire.LeaveReason. */
const LOST = 1;

/** Answers that are no joining. @type {Readonly<Partial<Record<import("../sdk/wire.js").ParticipantState, "declined" | "busy" | "timedOut">>>} */
const REFUSALS = Object.freeze({ rejected: "declined", busy: "busy", timedOut: "timedOut" });

/**
 * What happened, in its order.
 *
 * @param {Pick<CallRecord, "inviter" | "createdAt" | "endedAt" | "participants">} record
 * @returns {Happening[]}
 */
export function courseOf({ inviter, createdAt, endedAt, participants }) {
  /** @type {Happening[]} */
  const all = [{ at: createdAt, what: "called", userID: inviter }];
  for (const { userID, state, answeredAt, intervals } of participants) {
    const refused = REFUSALS[state];
    if (refused) all.push({ at: answeredAt || endedAt, what: refused, userID });
    for (const { enteredAt, leftAt, reason } of intervals) {
      all.push({ at: enteredAt, what: "joined", userID });
      if (leftAt) all.push({ at: leftAt, what: reason === LOST ? "lost" : "left", userID });
    }
  }
  all.sort((a, b) => a.at - b.at);
  return endedAt ? [...all, { at: endedAt, what: "ended", userID: "" }] : all;
}
