/**
 * What a message says about a call: the rendering table of TIM's chat kits, for
 * payloads of every generation.
 *
 * @typedef {import("./wire.js").Message} Message
 * @typedef {import("./wire.js").MediaType} MediaType
 * @typedef {import("./calltexts.js").CallTextKey} CallTextKey
 *
 * @typedef {"invite" | "accept" | "reject" | "busy" | "cancel" | "timeout" | "hangup" | "switch" | "other"} CallMessageKind
 *
 * @typedef {object} CallMessage
 * @property {CallMessageKind} kind `other`: signaling that is about no call
 * @property {MediaType} mediaType
 * @property {string} caller who called; the bubble stands on their side, whoever sent the message
 * @property {"outgoing" | "incoming"} direction of the call, seen by the reader
 * @property {boolean} hidden neither shown nor counted: its sender asked for that
 * @property {boolean} missed somebody called the reader in vain
 * @property {string} inviteID
 * @property {string} roomID where the call meets, if the message says
 * @property {string[]} inviteeList those it asks, or asks no more
 * @property {string[]} userIDs whose deed it is
 * @property {CallTextKey} key what it says, see callText()
 * @property {{userIDs: string[], duration: string}} params what is filled in
 */
import { parseCallData, parseObject } from "./calldata.js";
import { callDuration } from "./calltexts.js";

/** TIM's actionType of a signaling envelope. */
const ACTIONS = new Map(/** @type {const} */ ([[1, "invite"], [2, "cancel"], [3, "accept"], [4, "reject"], [5, "timeout"]]));

/** call_action of the custom messages that were there before signaling. */
const CALL_ACTIONS = new Map(/** @type {const} */ ([
  [1, "invite"],
  [2, "cancel"],
  [3, "reject"],
  [4, "timeout"],
  [5, "hangup"],
  [6, "busy"],
  [7, "accept"],
  [8, "switch"],
  [9, "switch"],
]));

/** [to the caller, to the callee, in a group] @type {Readonly<Record<CallMessageKind, readonly [CallTextKey, CallTextKey, CallTextKey]>>} */
const KEYS = Object.freeze({
  invite: ["started", "started", "groupStarted"],
  accept: ["accepted", "accepted", "groupAccepted"],
  reject: ["declinedByPeer", "declined", "groupDeclined"],
  busy: ["peerBusy", "busy", "groupBusy"],
  cancel: ["cancelled", "cancelledByCaller", "groupCancelled"],
  timeout: ["noAnswer", "missed", "groupNoAnswer"],
  hangup: ["ended", "ended", "groupEnded"],
  switch: ["switchToAudio", "switchToAudio", "switchToAudio"],
  other: ["unsupported", "unsupported", "unsupported"],
});

/** @type {Readonly<Record<string, CallTextKey>>} */
const FOREIGN_KEYS = Object.freeze({
  invite: "invitation",
  cancel: "invitationCancelled",
  accept: "invitationAccepted",
  reject: "invitationDeclined",
  timeout: "invitationNoAnswer",
});

/**
 * Reads a message about a call, or about any other invitation; null for a text
 * and for data that is neither.
 *
 * @param {Message} message
 * @param {string} self the reader
 * @returns {CallMessage | null}
 */
export function callMessage(message, self) {
  if (message.type === "signaling") return ofSignaling(message, self);
  return message.type === "custom" ? ofCallAction(message, self) : null;
}

/**
 * TIM's envelope around a call payload, or around anything.
 *
 * @param {Message} message
 * @param {string} self
 */
function ofSignaling(message, self) {
  const envelope = readEnvelope(message);
  const { action, inviter, inviteeList } = envelope;
  const call = parseCallData(envelope.data);
  if (!call || !action) return foreign(message, envelope, self);
  const kind = kindOf(action, call, message.groupID ?? "");
  const who = kind === "timeout" ? inviteeList : kind === "invite" || kind === "cancel" ? [inviter] : [message.from];
  return finish({
    kind,
    mediaType: call.mediaType,
    caller: kind === "busy" ? inviter : call.inviter || inviter,
    inviteID: envelope.inviteID,
    roomID: call.roomID,
    inviteeList,
    userIDs: kind === "hangup" ? [] : who,
    duration: call.duration,
    key: call.kind === "switch" ? switchKey(action, call.mediaType) : undefined,
  }, message, self);
}

