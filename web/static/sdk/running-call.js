import { parseObject } from "./calldata.js";

/** @typedef {import("./engine-types.js").RunningCall} RunningCall */

/** The group attribute that tells of the call that runs in a group (TUICallKit's). */
const ATTRIBUTE = "inner_attr_kit_info";

/**
 * The call that runs in a group, to be joined by CallEngine.join(); null if
 * none does.
 *
 * @param {string} groupID
 * @param {Readonly<Record<string, string>>} attributes the group's, see Groups.getGroupAttributes()
 * @returns {RunningCall | null}
 */
export function runningCallOf(groupID, attributes) {
  const info = parseObject(attributes[ATTRIBUTE] ?? "");
  if (!info || info.business_type !== "callkit") return null;
  const { call_id, room_id, call_media_type, user_list } = info;
  const roomID = typeof room_id === "number" || typeof room_id === "string" ? String(room_id) : "";
  const users = Array.isArray(user_list) ? user_list : [];
  const userIDList = users.flatMap((user) => (typeof user?.userid === "string" ? [user.userid] : []));
  if (!roomID || userIDList.length === 0) return null;
  return { callID: String(call_id ?? ""), groupID, roomID, mediaType: call_media_type === "audio" ? "audio" : "video", userIDList };
}
