/**
 * The others in a call. Each has a state of their own: they are being asked,
 * have said yes and are on the way, are in the room; or it came to nothing, or
 * they have gone again.
 *
 * @typedef {"inviting" | "accepted" | "joined" | "declined" | "busy" | "noResponse" | "left"} ParticipantState
 *
 * @typedef {object} Participant
 * @property {string} userID
 * @property {ParticipantState} state
 * @property {string} inviteID of the invitation that asks them; empty until it is known, and if we know of none
 * @property {string} inviter who asked them; empty if we do not know
 */

/**
 * People in a state, by one invitation.
 *
 * @param {string[]} userIDs
 * @param {ParticipantState} state
 * @param {{inviteID?: string, inviter?: string}} [invitation]
 * @returns {Participant[]}
 */
export function people(userIDs, state, { inviteID = "", inviter = "" } = {}) {
  return userIDs.map((userID) => ({ userID, state, inviteID, inviter }));
}

/**
 * The list with these people in it, in place of what it had of them.
 *
 * @param {Participant[]} list
 * @param {Participant[]} newer
 */
export function merged(list, newer) {
  const fresh = newer.filter(({ userID }) => !find(list, userID));
  return [...list.map((each) => find(newer, each.userID) ?? each), ...fresh];
}

/** @param {Participant[]} list @param {string} userID */
export function find(list, userID) {
  return list.find((each) => each.userID === userID);
}

/** Those in one of these states. @param {Participant[]} list @param {...ParticipantState} states */
export function those(list, ...states) {
  return list.filter(({ state }) => states.includes(state));
}

/** Those who are in, or may yet come. @param {Participant[]} list */
export function open(list) {
  return those(list, "inviting", "accepted", "joined");
}

/** The same people in another state. @param {Participant[]} list @param {ParticipantState} state */
export function become(list, state) {
  return list.map((each) => ({ ...each, state }));
}

/** Whether somebody else is in the room. @param {Participant[]} list */
export function anyJoined(list) {
  return list.some(({ state }) => state === "joined");
}

/**
 * Those whom an invitation asks still. The answer that names it may be on its
 * way here: then it is any of ours that has no name yet.
 *
 * @param {Participant[]} list
 * @param {string} inviteID
 */
export function askedBy(list, inviteID) {
  return those(list, "inviting").filter((each) => each.inviteID === inviteID || each.inviteID === "");
}

/** User ids of a list. @param {Participant[]} list */
export function ids(list) {
  return list.map(({ userID }) => userID);
}
