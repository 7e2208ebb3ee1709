/**
 * The call in an invitation's data: TUICallEngine's payload, version 4. Written
 * in the current form, read in that and the flat forms before it.
 *
 * @typedef {import("./wire.js").MediaType} MediaType
 *
 * @typedef {object} CallData
 * @property {"call" | "hangup" | "switch"} kind what the invitation is about
 * @property {MediaType} mediaType
 * @property {string} roomID empty where the payload names none
 * @property {string} inviter the original caller; empty where it is not said
 * @property {boolean} busy in a rejection: on another call
 * @property {number} duration in a hangup: whole seconds
 * @property {string[]} inCall who was in the call when one more was asked
 */

const VERSION = 4;
const HIGHEST_ROOM = 2 ** 31 - 1;

/** A room id nobody else is likely to have drawn: 1 to 2^31 - 1, as TRTC's callers make them. */
export function randomRoomID() {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return String((word % HIGHEST_ROOM) + 1);
}

/**
 * @param {MediaType} mediaType
 * @param {string} inviter
 */
function envelope(mediaType, inviter) {
  return {
    outer: { version: VERSION, businessID: "av_call", platform: "Web" },
    call_type: mediaType === "video" ? 2 : 1,
    data: { cmd: mediaType === "video" ? "videoCall" : "audioCall", inviter, message: "" },
  };
}

/**
 * The data of an invitation to a call. Like the acceptance it asks to be kept
 * out of the history, where the conversation shows the outcome; that of a group
 * shows who has called it. `running` is there in calls of more than two: who is
 * in, and which call it is if it has begun.
 *
 * @param {{mediaType: MediaType, roomID: string, inviter: string, userIDs: string[], groupID?: string, running?: {inCall: string[], callID: string}}} call
 */
export function inviteData({ mediaType, roomID, inviter, userIDs, groupID = "", running }) {
  const { outer, call_type, data } = envelope(mediaType, inviter);
  const room = roomMembers(roomID);
  return JSON.stringify({
    ...outer,
    userData: "",
    call_type,
    ...(room.room_id > 0 && { room_id: room.room_id }),
    ...(running && { inCallUserIDs: running.inCall }),
    data: {
      ...{ cmd: data.cmd, ...room, inviter, message: "", userIDs },
      ...(running && { initialCallId: running.callID }),
      ...(groupID === "" && { excludeFromHistoryMessage: true }),
    },
  });
}

/** A room in call data: numbered rooms are numbers there. @param {string} roomID */
function roomMembers(roomID) {
  const number = /^[1-9]\d*$/.test(roomID) ? Number(roomID) : 0;
  return number > 0 && number < 2 ** 32 ? { room_id: number, str_room_id: "" } : { room_id: 0, str_room_id: roomID };
}

/**
 * The data of an acceptance.
 *
 * @param {MediaType} mediaType
 * @param {string} inviter
 */
export function acceptData(mediaType, inviter) {
  const { outer, call_type, data } = envelope(mediaType, inviter);
  return JSON.stringify({ ...outer, call_type, data: { ...data, excludeFromHistoryMessage: true } });
}

/**
 * The data of a rejection or a cancellation.
 *
 * @param {MediaType} mediaType
 * @param {string} inviter
 */
export function answerData(mediaType, inviter) {
  const { outer, call_type, data } = envelope(mediaType, inviter);
  return JSON.stringify({ ...outer, call_type, data });
}

/**
 * The data of a rejection by someone who is on another call.
 *
 * @param {MediaType} mediaType
 * @param {string} inviter
 */
export function busyData(mediaType, inviter) {
  const { outer, call_type, data } = envelope(mediaType, inviter);
  return JSON.stringify({
    ...outer,
    call_type,
    line_busy: "line_busy",
    data: { ...data, message: "lineBusy" },
  });
}

/**
 * Reads call data; null for anything that is not a call's.
 *
 * @param {string} text
 * @returns {CallData | null}
 */
export function parseCallData(text) {
  const root = parseObject(text);
  if (!root || !isCall(root)) return null;
  const data = asObject(root.data);
  const cmd = typeof data.cmd === "string" ? data.cmd : "";
  return {
    kind: kindOf(root, cmd),
    mediaType: root.call_type === 1 ? "audio" : "video",
    roomID: roomOf(root, data),
    inviter: typeof data.inviter === "string" ? data.inviter : "",
    busy: root.line_busy !== undefined || data.message === "lineBusy",
    duration: durationOf(root.call_end ?? data.cmdInfo),
    inCall: Array.isArray(root.inCallUserIDs) ? root.inCallUserIDs.filter((each) => typeof each === "string") : [],
  };
}

/** @param {Record<string, unknown>} root */
function isCall({ version, businessID, call_type }) {
  if (typeof version === "number" && version > VERSION) return false;
  if (businessID === "av_call" || businessID === "rtc_call") return true;
  return businessID === undefined && (call_type === 1 || call_type === 2);
}

/**
 * @param {Record<string, unknown>} root
 * @param {string} cmd
 * @returns {CallData["kind"]}
 */
function kindOf(root, cmd) {
  if (cmd === "hangup" || root.call_end !== undefined) return "hangup";
  if (cmd.startsWith("switchTo") || root.switch_to_audio_call !== undefined) return "switch";
  return "call";
}

/**
 * @param {Record<string, unknown>} root
 * @param {Record<string, unknown>} data
 */
function roomOf(root, data) {
  const room = [root.room_id, data.room_id].find((id) => typeof id === "number" && id > 0);
  if (room !== undefined) return String(room);
  const named = [data.str_room_id, root.room_id, data.room_id];
  return /** @type {string} */ (named.find((id) => typeof id === "string" && id !== "") ?? "");
}

/** Whole seconds; the second generation said them as text. @param {unknown} said */
function durationOf(said) {
  const seconds = Math.floor(Number(said));
  return seconds > 0 && Number.isSafeInteger(seconds) ? seconds : 0;
}

/**
 * The object that a text is as JSON; empty for other JSON, null for what is none.
 *
 * @param {string} text
 */
export function parseObject(text) {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null; // other applications put what they like into data
  }
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
function asObject(value) {
  return typeof value === "object" && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
}
