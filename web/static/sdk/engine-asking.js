import {
  answer, begin, end, go, initial, isDirect, peerOf, peopleOf, promote, ring, settle, stay, update, withdrawals,
} from "./engine-steps.js";
import { askedBy, become, find, ids, merged, open, people, those } from "./participants.js";

/**
 * Who is asked into a call, and what they say: the part of the call's state
 * machine that follows signaling and one's own wishes.
 *
 * @typedef {import("./engine-types.js").State} State
 * @typedef {import("./engine-types.js").Step} Step
 * @typedef {import("./engine-types.js").IncomingCall} IncomingCall
 * @typedef {"call" | "join" | "inviteUser" | "invited" | "inviteFailed" | "invitation" | "accept" | "acceptFailed" |
 *   "reject" | "ignore" | "hangup" | "inviteeAccepted" | "inviteeRejected" | "cancelled" | "timedOut"} Asking
 *
 * @type {import("./engine-types.js").Handlers<Asking>}
 */
export const asking = {
  call(state, { groupID, userIDs, roomID, mediaType, ringMs, camera }) {
    if (state.phase !== "idle") return stay(state);
    const next = { ...begin(state), phase: /** @type {const} */ ("calling"), role: /** @type {const} */ ("caller") };
    const { state: asked, told } = update(
      { ...next, groupID, roomID, mediaType, ringMs },
      people(userIDs, "inviting", { inviter: state.self }),
    );
    return go(asked, { do: "enter", roomID }, { do: "capture", camera }, ...told);
  },

  join(state, { call: { callID, groupID, roomID, mediaType, userIDList }, camera }) {
    if (state.phase !== "idle") return stay(state);
    const next = { ...begin(state), phase: /** @type {const} */ ("connecting"), role: /** @type {const} */ ("callee") };
    const participants = people(userIDList, "accepted").filter(({ userID }) => userID !== state.self);
    return go({ ...next, callID, groupID, roomID, mediaType, participants }, { do: "enter", roomID }, { do: "capture", camera });
  },

  inviteUser(state, { userIDs, ringMs }) {
    if (state.phase === "idle" || state.phase === "ringing") return stay(state);
    const here = ids(open(state.participants));
    const wanted = userIDs.filter((userID) => userID !== state.self && !here.includes(userID));
    if (wanted.length === 0) return stay(state);
    const { state: next, told } = update({ ...state, ringMs }, people(wanted, "inviting", { inviter: state.self }));
    return state.inRoom ? go(next, ...told, { do: "invite", userIDs: wanted, ringMs }) : go(next, ...told);
  },

  invited(state, { key, userIDs, inviteID, mergedRoomID }) {
    const current = key === state.key && state.phase !== "idle";
    if (!current) {
      // Hung up while the invitation was on its way. A merged one is an acceptance: nothing to cancel.
      if (mergedRoomID) return stay(state);
      return stay(state, { do: "cancel", inviteID, mediaType: state.mediaType, inviter: state.self });
    }
    if (mergedRoomID) return merge(state, { userIDs, inviteID, roomID: mergedRoomID });
    const waiting = those(state.participants, "inviting").filter(({ userID }) => userIDs.includes(userID));
    const named = waiting.map((each) => ({ ...each, inviteID }));
    return decide({ ...state, participants: merged(state.participants, named) });
  },

  inviteFailed(state, { key, userIDs, fault }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    const participants = state.participants.filter(({ userID, state: at }) => at !== "inviting" || !userIDs.includes(userID));
    const next = { ...state, participants };
    if (state.phase !== "calling" || open(participants).length > 0) return go(next, { do: "fault", fault });
    if (!state.crossing) return end(state, "failed", state.self, { fault });
    const ringing = ring({ ...state, crossing: null }, state.crossing);
    return go(ringing.state, { do: "exit" }, { do: "release" }, ...ringing.commands);
  },

  invitation(state, { call }) {
    if (call.inviter === state.self) return stay(state); // one's own, from another device
    if (call.inviteID === state.inviteID) return go({ ...state, unconfirmed: false });
    if (state.phase !== "idle" && call.roomID === state.roomID) return othersAsked(state, call);
    if (!call.inviteeList.includes(state.self)) return stay(state);
    if (state.phase === "idle") return ring(state, call);
    if (crosses(state, call)) return decide({ ...state, crossing: call });
    return stay(state, answer("rejectBusy", call));
  },

  accept(state, { camera }) {
    if (state.phase !== "ringing") return stay(state);
    const { crossing } = state;
    return go(
      { ...state, phase: "connecting", unconfirmed: false, crossing: null },
      answer("accept", state),
      { do: "enter", roomID: state.roomID },
      { do: "capture", camera },
      ...(crossing ? [answer("rejectBusy", crossing)] : []),
    );
  },

  acceptFailed(state, { key, fault }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    const gone = fault.code === 8010;
    return gone ? end(state, "cancelled", state.inviter) : end(state, "failed", state.self, { fault });
  },

  reject(state) {
    if (state.phase !== "ringing") return stay(state);
    return end(state, "declined", state.self, { first: [answer("reject", state)] });
  },

  ignore(state) {
    if (state.phase !== "ringing") return stay(state);
    return end(state, "busy", state.self, { first: [answer("rejectBusy", state)] });
  },

  hangup(state) {
    switch (state.phase) {
      case "idle":
        return stay(state);
      case "ringing":
        return asking.reject(state, { type: "reject" });
      case "calling":
        return end(state, "cancelled", state.self, { first: withdrawals(state) });
      case "connecting":
        return end(state, "cancelled", state.self);
      case "connected":
        return end(state, "answered", state.self); // for us: in a group the others go on
    }
  },

  inviteeAccepted(state, { inviteID, invitee }) {
    if (ringsHere(state, inviteID) && invitee === state.self) return end(state, "answeredElsewhere", state.self);
    const whom = askedBy(state.participants, inviteID).filter(({ userID }) => userID === invitee);
    if (whom.length === 0) return stay(state);
    const { state: next, told } = update(state, become(named(whom, inviteID), "accepted"));
    return next.phase === "calling" ? promote(meet(next), 0, told) : go(next, ...told);
  },

  inviteeRejected(state, { inviteID, invitee, busy }) {
    if (ringsHere(state, inviteID) && invitee === state.self) return end(state, "declinedElsewhere", state.self);
    const whom = askedBy(state.participants, inviteID).filter(({ userID }) => userID === invitee);
    if (whom.length === 0) return stay(state);
    return settle(update(state, become(whom, busy ? "busy" : "declined")), busy ? "busy" : "declined", invitee);
  },

  cancelled(state, { inviteID, inviteeList }) {
    if (state.crossing?.inviteID === inviteID) return go({ ...state, crossing: null });
    if (ringsHere(state, inviteID) && inviteeList.includes(state.self)) return end(state, "cancelled", state.inviter);
    const withdrawn = ids(askedBy(state.participants, inviteID)).filter((userID) => inviteeList.includes(userID));
    if (withdrawn.length === 0) return stay(state);
    const participants = state.participants.filter(({ userID }) => !withdrawn.includes(userID));
    return settle({ state: { ...state, participants }, told: [] }, "cancelled", state.self);
  },

  timedOut(state, { inviteID, inviteeList }) {
    if (state.crossing?.inviteID === inviteID) return go({ ...state, crossing: null });
    if (ringsHere(state, inviteID) && inviteeList.includes(state.self)) return end(state, "noAnswer", "server");
    const whom = askedBy(state.participants, inviteID).filter(({ userID }) => inviteeList.includes(userID));
    if (whom.length === 0) return stay(state);
    return settle(update(state, become(whom, "noResponse")), "noAnswer", "server");
  },
};

