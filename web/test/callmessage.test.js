import assert from "node:assert/strict";
import test from "node:test";
import { callMessage } from "../static/sdk/callmessage.js";
import { callDuration, callText, callTexts } from "../static/sdk/calltexts.js";

/** Payloads as the clients of each generation write them. */
const G1 = { version: 1, call_type: 2, room_id: 731250044 };
const G2 = { version: 4, businessID: "av_call", platform: "iOS", extInfo: "", call_type: 2, data: { cmd: "videoCall", inviter: "ana", message: "" } };
const G3 = { version: 4, businessID: "av_call", platform: "Web", userData: "", call_type: 2, room_id: 7, data: { cmd: "videoCall", room_id: 7, str_room_id: "", inviter: "ana", message: "", userIDs: ["bo"] } };
const G4 = { ...G3, businessID: "rtc_call" };
const busy = { ...G3, line_busy: "line_busy", data: { ...G3.data, message: "lineBusy" } };
const busyOld = { version: 3, call_type: 1, line_busy: "" };
const hangup = { version: 4, businessID: "av_call", call_type: 2, room_id: 7, call_end: 12, data: { cmd: "hangup", cmdInfo: "12", inviter: "ana", callID: "c1", message: "" } };
const toAudio = { ...G3, call_type: 1, switch_to_audio_call: "switch_to_audio_call", data: { ...G3.data, cmd: "switchToAudio" } };

const INVITE = 1, CANCEL = 2, ACCEPT = 3, REJECT = 4, TIMEOUT = 5;
let seq = 0;

/** A message as the server stores it: ana called bo. */
function signaling(actionType, data, { from = "ana", inviter = "ana", inviteeList = ["bo"], groupID = "", ...more } = {}) {
  const envelope = { businessID: 1, inviteID: "i1", inviter, actionType, inviteeList, groupID, data: typeof data === "string" ? data : JSON.stringify(data), timeout: 30, onlineUserOnly: false };
  const to = groupID ? { groupID } : { to: from === "ana" ? "bo" : "ana" };
  return { messageID: `m${++seq}`, messageSeq: seq, from, ...to, type: "signaling", data: JSON.stringify(envelope), createdAt: seq, ...more };
}

const nameOf = (userID) => userID.toUpperCase();
const says = (message, self, language = "en") => callText(callMessage(message, self), language, nameOf);
const byBo = { from: "bo" };
const inGroup = { groupID: "g1", inviteeList: ["bo", "cy"] };

const oneToOne = [
  { name: "an invitation", message: signaling(INVITE, G3), caller: "Call started", callee: "Call started", kind: "invite" },
  { name: "an acceptance", message: signaling(ACCEPT, G3, byBo), caller: "Answered", callee: "Answered", kind: "accept" },
  { name: "a rejection", message: signaling(REJECT, G3, byBo), caller: "Call declined", callee: "Declined", kind: "reject" },
  { name: "a busy line", message: signaling(REJECT, busy, byBo), caller: "Line busy", callee: "Line busy, not answered", kind: "busy" },
  { name: "a busy line of an old client", message: signaling(REJECT, busyOld, byBo), caller: "Line busy", callee: "Line busy, not answered", kind: "busy" },
  { name: "a cancellation", message: signaling(CANCEL, G3), caller: "Cancelled", callee: "Cancelled by caller", kind: "cancel" },
  { name: "a timeout", message: signaling(TIMEOUT, G3), caller: "No answer", callee: "Missed call", kind: "timeout" },
  { name: "an end", message: signaling(INVITE, hangup), caller: "Call ended 00:12", callee: "Call ended 00:12", kind: "hangup" },
  { name: "an end that the callee's side sent", message: signaling(INVITE, hangup, { from: "bo", inviter: "bo", inviteeList: ["ana"] }), caller: "Call ended 00:12", callee: "Call ended 00:12", kind: "hangup" },
  { name: "an end whose duration is a text", message: signaling(INVITE, { ...G2, data: { cmd: "hangup", cmdInfo: "3723", inviter: "ana" } }), caller: "Call ended 01:02:03", callee: "Call ended 01:02:03", kind: "hangup" },
  { name: "an end whose duration is rubbish", message: signaling(INVITE, { ...hangup, call_end: -3 }), caller: "Call ended 00:00", callee: "Call ended 00:00", kind: "hangup" },
  { name: "a switch to audio", message: signaling(INVITE, toAudio), caller: "Switch to a voice call", callee: "Switch to a voice call", kind: "switch" },
  { name: "a switch to video", message: signaling(INVITE, { ...G3, data: { cmd: "switchToVideo", inviter: "ana" } }), caller: "Switch to a video call", callee: "Switch to a video call", kind: "switch" },
  { name: "a switch agreed to", message: signaling(ACCEPT, toAudio, byBo), caller: "The call was switched", callee: "The call was switched", kind: "switch" },
  { name: "an invitation of the first generation", message: signaling(INVITE, G1), caller: "Call started", callee: "Call started", kind: "invite" },
  { name: "a cancellation of the first generation", message: signaling(CANCEL, G1), caller: "Cancelled", callee: "Cancelled by caller", kind: "cancel" },
  { name: "a rejection of the second generation", message: signaling(REJECT, G2, byBo), caller: "Call declined", callee: "Declined", kind: "reject" },
  { name: "an invitation of the engine's new generation", message: signaling(INVITE, G4), caller: "Call started", callee: "Call started", kind: "invite" },
];
for (const { name, message, caller, callee, kind } of oneToOne) {
  test(`one to one, ${name} reads “${caller}” to ana and “${callee}” to bo, on ana's side`, () => {
    assert.equal(says(message, "ana"), caller);
    assert.equal(says(message, "bo"), callee);
    const [toAna, toBo] = [callMessage(message, "ana"), callMessage(message, "bo")];
    assert.deepEqual([toAna.kind, toAna.caller, toAna.direction, toBo.direction], [kind, "ana", "outgoing", "incoming"]);
  });
}

