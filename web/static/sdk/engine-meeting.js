import { anyJoined, become, people, those } from "./participants.js";
import { asks, end, go, isDirect, peerOf, promote, settle, stay, update, withdrawals } from "./engine-steps.js";

/**
 * Who meets whom: the part of the call's state machine that follows the room,
 * the media and the server's word on the call.
 *
 * @typedef {import("./engine-types.js").State} State
 * @typedef {import("./engine-types.js").Step} Step
 * @typedef {"entered" | "enterFailed" | "remoteEntered" | "remoteLeft" | "mediaUp" | "mediaLost" | "mediaRecovered" |
 *   "callBegin" | "callEnd" | "switchAsked" | "roomGone" | "sessionLost" | "deadline"} Meeting
 *
 * @type {import("./engine-types.js").Handlers<Meeting>}
 */
export const meeting = {
  entered(state, { key, callID, startedAt }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    const joined = state.role === "callee" && state.inviter === "";
    if (joined && callID === "") return end(state, "answered", "server"); // it ended while we were on the way
    const next = { ...state, inRoom: true, callID: callID || state.callID, startedAt: startedAt || state.startedAt };
    return go(next, ...asks(next));
  },

  enterFailed(state, { key, fault }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    return end(state, "failed", state.self, { fault });
  },

  remoteEntered(state, { userID, at }) {
    if (state.phase === "idle" || state.phase === "ringing") return stay(state);
    const known = state.participants.filter((each) => each.userID === userID);
    const whom = known.length > 0 ? known : people([userID], "accepted");
    const { state: next, told } = update(state, become(whom, "joined"));
    return promote(next.phase === "calling" ? { ...next, phase: "connecting" } : next, at, told);
  },

  remoteLeft(state, { userID, reason }) {
    const whom = state.participants.filter((each) => each.userID === userID);
    if (whom.length === 0 || (state.phase !== "connecting" && state.phase !== "connected")) return stay(state);
    const left = update(state, become(whom, "left"));
    if (reason === 1) return settle(left, "networkLost", userID);
    if (reason === 2) return settle(left, "kicked", "server");
    return settle(left, state.phase === "connected" ? "answered" : "cancelled", userID);
  },

  mediaUp(state, { at }) {
    return promote({ ...state, mediaUp: true, lost: false }, at);
  },

  mediaLost(state) {
    return go({ ...state, lost: true });
  },

  mediaRecovered(state) {
    return go({ ...state, lost: false });
  },

  callBegin(state, { roomID, callID, startedAt }) {
    const waiting = state.phase === "calling" || state.phase === "connecting" || state.phase === "connected";
    if (!waiting || roomID !== state.roomID) return stay(state);
    const next = { ...state, callID, startedAt };
    if (!isDirect(state)) return promote(next, startedAt); // it may be others who are in
    const { state: both, told } = update(next, become(state.participants, "joined"));
    const connected = { ...both, phase: /** @type {const} */ ("connected") };
    return state.phase === "connected" ? go(connected, ...told) : go(connected, ...told, { do: "begun" });
  },

  callEnd(state, { roomID, result, endedBy }) {
    if (state.phase === "idle" || roomID !== state.roomID) return stay(state);
    return end(state, result, endedBy);
  },

  // Clients of the generations before ask the other side of a call between two
  // to go on without pictures, and wait for its consent.
  switchAsked(state, { inviteID, inviter, roomID, mediaType }) {
    const inside = state.phase === "connecting" || state.phase === "connected";
    if (!inside || !isDirect(state) || roomID !== state.roomID || inviter !== peerOf(state) || mediaType !== "audio") return stay(state);
    return go({ ...state, mediaType }, { do: "acceptSwitch", inviteID, mediaType, inviter }, { do: "capture", camera: false });
  },

  roomGone(state, { outcome }) {
    return state.phase === "idle" ? stay(state) : end(state, outcome, "server");
  },

  /** Who was in may be on the way back like us, or gone: the room will tell. */
  sessionLost(state) {
    if (state.phase === "ringing") return go({ ...state, unconfirmed: true });
    return go(update(state, become(those(state.participants, "joined"), "accepted")).state);
  },

  deadline(state) {
    switch (state.phase) {
      case "idle":
        return stay(state);
      case "ringing":
        return end(state, state.unconfirmed ? "cancelled" : "noAnswer", "server");
      case "calling":
        return end(state, "noAnswer", "server", { first: withdrawals(state) });
      case "connecting":
        return end(state, "mediaFailed", "server");
      case "connected":
        return state.lost ? end(state, "networkLost", state.self) : giveUp(state);
    }
  },
};

/**
 * The server has said nothing of those who do not come, so they will not; if
 * nobody is left then, neither is the call.
 *
 * @param {State} state
 * @returns {Step}
 */
function giveUp(state) {
  const { participants } = state;
  const gone = [...become(those(participants, "inviting"), "noResponse"), ...become(those(participants, "accepted"), "left")];
  const { state: next, told } = update(state, gone);
  if (anyJoined(participants)) return go(next, ...told);
  return end(next, "networkLost", peerOf(state), { first: told });
}