/** @param {State} state @param {string} inviteID */
function ringsHere(state, inviteID) {
  return state.phase === "ringing" && inviteID === state.inviteID;
}

/** @param {import("./participants.js").Participant[]} list @param {string} inviteID */
function named(list, inviteID) {
  return list.map((each) => ({ ...each, inviteID }));
}

/** Somebody comes to our call. @param {State} state @returns {State} */
function meet(state) {
  return { ...state, phase: "connecting", crossing: state.groupID ? state.crossing : null };
}

/**
 * Others are asked into the call that we are in or asked into. If we are in it
 * by another way and are asked as well, we have come.
 *
 * @param {State} state
 * @param {IncomingCall} call
 * @returns {Step}
 */
function othersAsked(state, call) {
  const here = ids(open(state.participants));
  const asked = call.inviteeList.filter((userID) => userID !== state.self && !here.includes(userID));
  const { state: next, told } = update({ ...state, ringMs: call.ringMs }, people(asked, "inviting", call));
  const inside = state.phase === "connecting" || state.phase === "connected";
  const come = inside && call.inviteeList.includes(state.self) ? [answer("accept", call)] : [];
  return go(next, ...told, ...come);
}

/**
 * Two of the same mind: whom we call calls us, or two people call the same
 * group. Neither is another call that we would be too busy for.
 *
 * @param {State} state
 * @param {IncomingCall} call
 */