const ofGroup = [
  { name: "an invitation", message: signaling(INVITE, G3, inGroup), want: "ANA started a group call" },
  { name: "an acceptance", message: signaling(ACCEPT, G3, { ...inGroup, from: "bo", inviteeList: ["bo"] }), want: "BO answered" },
  { name: "a rejection", message: signaling(REJECT, G3, { ...inGroup, from: "cy", inviteeList: ["cy"] }), want: "CY declined" },
  { name: "a busy line", message: signaling(REJECT, busy, { ...inGroup, from: "cy", inviteeList: ["cy"] }), want: "CY: line busy" },
  { name: "a cancellation", message: signaling(CANCEL, G3, inGroup), want: "ANA cancelled the call" },
  { name: "a timeout of two", message: signaling(TIMEOUT, G3, inGroup), want: "BO and CY: no answer" },
  { name: "an end", message: signaling(INVITE, hangup, inGroup), want: "Group call ended 00:12" },
  { name: "an end that names no duration", message: signaling(INVITE, { ...hangup, call_end: 0 }, inGroup), want: "Group call ended" },
  { name: "an end of the first generation, which names no room", message: signaling(INVITE, { version: 1, call_type: 2 }, inGroup), want: "Group call ended" },
];
for (const { name, message, want } of ofGroup) {
  test(`in a group, ${name} reads “${want}” to everybody`, () => {
    for (const self of ["ana", "bo", "dan"]) assert.equal(says(message, self), want);
  });
}

const custom = (data, more = {}) => ({ messageID: `m${++seq}`, messageSeq: seq, from: "ana", to: "bo", type: "custom", data: typeof data === "string" ? data : JSON.stringify(data), createdAt: seq, ...more });
const G0 = { version: 1, call_id: "c0", room_id: 9, call_type: 2, invited_list: ["bo"] };
const fromBo = { from: "bo", to: "ana" };
const beforeSignaling = [
  { action: 1, message: custom({ ...G0, call_action: 1 }), caller: "Call started", callee: "Call started" },
  { action: 2, message: custom({ ...G0, call_action: 2 }), caller: "Cancelled", callee: "Cancelled by caller" },
  { action: 3, message: custom({ ...G0, call_action: 3 }, fromBo), caller: "Call declined", callee: "Declined" },
  { action: 4, message: custom({ ...G0, call_action: 4 }), caller: "No answer", callee: "Missed call" },
  { action: 5, message: custom({ ...G0, call_action: 5, duration: 61 }), caller: "Call ended 01:01", callee: "Call ended 01:01" },
  { action: 6, message: custom({ ...G0, call_action: 6 }, fromBo), caller: "Line busy", callee: "Line busy, not answered" },
  { action: 7, message: custom({ ...G0, call_action: 7 }, fromBo), caller: "Answered", callee: "Answered" },
  { action: 8, message: custom({ ...G0, call_action: 8 }), caller: "Switch to a voice call", callee: "Switch to a voice call" },
  { action: 9, message: custom({ ...G0, call_action: 9 }, fromBo), caller: "The call was switched", callee: "The call was switched" },
];
for (const { action, message, caller, callee } of beforeSignaling) {
  test(`before signaling, call_action ${action} reads “${caller}” to ana and “${callee}” to bo`, () => {
    assert.deepEqual([says(message, "ana"), says(message, "bo")], [caller, callee]);
  });
}

