/**
 * The words of the call's state machine.
 *
 * @typedef {import("./wire.js").MediaType} MediaType
 * @typedef {import("./wire.js").CallResult} CallResult
 * @typedef {import("./participants.js").Participant} Participant
 * @typedef {CallResult | "answeredElsewhere" | "declinedElsewhere" | "takenOver" | "failed"} Outcome why a call is over;
 *   "takenOver": it goes on on another device of one's own; "failed" comes with an error
 * @typedef {"idle" | "calling" | "ringing" | "connecting" | "connected"} Phase
 *
 * @typedef {object} State
 * @property {Phase} phase
 * @property {number} key grows by one per call, so that late answers are recognised
 * @property {string} self
 * @property {"none" | "caller" | "callee"} role
 * @property {string} groupID the group it is a call of; empty if of none
 * @property {string} inviter who asked us; empty for a caller and for who joined a running call
 * @property {string} inviteID of the invitation that asks us
 * @property {Participant[]} participants the others, in the order they became known
 * @property {string} roomID
 * @property {MediaType} mediaType
 * @property {string} callID
 * @property {number} startedAt server's Unix ms; 0 until it has begun
 * @property {number} ringMs how long this, or who was asked last, may still ring; 0 = for ever
 * @property {boolean} inRoom the room is entered: more people may be asked
 * @property {boolean} mediaUp one's own media transport is up, or was and is being brought back
 * @property {boolean} lost it is being brought back
 * @property {boolean} unconfirmed ringing for an invitation of a session that is gone
 * @property {IncomingCall | null} crossing another's invitation that met ours, or the one that rings
 *
 * @typedef {object} IncomingCall
 * @property {string} inviteID
 * @property {string} inviter
 * @property {string} groupID
 * @property {string[]} inviteeList
 * @property {string[]} inCall who is in it already
 * @property {string} roomID
 * @property {MediaType} mediaType
 * @property {number} ringMs
 *
 * @typedef {object} RunningCall a call of a group that others are in
 * @property {string} callID
 * @property {string} groupID
 * @property {string} roomID
 * @property {MediaType} mediaType
 * @property {string[]} userIDList who is in it
 *
 * @typedef {{code: number, message: string}} Fault
 *
 * @typedef {{type: "call", groupID: string, userIDs: string[], roomID: string, mediaType: MediaType, ringMs: number, camera: boolean}
 *   | {type: "join", call: RunningCall, camera: boolean}
 *   | {type: "inviteUser", userIDs: string[], ringMs: number}
 *   | {type: "entered", key: number, callID: string, startedAt: number}
 *   | {type: "enterFailed", key: number, fault: Fault}
 *   | {type: "invited", key: number, userIDs: string[], inviteID: string, mergedRoomID: string}
 *   | {type: "inviteFailed", key: number, userIDs: string[], fault: Fault}
 *   | {type: "invitation", call: IncomingCall}
 *   | {type: "accept", camera: boolean}
 *   | {type: "acceptFailed", key: number, fault: Fault}
 *   | {type: "reject"} | {type: "ignore"} | {type: "hangup"}
 *   | {type: "inviteeAccepted", inviteID: string, invitee: string}
 *   | {type: "inviteeRejected", inviteID: string, invitee: string, busy: boolean}
 *   | {type: "cancelled", inviteID: string, inviteeList: string[]}
 *   | {type: "timedOut", inviteID: string, inviteeList: string[]}
 *   | {type: "switchAsked", inviteID: string, inviter: string, roomID: string, mediaType: MediaType}
 *   | {type: "remoteEntered", userID: string, at: number}
 *   | {type: "remoteLeft", userID: string, reason: number}
 *   | {type: "mediaUp", at: number} | {type: "mediaLost"} | {type: "mediaRecovered"}
 *   | {type: "callBegin", roomID: string, callID: string, startedAt: number}
 *   | {type: "callEnd", roomID: string, result: CallResult, endedBy: string}
 *   | {type: "roomGone", outcome: "roomClosed" | "kicked" | "takenOver" | "serverDrain" | "networkLost"}
 *   | {type: "sessionLost"}
 *   | {type: "deadline"}} Event
 *
 * @typedef {{do: "enter", roomID: string}
 *   | {do: "capture", camera: boolean}
 *   | {do: "invite", userIDs: string[], ringMs: number}
 *   | {do: "accept", inviteID: string, mediaType: MediaType, inviter: string}
 *   | {do: "reject" | "rejectBusy" | "cancel" | "acceptSwitch", inviteID: string, mediaType: MediaType, inviter: string}
 *   | {do: "warm"} | {do: "exit"} | {do: "release"}
 *   | {do: "told", userID: string, state: import("./participants.js").ParticipantState}
 *   | {do: "received"}
 *   | {do: "begun"}
 *   | {do: "fault", fault: Fault}
 *   | {do: "ended", outcome: Outcome, by: string, fault?: Fault}} Command
 *
 * @typedef {{state: State, commands: Command[]}} Step
 */

/**
 * Handlers of some of the events, by their names.
 *
 * @template {Event["type"]} T
 * @typedef {{[K in T]: (state: State, event: Extract<Event, {type: K}>) => Step}} Handlers
 */

export {};
