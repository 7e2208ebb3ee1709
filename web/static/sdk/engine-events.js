/**
 * What a CallEngine tells, under TUICallEngine's names.
 *
 * @typedef {import("./engine-types.js").State} CallState
 * @typedef {import("./engine-types.js").Outcome} Outcome
 * @typedef {import("./wire.js").MediaType} MediaType
 *
 * @typedef {object} CallOver
 * @property {string} callID empty if the server never told one
 * @property {string} roomID
 * @property {string} groupID empty if it was of no group
 * @property {MediaType} mediaType
 * @property {"caller" | "callee" | "none"} role one's own
 * @property {string} peer the other one of a call between two; of any other who asked us, if anybody did
 * @property {import("./participants.js").Participant[]} participants the others, as they were when it ended
 * @property {number} reason TUICallEngine's CallEndReason
 * @property {Outcome} outcome the same in finer words
 * @property {string} userID who ended it, "server" if nobody did
 * @property {number} totalTime whole seconds since it began, by the server's clock
 * @property {{code: number, message: string}} [fault] with outcome "failed"
 *
 * @typedef {object} EngineEvents
 * @property {CallState} onStateChanged after each change; state() gives the same
 * @property {{inviteID: string, callerID: string, calleeIDList: string[], groupID: string, mediaType: MediaType, roomID: string}} onCallReceived it rings; calleeIDList has oneself too
 * @property {{callID: string, roomID: string, mediaType: MediaType, role: string, startedAt: number}} onCallBegin two are in
 * @property {CallOver} onCallEnd a call that had begun is over for us; in a group others may go on
 * @property {CallOver} onCallNotConnected a call is over that never began
 * @property {import("./wire.js").CallEnd} onCallRecord the server's final word on a call, also on one answered elsewhere
 * @property {{userID: string}} onUserInviting somebody is being asked
 * @property {{userID: string}} onUserReject they declined
 * @property {{userID: string}} onUserLineBusy they are on another call
 * @property {{userID: string}} onUserNoResponse they did not answer
 * @property {{userID: string}} onUserJoin they are in the room
 * @property {{userID: string}} onUserLeave they have left it
 * @property {{userID: string, available: boolean}} onUserVideoAvailable their picture came or went
 * @property {{userID: string, available: boolean}} onUserAudioAvailable their voice came or went
 * @property {import("./wire.js").UserVoiceVolume} onUserVoiceVolumeChanged how loud everyone is
 * @property {import("./wire.js").NetworkQuality} onUserNetworkQualityChanged every 2 s
 * @property {{code: number, message: string}} onError something failed that does not end the call
 *
 * @typedef {object} CallOptions
 * @property {number} [timeout] seconds it may ring, 30 by default
 * @property {boolean} [camera] false: a video call with one's own camera off
 * @property {boolean} [muted] true: with one's own microphone muted
 */

/**
 * The event that tells of a participant's new state; some states have none.
 *
 * @type {Partial<Record<import("./participants.js").ParticipantState,
 *   "onUserInviting" | "onUserReject" | "onUserLineBusy" | "onUserNoResponse" | "onUserJoin" | "onUserLeave">>}
 */
export const TOLD_BY = {
  inviting: "onUserInviting",
  declined: "onUserReject",
  busy: "onUserLineBusy",
  noResponse: "onUserNoResponse",
  joined: "onUserJoin",
  left: "onUserLeave",
};