function crosses(state, call) {
  if (state.crossing || call.groupID !== state.groupID) return false;
  if (state.groupID) return state.phase === "calling" || state.phase === "ringing";
  const asked = state.participants[0]?.inviteID ?? "";
  return state.phase === "calling" && isDirect(state) && call.inviter === peerOf(state) && asked === "";
}

/**
 * Two calls of one group that crossed: the older invitation stands, everybody
 * comes to it. Ids of invitations sort by time.
 *
 * @param {State} state
 * @returns {Step}
 */
function decide(state) {
  const { crossing, groupID, self } = state;
  const own = state.participants.find(({ inviter, inviteID }) => inviter === self && inviteID !== "");
  if (!crossing || !groupID || state.phase !== "calling" || !own) return go(state);
  if (own.inviteID < crossing.inviteID) return go({ ...state, crossing: null }, answer("rejectBusy", crossing));
  const theirs = peopleOf(crossing, self);
  const ours = open(state.participants).filter(({ userID }) => !find(theirs, userID));
  const { inviter, inviteID, roomID, mediaType } = crossing;
  return go(
    {
      ...begin(state),
      phase: "connecting",
      role: "callee",
      groupID,
      inviter,
      inviteID,
      roomID,
      mediaType,
      ringMs: state.ringMs,
      participants: [...theirs, ...people(ids(ours), "inviting", { inviter: self })],
    },
    ...withdrawals({ ...state, crossing: null }),
    { do: "exit" },
    answer("accept", crossing),
    { do: "enter", roomID },
  );
}

/**
 * Our invitation was taken as the acceptance of theirs. Who is on the way to
 * nobody else moves to their room; in the middle of a call they are told no.
 *
 * @param {State} state
 * @param {{userIDs: string[], inviteID: string, roomID: string}} merge
 * @returns {Step}
 */
function merge(state, { userIDs, inviteID, roomID }) {
  if (state.phase !== "calling" || !isDirect(state)) {
    const whom = those(state.participants, "inviting").filter(({ userID }) => userIDs.includes(userID));
    return settle(update(state, become(whom, "busy")), "busy", userIDs[0] ?? "");
  }
  const inviter = peerOf(state);
  const fresh = { ...initial(state.self), key: state.key, mediaType: state.mediaType, inviter, inviteID, roomID };
  return go(
    { ...fresh, phase: "connecting", role: "callee", participants: people([inviter], "accepted") },
    { do: "exit" },
    { do: "enter", roomID },
  );
}
