/**
 * The life of a one-to-one call as one side sees it: a plain value and one
 * function, step(state, event), that gives the next value and what must now be
 * done. No clock, no socket, no timer: each event carries what it needs, and
 * the engine carries the commands out.
 *
 * @typedef {import("./wire.js").MediaType} MediaType
 * @typedef {import("./wire.js").CallResult} CallResult
 * @typedef {CallResult | "answeredElsewhere" | "declinedElsewhere" | "failed"} Outcome why a call is over; "failed" comes with an error
 * @typedef {"idle" | "calling" | "ringing" | "connecting" | "connected"} Phase
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {number} key grows by one per call, so that late answers are recognised
 * @property {string} self
 * @property {"none" | "caller" | "callee"} role
 * @property {string} peer the other one
 * @property {string} roomID
 * @property {string} inviteID
 * @property {MediaType} mediaType
 * @property {string} callID
 * @property {number} startedAt server's Unix ms; 0 until both are in
 * @property {number} ringMs how long this may still ring; 0 = for ever
 * @property {boolean} peerPresent the other one is in the room
 * @property {boolean} mediaUp one's own media transport is up, or was and is being brought back
 * @property {boolean} lost it is being brought back
 * @property {boolean} unconfirmed ringing for an invitation of a session that is gone
 * @property {IncomingCall | null} glare the other one's invitation that crossed ours
 *
 * @typedef {object} IncomingCall
 * @property {string} inviteID
 * @property {string} inviter
 * @property {string} roomID
 * @property {MediaType} mediaType
 * @property {number} ringMs
 *
 * @typedef {{code: number, message: string}} Fault
 *
 * @typedef {{type: "call", peer: string, roomID: string, mediaType: MediaType, ringMs: number, camera: boolean}
 *   | {type: "entered", key: number, callID: string, startedAt: number}
 *   | {type: "enterFailed", key: number, fault: Fault}
 *   | {type: "invited", key: number, inviteID: string, mergedRoomID: string}
 *   | {type: "inviteFailed", key: number, fault: Fault}
 *   | {type: "invitation", call: IncomingCall}
 *   | {type: "accept", camera: boolean}
 *   | {type: "acceptFailed", key: number, fault: Fault}
 *   | {type: "reject"} | {type: "ignore"} | {type: "hangup"}
 *   | {type: "inviteeAccepted", inviteID: string, invitee: string}
 *   | {type: "inviteeRejected", inviteID: string, invitee: string, busy: boolean}
 *   | {type: "cancelled", inviteID: string}
 *   | {type: "timedOut", inviteID: string}
 *   | {type: "remoteEntered", userID: string, at: number}
 *   | {type: "remoteLeft", userID: string, reason: number}
 *   | {type: "mediaUp", at: number} | {type: "mediaLost"} | {type: "mediaRecovered"}
 *   | {type: "callBegin", roomID: string, callID: string, startedAt: number}
 *   | {type: "callEnd", roomID: string, result: CallResult, endedBy: string}
 *   | {type: "roomGone", outcome: "roomClosed" | "kicked" | "serverDrain" | "networkLost"}
 *   | {type: "sessionLost"}
 *   | {type: "deadline"}} Event
 *
 * @typedef {{do: "enter", roomID: string}
 *   | {do: "view", userID: string}
 *   | {do: "capture", camera: boolean}
 *   | {do: "invite", userID: string, roomID: string, mediaType: MediaType}
 *   | {do: "accept" | "reject" | "rejectBusy" | "cancel", inviteID: string, mediaType: MediaType, inviter: string}
 *   | {do: "warm"} | {do: "exit"} | {do: "release"}
 *   | {do: "received"}
 *   | {do: "begun"}
 *   | {do: "ended", outcome: Outcome, by: string, fault?: Fault}} Command
 *
 * @typedef {{state: State, commands: Command[]}} Step
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
    peer: "",
    roomID: "",
    inviteID: "",
    mediaType: "video",
    callID: "",
    startedAt: 0,
    ringMs: 0,
    peerPresent: false,
    mediaUp: false,
    lost: false,
    unconfirmed: false,
    glare: null,
  };
}

/**
 * @param {State} state
 * @param {Event} event
 * @returns {Step}
 */
export function step(state, event) {
  const handle = /** @type {(state: State, event: Event) => Step} */ (handlers[event.type]);
  return handle(state, event);
}

/**
 * How long the state may last before a "deadline" event is due; 0 = for ever.
 * The server ends calls by itself: these are for when it can no longer say so.
 *
 * @param {State} state
 * @returns {number} milliseconds
 */