test("an end without the original caller in it stands on its sender's side", () => {
  const end = signaling(INVITE, { version: 4, businessID: "av_call", call_type: 1, call_end: 5 }, { from: "bo", inviter: "bo", inviteeList: ["ana"] });
  assert.deepEqual([callMessage(end, "ana").caller, callMessage(end, "ana").direction], ["bo", "incoming"]);
});

test("a busy line is the inviter's call, whatever its data says", () => {
  const lied = signaling(REJECT, { ...busy, data: { ...busy.data, inviter: "bo" } }, byBo);
  assert.equal(callMessage(lied, "ana").direction, "outgoing");
});

const missed = [
  { name: "bo missed what he did not answer", message: signaling(TIMEOUT, G3), self: "bo", want: true },
  { name: "bo missed what ana took back", message: signaling(CANCEL, G3), self: "bo", want: true },
  { name: "bo missed what came while he talked", message: signaling(REJECT, busy, byBo), self: "bo", want: true },
  { name: "bo did not miss what he declined", message: signaling(REJECT, G3, byBo), self: "bo", want: false },
  { name: "ana missed nothing by calling", message: signaling(TIMEOUT, G3), self: "ana", want: false },
  { name: "cy missed a group's call he was asked to", message: signaling(TIMEOUT, G3, inGroup), self: "cy", want: true },
  { name: "dan missed nothing he was not asked to", message: signaling(TIMEOUT, G3, inGroup), self: "dan", want: false },
];
for (const { name, message, self, want } of missed) test(name, () => assert.equal(callMessage(message, self).missed, want));

const foreign = [
  { name: "another application's invitation", message: signaling(INVITE, { businessID: "raise_hand" }), want: "ANA sent an invitation" },
  { name: "its acceptance", message: signaling(ACCEPT, "", byBo), want: "BO accepted an invitation" },
  { name: "its rejection", message: signaling(REJECT, "no", byBo), want: "BO declined an invitation" },
  { name: "its cancellation", message: signaling(CANCEL, ""), want: "ANA took an invitation back" },
  { name: "its timeout", message: signaling(TIMEOUT, ""), want: "BO did not answer an invitation" },
  { name: "a payload of the future", message: signaling(INVITE, { ...G3, version: 5 }), want: "ANA sent an invitation" },
  { name: "an action of the future", message: signaling(9, G3), want: "A message that cannot be shown here" },
  { name: "an envelope that is no JSON", message: { ...signaling(INVITE, ""), data: "{" }, want: "A message that cannot be shown here" },
  { name: "an envelope of other types", message: { ...signaling(INVITE, ""), data: '{"actionType":"1","inviteeList":3,"inviter":{},"data":[]}' }, want: "A message that cannot be shown here" },
  { name: "no data at all", message: { ...signaling(INVITE, ""), data: undefined }, want: "A message that cannot be shown here" },
];
for (const { name, message, want } of foreign) {
  test(`${name} gets a safe line: ${want}`, () => {
    assert.equal(callMessage(message, "bo").kind, "other");
    assert.equal(says(message, "bo"), want);
  });
}

test("a text and foreign data are no call messages", () => {
  assert.equal(callMessage({ messageID: "m", messageSeq: 1, from: "ana", to: "bo", type: "text", text: "hi", createdAt: 1 }, "bo"), null);
  for (const data of ["{", "[]", '"x"', '{"call_action":1}', '{"call_action":99,"call_type":1}', '{"businessID":"order"}']) assert.equal(callMessage(custom(data), "bo"), null, data);
});

test("what asks to be kept out of the history is hidden", () => {
  assert.equal(callMessage(signaling(INVITE, G3, { isExcludedFromUnreadCount: true }), "bo").hidden, true);
  assert.equal(callMessage(signaling(INVITE, G3), "bo").hidden, false);
});

test("every text is in both languages with the same places to fill in", () => {
  const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  assert.deepEqual(Object.keys(callTexts.zh), Object.keys(callTexts.en));
  for (const key of Object.keys(callTexts.en)) assert.deepEqual(holes(callTexts.zh[key]), holes(callTexts.en[key]), key);
});

test("the same in Chinese", () => {
  assert.equal(says(signaling(INVITE, hangup), "bo", "zh"), "通话时长 00:12");
  assert.equal(says(signaling(TIMEOUT, G3), "bo", "zh"), "未接来电");
  assert.equal(says(signaling(TIMEOUT, G3, inGroup), "bo", "zh"), "BO和CY 无应答");
});

test("durations have minutes, and hours when there are any", () => {
  assert.deepEqual([0, 12, 724, 3_600, 360_061].map(callDuration), ["00:00", "00:12", "12:04", "01:00:00", "100:01:01"]);
});
