/** What a conversation says about calls, in English; {names} and {duration} are filled in. */
const en = Object.freeze({
  started: "Call started",
  accepted: "Answered",
  declined: "Declined",
  declinedByPeer: "Call declined",
  busy: "Line busy, not answered",
  peerBusy: "Line busy",
  cancelled: "Cancelled",
  cancelledByCaller: "Cancelled by caller",
  noAnswer: "No answer",
  missed: "Missed call",
  ended: "Call ended {duration}",
  switchToAudio: "Switch to a voice call",
  switchToVideo: "Switch to a video call",
  switched: "The call was switched",
  groupStarted: "{names} started a group call",
  groupAccepted: "{names} answered",
  groupDeclined: "{names} declined",
  groupBusy: "{names}: line busy",
  groupCancelled: "{names} cancelled the call",
  groupNoAnswer: "{names}: no answer",
  groupEnded: "Group call ended {duration}",
  groupOver: "Group call ended",
  invitation: "{names} sent an invitation",
  invitationAccepted: "{names} accepted an invitation",
  invitationDeclined: "{names} declined an invitation",
  invitationCancelled: "{names} took an invitation back",
  invitationNoAnswer: "{names} did not answer an invitation",
  unsupported: "A message that cannot be shown here",
});

/** @typedef {keyof typeof en} CallTextKey */

/** The same in Chinese. @type {Record<CallTextKey, string>} */
const zh = Object.freeze({
  started: "发起通话",
  accepted: "已接听",
  declined: "已拒绝",
  declinedByPeer: "对方已拒绝",
  busy: "忙线未接听",
  peerBusy: "对方忙线中",
  cancelled: "已取消",
  cancelledByCaller: "对方已取消",
  noAnswer: "对方无应答",
  missed: "未接来电",
  ended: "通话时长 {duration}",
  switchToAudio: "转为语音通话",
  switchToVideo: "转为视频通话",
  switched: "通话方式已切换",
  groupStarted: "{names} 发起了群通话",
  groupAccepted: "{names} 已接听",
  groupDeclined: "{names} 已拒绝",
  groupBusy: "{names} 忙线中",
  groupCancelled: "{names} 取消了通话",
  groupNoAnswer: "{names} 无应答",
  groupEnded: "群通话已结束 {duration}",
  groupOver: "群通话已结束",
  invitation: "{names} 发出了邀请",
  invitationAccepted: "{names} 接受了邀请",
  invitationDeclined: "{names} 拒绝了邀请",
  invitationCancelled: "{names} 收回了邀请",
  invitationNoAnswer: "{names} 未回应邀请",
  unsupported: "暂不支持显示的消息",
});

/** Every text in every language. @type {Readonly<Record<"en" | "zh", Readonly<Record<CallTextKey, string>>>>} */
export const callTexts = Object.freeze({ en, zh });

/**
 * What a call message says to its reader.
 *
 * @param {{key: CallTextKey, params: {userIDs: string[], duration: string}}} call
 * @param {"en" | "zh"} language
 * @param {(userID: string) => string} nameOf
 */
export function callText({ key, params }, language, nameOf) {
  const list = new Intl.ListFormat(language, { type: "conjunction" });
  const values = { names: list.format(params.userIDs.map(nameOf)), duration: params.duration };
  return callTexts[language][key].replace(/\{(names|duration)\}/g, (_, name) => values[/** @type {keyof typeof values} */ (name)]);
}

/** Whole seconds as mm:ss, from an hour on as hh:mm:ss. @param {number} seconds */
export function callDuration(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3600) parts.unshift(Math.floor(seconds / 3600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