export function deadline(state) {
  const slack = 8_000;
  switch (state.phase) {
    case "idle":
      return 0;
    case "calling":
    case "ringing":
      if (state.unconfirmed) return 3_000;
      return state.ringMs > 0 ? state.ringMs + slack : 0;
    case "connecting":
      return 30_000 + slack;
    case "connected":
      if (state.lost) return 60_000;
      return state.peerPresent ? 0 : 20_000 + slack;
  }
}

/** @type {{[K in Event["type"]]: (state: State, event: Extract<Event, {type: K}>) => Step}} */
const handlers = {
  call(state, { peer, roomID, mediaType, ringMs, camera }) {
    if (state.phase !== "idle") return stay(state);
    const next = { ...begin(state), phase: /** @type {const} */ ("calling"), role: /** @type {const} */ ("caller") };
    return go(
      { ...next, peer, roomID, mediaType, ringMs },
      { do: "enter", roomID },
      { do: "view", userID: peer },
      { do: "capture", camera },
    );
  },

  entered(state, { key, callID, startedAt }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    const next = { ...state, callID: callID || state.callID, startedAt: startedAt || state.startedAt };
    if (state.phase !== "calling" || state.inviteID) return go(next);
    const { peer: userID, roomID, mediaType } = state;
    return go(next, { do: "invite", userID, roomID, mediaType });
  },

  enterFailed(state, { key, fault }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    return end(state, "failed", state.self, { fault });
  },

  invited(state, { key, inviteID, mergedRoomID }) {
    const current = key === state.key && state.phase !== "idle";
    if (!current) {
      // Hung up while the invitation was on its way. A merged one is an acceptance: nothing to cancel.
      if (mergedRoomID) return stay(state);
      return stay(state, { do: "cancel", inviteID, mediaType: state.mediaType, inviter: state.self });
    }
    if (!mergedRoomID) return go({ ...state, inviteID });
    const next = { ...state, inviteID, roomID: mergedRoomID, glare: null, peerPresent: false, mediaUp: false };
    return go(
      { ...next, phase: "connecting", role: "callee" },
      { do: "exit" },
      { do: "enter", roomID: mergedRoomID },
      { do: "view", userID: state.peer },
    );
  },

  inviteFailed(state, { key, fault }) {
    if (key !== state.key || state.phase !== "calling") return stay(state);
    if (!state.glare) return end(state, "failed", state.self, { fault });
    const ringing = ring({ ...state, glare: null }, state.glare);
    return go(ringing.state, { do: "exit" }, { do: "release" }, ...ringing.commands);
  },

  invitation(state, { call }) {
    if (call.inviter === state.self) return stay(state); // one's own, from another device
    if (call.inviteID === state.inviteID) return go({ ...state, unconfirmed: false });
    if (state.phase === "idle") return ring(state, call);
    const crossing = state.phase === "calling" && call.inviter === state.peer && !state.inviteID;
    if (crossing) return go({ ...state, glare: call });
    const { inviteID, mediaType, inviter } = call;
    return stay(state, { do: "rejectBusy", inviteID, mediaType, inviter });
  },

  accept(state, { camera }) {
    if (state.phase !== "ringing") return stay(state);
    return go(
      { ...state, phase: "connecting", unconfirmed: false },
      answer("accept", state),
      { do: "enter", roomID: state.roomID },
      { do: "view", userID: state.peer },
      { do: "capture", camera },
    );
  },

  acceptFailed(state, { key, fault }) {
    if (key !== state.key || state.phase === "idle") return stay(state);
    const gone = fault.code === 8010;
    return gone ? end(state, "cancelled", state.peer) : end(state, "failed", state.self, { fault });
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
        return handlers.reject(state, { type: "reject" });
      case "calling":
        return end(state, "cancelled", state.self, { first: withdrawals(state) });
      case "connecting":
        return end(state, "cancelled", state.self);
      case "connected":
        return end(state, "answered", state.self);
    }
  },

  inviteeAccepted(state, { inviteID, invitee }) {
    const mine = invitee === state.self && state.phase === "ringing" && inviteID === state.inviteID;
    if (mine) return end(state, "answeredElsewhere", state.self);
    if (!answersUs(state, inviteID, invitee)) return stay(state);
    return promote({ ...state, inviteID, phase: "connecting", glare: null }, 0);
  },

  inviteeRejected(state, { inviteID, invitee, busy }) {
    const mine = invitee === state.self && state.phase === "ringing" && inviteID === state.inviteID;
    if (mine) return end(state, "declinedElsewhere", state.self);
    if (!answersUs(state, inviteID, invitee)) return stay(state);
    return end(state, busy ? "busy" : "declined", invitee);
  },

  cancelled(state, { inviteID }) {
    if (state.glare?.inviteID === inviteID) return go({ ...state, glare: null });
    if (!waits(state, inviteID)) return stay(state);
    return end(state, "cancelled", state.phase === "ringing" ? state.peer : state.self);
  },

  timedOut(state, { inviteID }) {
    if (state.glare?.inviteID === inviteID) return go({ ...state, glare: null });
    if (!waits(state, inviteID)) return stay(state);
    return end(state, "noAnswer", "server");
  },

  remoteEntered(state, { userID, at }) {
    if (userID !== state.peer || state.phase === "idle" || state.phase === "ringing") return stay(state);
    return promote({ ...state, peerPresent: true }, at);
  },

  remoteLeft(state, { userID, reason }) {
    const inCall = state.phase === "connecting" || state.phase === "connected";
    if (!inCall || userID !== state.peer) return stay(state);
    if (reason === 1) return end(state, "networkLost", userID);
    if (reason === 2) return end(state, "kicked", "server");
    return end(state, state.phase === "connected" ? "answered" : "cancelled", userID);
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
    const next = { ...state, phase: /** @type {const} */ ("connected"), callID, startedAt, peerPresent: true };
    return state.phase === "connected" ? go(next) : go(next, { do: "begun" });
  },

  callEnd(state, { roomID, result, endedBy }) {
    if (state.phase === "idle" || roomID !== state.roomID) return stay(state);
    return end(state, result, endedBy);
  },

  roomGone(state, { outcome }) {
    return state.phase === "idle" ? stay(state) : end(state, outcome, "server");
  },

  sessionLost(state) {
    if (state.phase === "ringing") return go({ ...state, unconfirmed: true });
    return go({ ...state, peerPresent: false });
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
        return end(state, "networkLost", state.lost ? state.self : state.peer);
    }
  },
};

