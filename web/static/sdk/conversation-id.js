/**
 * TIM's names for conversations: C2C and a user id, or GROUP and a group id.
 *
 * @typedef {{peer: string, groupID?: never} | {groupID: string, peer?: never}} Party who is at the other end
 */

const C2C = "C2C";
const GROUP = "GROUP";

/** The conversation with one user. @param {string} userID */
export const c2cID = (userID) => C2C + userID;

/** The conversation of a group. @param {string} groupID */
export const groupConversationID = (groupID) => GROUP + groupID;

/**
 * Who is at the other end, in the wire's words.
 *
 * @param {string} conversationID
 * @returns {Party}
 */
export function partyOf(conversationID) {
  if (conversationID.startsWith(GROUP)) return { groupID: conversationID.slice(GROUP.length) };
  return { peer: conversationID.slice(C2C.length) };
}

/**
 * The conversation the wire speaks of.
 *
 * @param {{peer?: string, groupID?: string}} party
 */
export function conversationIDOf({ peer = "", groupID = "" }) {
  return groupID ? groupConversationID(groupID) : c2cID(peer);
}

/**
 * The conversation a message stands in.
 *
 * @param {{from: string, to?: string, groupID?: string}} message
 * @param {string} self
 */
export function conversationOf({ from, to = "", groupID = "" }, self) {
  return conversationIDOf({ groupID, peer: from === self ? to : from });
}
