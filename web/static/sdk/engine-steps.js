import { anyJoined, find, ids, merged, open, people, those } from "./participants.js";

/**
 * What the handlers of the call's state machine share.
 *
 * @typedef {import("./engine-types.js").State} State
 * @typedef {import("./engine-types.js").Step} Step
 * @typedef {import("./engine-types.js").Command} Command
 * @typedef {import("./engine-types.js").Outcome} Outcome
 * @typedef {import("./engine-types.js").Fault} Fault
 * @typedef {import("./engine-types.js").IncomingCall} IncomingCall
 * @typedef {import("./participants.js").Participant} Participant
 */

/**
 * @param {string} self
 * @returns {State}
 */
export function initial(self) {
  return {
    phase: "idle",
    key: 0,
    self,
    role: "none",
    groupID: "",
    inviter: "",
    inviteID: "",
    participants: [],
    roomID: "",
    mediaType: "video",
    callID: "",
    startedAt: 0,
    ringMs: 0,
    inRoom: false,
    mediaUp: false,
    lost: false,
    unconfirmed: false,
    crossing: null,
  };
}

/** A call between two, of no group. @param {State} state */
export function isDirect({ groupID, participants }) {
  return groupID === "" && participants.length <= 1;
}

/** The other one of a direct call; of any other, who asked us. @param {State} state */
export function peerOf(state) {
  if (isDirect(state)) return state.participants[0]?.userID ?? "";
  return state.inviter;
}

/** The state as it is. @param {State} state @param {...Command} commands @returns {Step} */
export function stay(state, ...commands) {
  return { state, commands };
}

/** On to another state. @param {State} state @param {...Command} commands @returns {Step} */
export function go(state, ...commands) {
  return { state, commands };
}

/** A fresh call's state. @param {State} state @returns {State} */
export function begin(state) {
  return { ...initial(state.self), key: state.key + 1 };
}

/**
 * Somebody calls: it rings, and what accepting needs is made ready.
 *
 * @param {State} state
 * @param {IncomingCall} call
 * @returns {Step}
 */
export function ring(state, call) {
  const { inviteID, inviter, groupID, roomID, mediaType, ringMs } = call;
  const participants = peopleOf(call, state.self);
  return go(
    { ...begin(state), phase: "ringing", role: "callee", inviter, inviteID, groupID, roomID, mediaType, ringMs, participants },
    { do: "warm" },
    { do: "received" },
  );
}

/**
 * The others of a call as its invitation tells: who asks and who is in are
 * expected there, the rest is asked like us.
 *
 * @param {IncomingCall} call
 * @param {string} self
 */
export function peopleOf({ inviteID, inviter, inviteeList, inCall }, self) {
  const there = people([...new Set([inviter, ...inCall])], "accepted");
  const asked = people(inviteeList, "inviting", { inviteID, inviter });
  return merged(asked, there).filter(({ userID }) => userID !== self);
}

/**
 * Some of the others are in another state now.
 *
 * @param {State} state
 * @param {Participant[]} newer
 * @returns {{state: State, told: Command[]}}
 */
export function update(state, newer) {
  const changed = newer.filter((each) => find(state.participants, each.userID)?.state !== each.state);
  const told = changed.map(({ userID, state: become }) => ({ do: /** @type {const} */ ("told"), userID, state: become }));
  return { state: { ...state, participants: merged(state.participants, newer) }, told };
}

/**
 * Connected as soon as two are in with media; the server's onCallBegin gives the exact moment.
 *
 * @param {State} state
 * @param {number} at
 * @param {Command[]} [first]
 * @returns {Step}
 */
export function promote(state, at, first = []) {
  if (state.phase !== "connecting" || !state.mediaUp || !anyJoined(state.participants)) return go(state, ...first);
  return go({ ...state, phase: "connected", startedAt: state.startedAt || at }, ...first, { do: "begun" });
}

/**
 * After somebody has gone or will not come: in a call of no group everybody
 * knows whom they talk to, and it is over when nobody is left. In a group
 * there may be others of whom only the server knows; it says when that is over.
 *
 * @param {{state: State, told: Command[]}} changed
 * @param {Outcome} outcome
 * @param {string} by
 * @returns {Step}
 */
export function settle({ state, told }, outcome, by) {
  if (state.groupID || open(state.participants).length > 0) return go(state, ...told);
  return end(state, outcome, by, { first: told });
}

/**
 * The call is over. What met it while it rang, rings now.
 *
 * @param {State} state
 * @param {Outcome} outcome
 * @param {string} by
 * @param {{first?: Command[], fault?: Fault}} [more]
 * @returns {Step}
 */
export function end(state, outcome, by, { first = [], fault } = {}) {
  const over = { do: /** @type {const} */ ("ended"), outcome, by, ...(fault && { fault }) };
  const idle = { ...initial(state.self), key: state.key };
  const commands = [...first, { do: /** @type {const} */ ("exit") }, { do: /** @type {const} */ ("release") }, over];
  if (state.phase !== "ringing" || !state.crossing) return go(idle, ...commands);
  const next = ring(idle, state.crossing);
  return go(next.state, ...commands, ...next.commands);
}

/**
 * Our answer to an invitation.
 *
 * @param {"accept" | "reject" | "rejectBusy"} what
 * @param {Pick<IncomingCall, "inviteID" | "mediaType" | "inviter">} invitation
 * @returns {Command}
 */
export function answer(what, { inviteID, mediaType, inviter }) {
  return { do: what, inviteID, mediaType, inviter };
}

/** Asks those whom we have not asked yet. @param {State} state @returns {Command[]} */
export function asks({ self, participants, ringMs }) {
  const waiting = those(participants, "inviting").filter(({ inviter, inviteID }) => inviter === self && inviteID === "");
  return waiting.length > 0 ? [{ do: "invite", userIDs: ids(waiting), ringMs }] : [];
}

/** What a caller who gives up takes back. @param {State} state @returns {Command[]} */
export function withdrawals({ mediaType, self, participants, crossing }) {
  const own = those(participants, "inviting").filter(({ inviter, inviteID }) => inviter === self && inviteID !== "");
  const inviteIDs = [...new Set(own.map(({ inviteID }) => inviteID))];
  /** @type {Command[]} */
  const commands = inviteIDs.map((inviteID) => ({ do: "cancel", inviteID, mediaType, inviter: self }));
  return crossing ? [...commands, answer("reject", crossing)] : commands;
}