/** @param {State} state @param {...Command} commands @returns {Step} */
function stay(state, ...commands) {
  return { state, commands };
}

/** @param {State} state @param {...Command} commands @returns {Step} */
function go(state, ...commands) {
  return { state, commands };
}

/** A fresh call's state. @param {State} state @returns {State} */
function begin(state) {
  return { ...initial(state.self), key: state.key + 1 };
}

/** @param {State} state @param {IncomingCall} call @returns {Step} */
function ring(state, { inviteID, inviter, roomID, mediaType, ringMs }) {
  return go(
    { ...begin(state), phase: "ringing", role: "callee", peer: inviter, inviteID, roomID, mediaType, ringMs },
    { do: "warm" },
    { do: "received" },
  );
}

/**
 * Connected as soon as both are in with media; the server's onCallBegin gives the exact moment.
 *
 * @param {State} state
 * @param {number} at
 * @returns {Step}
 */
function promote(state, at) {
  if (state.phase !== "connecting" || !state.peerPresent || !state.mediaUp) return go(state);
  return go({ ...state, phase: "connected", startedAt: state.startedAt || at }, { do: "begun" });
}

/**
 * @param {State} state
 * @param {Outcome} outcome
 * @param {string} by
 * @param {{first?: Command[], fault?: Fault}} [more]
 * @returns {Step}
 */
function end(state, outcome, by, { first = [], fault } = {}) {
  const over = { do: /** @type {const} */ ("ended"), outcome, by, ...(fault && { fault }) };
  return go({ ...initial(state.self), key: state.key }, ...first, { do: "exit" }, { do: "release" }, over);
}

/** @param {"accept" | "reject" | "rejectBusy" | "cancel"} what @param {State} state @returns {Command} */
function answer(what, { inviteID, mediaType, peer }) {
  return { do: what, inviteID, mediaType, inviter: peer };
}

/** What a caller who gives up takes back. @param {State} state @returns {Command[]} */
function withdrawals({ inviteID, mediaType, self, glare }) {
  /** @type {Command[]} */
  const commands = [];
  if (inviteID) commands.push({ do: "cancel", inviteID, mediaType, inviter: self });
  if (glare) commands.push({ do: "reject", inviteID: glare.inviteID, mediaType, inviter: glare.inviter });
  return commands;
}

/** @param {State} state @param {string} inviteID */
function waits(state, inviteID) {
  return (state.phase === "ringing" || state.phase === "calling") && inviteID === state.inviteID;
}

/** Whether an answer is to our invitation, the answer to which may still be on its way. @param {State} state @param {string} inviteID @param {string} invitee */
function answersUs(state, inviteID, invitee) {
  if (state.phase !== "calling" || invitee !== state.peer) return false;
  return state.inviteID === "" || state.inviteID === inviteID;
}
