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
 * @property {boolean} consumed another device has seen to it (third generation)
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
 * The data of consent to go on without pictures.
 *
 * @param {string} inviter
 */
export function switchData(inviter) {
  const { outer, call_type, data } = envelope("audio", inviter);
  return JSON.stringify({
    ...outer,
    call_type,
    switch_to_audio_call: "switch_to_audio_call",
    data: { ...data, cmd: "switchToAudio" },
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
    mediaType: mediaTypeOf(root.call_type, cmd),
    roomID: roomOf(root, data),
    inviter: typeof data.inviter === "string" ? data.inviter : "",
    busy: isThere(root.line_busy) || data.message === "lineBusy" || root.call_action === BUSY,
    duration: durationOf(root.call_end ?? data.cmdInfo ?? root.duration),
    inCall: Array.isArray(root.inCallUserIDs) ? root.inCallUserIDs.filter((each) => typeof each === "string") : [],
    consumed: data.consumed === true,
  };
}

/** call_action of the generation before the first, as far as nothing else says the same. */
const HANGUP = 5, BUSY = 6, SWITCHES = [8, 9, 10];

/** @param {Record<string, unknown>} root */
function isCall({ version, businessID, call_type }) {
  if (typeof version === "number" && version > VERSION) return false;
  if (businessID === "av_call" || businessID === "rtc_call") return true;
  return !isThere(businessID) && (call_type === 1 || call_type === 2);
}

/**
 * @param {Record<string, unknown>} root
 * @param {string} cmd
 * @returns {CallData["kind"]}
 */
function kindOf(root, cmd) {
  if (cmd === "hangup" || isThere(root.call_end)) return "hangup";
  if (cmd !== "") return cmd.startsWith("switchTo") ? "switch" : "call";
  if (isThere(root.switch_to_audio_call) || SWITCHES.includes(/** @type {number} */ (root.call_action))) return "switch";
  if (root.call_action === HANGUP) return "hangup";
  return "call";
}

/**
 * @param {unknown} type
 * @param {string} cmd
 * @returns {MediaType}
 */
function mediaTypeOf(type, cmd) {
  return type === 2 || (type !== 1 && cmd === "videoCall") ? "video" : "audio";
}

/**
 * The root's room, else that of data, else the named one.
 *
 * @param {Record<string, unknown>} root
 * @param {Record<string, unknown>} data
 */
function roomOf(root, data) {
  const named = typeof data.str_room_id === "string" ? data.str_room_id : "";
  return [root.room_id, data.room_id, named].map(roomID).find((id) => id !== "") ?? "";
}

/** A number is the same room as its digits; empty for what is no room. @param {unknown} said */
function roomID(said) {
  if (typeof said === "string") return /^[A-Za-z0-9_.:-]{1,64}$/.test(said) ? said : "";
  return typeof said === "number" && Number.isInteger(said) && said > 0 && said < 2 ** 32 ? String(said) : "";
}

/** @param {unknown} member */
function isThere(member) {
  return member !== undefined && member !== null;
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
