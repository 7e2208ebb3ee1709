/**
 * @typedef {import("../sdk/wire.js").CallRecord} CallRecord
 * @typedef {import("../sdk/wire.js").QueryHistory} HistoryFilter
 *
 * @typedef {object} Filter what is chosen on the page; empty strings choose nothing
 * @property {"all" | "missed" | "incoming" | "outgoing"} which
 * @property {"" | "video" | "audio"} kind
 * @property {string} user
 * @property {string} from a day, as yyyy-mm-dd
 * @property {string} to a day, that day included
 */

/**
 * The page's filter in the words of the wire. Days are the reader's own.
 *
 * @param {Filter} filter
 * @returns {HistoryFilter}
 */
export function wireFilter({ which, kind, user, from, to }) {
  return {
    ...(which === "missed" && { missed: true }),
    ...((which === "incoming" || which === "outgoing") && { direction: which }),
    ...(kind && { type: kind }),
    ...(user && { with: user.trim() }),
    ...(from && { from: new Date(`${from}T00:00:00`).getTime() }),
    ...(to && { to: new Date(`${to}T23:59:59.999`).getTime() }),
  };
}

/**
 * The other one of a one-to-one call.
 *
 * @param {CallRecord} record
 * @param {string} self
 */
export function otherOf(record, self) {
  if (record.inviter !== self) return record.inviter;
  return record.participants.find(({ userID }) => userID !== self)?.userID ?? self;
}

/**
 * @param {CallRecord} record
 * @param {string} self
 * @returns {"incoming" | "outgoing"}
 */
export function directionOf(record, self) {
  return record.inviter === self ? "outgoing" : "incoming";
}

/**
 * Whether somebody tried to reach this user and did not.
 *
 * @param {CallRecord} record
 * @param {string} self
 */
export function missedBy({ inviter, result }, self) {
  return inviter !== self && (result === "noAnswer" || result === "cancelled" || result === "unreachable");
}
