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
 * The data of an invitation to a call in a numbered room. Like the acceptance
 * it asks to be kept out of the history: the conversation shows the outcome.
 *
 * @param {{mediaType: MediaType, roomID: string, inviter: string, userIDs: string[]}} call
 */
export function inviteData({ mediaType, roomID, inviter, userIDs }) {
  const { outer, call_type, data } = envelope(mediaType, inviter);
  const room_id = Number(roomID);
  return JSON.stringify({
    ...outer,
    userData: "",
    call_type,
    room_id,
    data: { cmd: data.cmd, room_id, str_room_id: "", inviter, message: "", userIDs, excludeFromHistoryMessage: true },
  });
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