/** @param {Message} message */
function readEnvelope({ data = "", from }) {
  const { actionType, inviteID, inviter, inviteeList, data: inner } = parseObject(data) ?? {};
  return {
    action: ACTIONS.get(/** @type {1} */ (actionType)),
    inviteID: stringOr(inviteID, ""),
    inviter: stringOr(inviter, from),
    inviteeList: stringsOf(inviteeList),
    data: stringOr(inner, ""),
  };
}

/**
 * @param {"invite" | "cancel" | "accept" | "reject" | "timeout"} action
 * @param {import("./calldata.js").CallData} call
 * @param {string} groupID
 * @returns {CallMessageKind}
 */
function kindOf(action, call, groupID) {
  if (call.kind === "switch") return "switch";
  if (action === "reject") return call.busy ? "busy" : "reject";
  if (action !== "invite") return action;
  // The first generations end a group's call by an invitation that names no room.
  return call.kind === "hangup" || (groupID && !call.roomID) ? "hangup" : "invite";
}

/**
 * @param {"invite" | "cancel" | "accept" | "reject" | "timeout"} action
 * @param {MediaType} mediaType
 * @returns {CallTextKey}
 */
function switchKey(action, mediaType) {
  if (action === "accept") return "switched";
  return mediaType === "audio" ? "switchToAudio" : "switchToVideo";
}

/**
 * Signaling that carries something of another application's.
 *
 * @param {Message} message
 * @param {ReturnType<typeof readEnvelope>} envelope
 * @param {string} self
 */
function foreign(message, { action, inviteID, inviter, inviteeList }, self) {
  const who = action === "timeout" ? inviteeList : [message.from];
  const key = FOREIGN_KEYS[action ?? ""] ?? "unsupported";
  return finish({ kind: "other", mediaType: "audio", caller: inviter, inviteID, roomID: "", inviteeList, userIDs: who, duration: 0, key }, message, self);
}

/**
 * The custom messages of the generation before signaling: CallModel as JSON.
 *
 * @param {Message} message
 * @param {string} self
 */
function ofCallAction(message, self) {
  const { call_action, call_type, call_id, room_id, invited_list, duration, call_end } = parseObject(message.data ?? "") ?? {};
  const kind = CALL_ACTIONS.get(/** @type {1} */ (call_action));
  if (!kind || (call_type !== 1 && call_type !== 2)) return null;
  const answers = kind === "reject" || kind === "busy" || kind === "accept";
  const caller = answers && message.to ? message.to : message.from;
  const invited = stringsOf(invited_list);
  return finish({
    kind,
    mediaType: call_type === 1 ? "audio" : "video",
    caller,
    inviteID: stringOr(call_id, message.messageID),
    roomID: typeof room_id === "number" && room_id > 0 ? String(room_id) : "",
    inviteeList: invited,
    userIDs: kind === "timeout" && invited.length > 0 ? invited : kind === "hangup" ? [] : [message.from],
    duration: [call_end, duration].find((each) => typeof each === "number") ?? 0,
    key: call_action === 9 ? "switched" : undefined,
  }, message, self);
}

/**
 * @param {Pick<CallMessage, "kind" | "mediaType" | "caller" | "inviteID" | "roomID" | "inviteeList" | "userIDs"> &
 *   {duration: number, key: CallTextKey | undefined}} read
 * @param {Message} message
 * @param {string} self
 * @returns {CallMessage}
 */
function finish({ duration, key, ...read }, message, self) {
  const { kind, caller, userIDs } = read;
  const direction = caller === self ? "outgoing" : "incoming";
  const inVain = kind === "timeout" || (!message.groupID && (kind === "cancel" || kind === "busy"));
  const [toCaller, toCallee, toGroup] = KEYS[kind];
  const said = key ?? (message.groupID ? toGroup : direction === "outgoing" ? toCaller : toCallee);
  return {
    ...read,
    direction,
    hidden: message.isExcludedFromUnreadCount === true,
    missed: inVain && direction === "incoming" && (!message.groupID || userIDs.includes(self)),
    key: said === "groupEnded" && duration === 0 ? "groupOver" : said,
    params: { userIDs, duration: callDuration(duration) },
  };
}

/** @param {unknown} value @returns {string[]} */
function stringsOf(value) {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** @param {unknown} value @param {string} otherwise */
function stringOr(value, otherwise) {
  return typeof value === "string" ? value : otherwise;
}
