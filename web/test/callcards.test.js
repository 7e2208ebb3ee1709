import assert from "node:assert/strict";
import test from "node:test";
import { foldCalls } from "../static/sdk/callcards.js";
import { callText } from "../static/sdk/calltexts.js";

const INVITE = 1, CANCEL = 2, ACCEPT = 3, REJECT = 4, TIMEOUT = 5;
const call = { version: 4, businessID: "av_call", call_type: 2, room_id: 7, data: { cmd: "videoCall", inviter: "ana" } };
const answer = { version: 4, businessID: "av_call", call_type: 2, data: { cmd: "videoCall", inviter: "ana" } };
const end = { ...call, call_end: 12, data: { cmd: "hangup", inviter: "ana" } };
const flat = { version: 1, call_type: 2, room_id: 7 };

/** Numbers messages and puts them into one conversation. */
function conversation(groupID, lines) {
  return lines.map((line, i) => {
    const at = { messageID: `m${i + 1}`, messageSeq: i + 1, createdAt: i + 1, ...(groupID ? { groupID } : { to: "bo" }) };
    if (typeof line === "string") return { ...at, from: "ana", type: "text", text: line };
    const { action, invite = "i1", of = ["bo"], from = "ana", data = action === INVITE ? call : answer, hidden = false } = line;
    const envelope = { businessID: 1, inviteID: invite, inviter: "ana", actionType: action, inviteeList: of, groupID, data: JSON.stringify(data) };
    return { ...at, from, type: "signaling", data: JSON.stringify(envelope), ...(hidden && { isExcludedFromUnreadCount: true }) };
  });
}

/** What each line says, and where it stands. */
function told(messages, self = "bo") {
  return foldCalls(messages, self).map(({ message, card }) => {
    if (!card) return `${message.messageSeq} ${message.text ?? message.type}`;
    return [`${message.messageSeq} ${card.missed ? "! " : ""}${callText(card.call, "en", (id) => id)}`, ...card.lines.map((line) => callText(line, "en", (id) => id))].join(" / ");
  });
}

const everybody = { of: ["bo", "cy", "di"] };
const stories = [
  { name: "texts are left as they are", lines: ["hi", "there"], want: ["1 hi", "2 there"] },
  {
    name: "of a call whose invitation and acceptance are hidden only the end is shown, where it happened",
    lines: [{ action: INVITE, hidden: true }, "are you there?", { action: ACCEPT, from: "bo", hidden: true }, { action: INVITE, invite: "e", data: end }],
    want: ["2 are you there?", "4 Call ended 00:12"],
  },
  {
    name: "an old client's call that shows all it does is one card, where it began",
    lines: [{ action: INVITE, data: flat }, { action: ACCEPT, from: "bo", data: flat }, "hm", { action: INVITE, invite: "e", data: { version: 1, call_type: 2, call_end: 12 } }],
    want: ["1 Call ended 00:12", "3 hm"],
  },
  { name: "a missed call is marked", lines: [{ action: INVITE, hidden: true }, { action: TIMEOUT }], want: ["2 ! Missed call"] },
  {
    name: "two calls in one room, one after the other, are two cards",
    lines: [{ action: INVITE }, { action: TIMEOUT }, { action: INVITE, invite: "i2" }, { action: REJECT, invite: "i2", from: "bo" }],
    want: ["1 ! Missed call", "3 Declined"],
  },
  {
    name: "a call after the end of another in the same room is another card",
    lines: [{ action: INVITE }, { action: ACCEPT, from: "bo" }, { action: INVITE, invite: "e", data: end }, { action: INVITE, invite: "i2" }],
    want: ["1 Call ended 00:12", "4 Call started"],
  },
  { name: "other applications' invitations stand for themselves", lines: [{ action: INVITE, data: { app: 1 } }, { action: ACCEPT, from: "bo", data: { app: 1 } }], want: ["1 signaling", "2 signaling"] },
  { name: "what is hidden of other applications is left out", lines: [{ action: INVITE, data: { app: 1 }, hidden: true }], want: [] },
  { name: "an outcome whose invitation is on an older page stands for itself", lines: [{ action: REJECT, from: "bo" }], want: ["1 Declined"] },
  { name: "a group's call that rings", group: "g", lines: [{ action: INVITE, ...everybody }], want: ["1 ana started a group call"] },
  {
    name: "a group's call tells what each one did",
    group: "g",
    lines: [
      { action: INVITE, ...everybody },
      { action: ACCEPT, from: "bo", of: ["bo"] },
      { action: REJECT, from: "cy", of: ["cy"] },
      { action: TIMEOUT, of: ["di"] },
    ],
    want: ["1 ana started a group call / bo answered / cy declined / di: no answer"],
  },
  {
    name: "who is asked again into the running call belongs to the same card, and so does its end",
    group: "g",
    lines: [
      { action: INVITE, of: ["bo", "cy"] },
      { action: ACCEPT, from: "bo", of: ["bo"] },
      { action: TIMEOUT, of: ["cy"] },
      { action: INVITE, invite: "i2", of: ["cy"] },
      { action: ACCEPT, invite: "i2", from: "cy", of: ["cy"] },
      { action: INVITE, invite: "e", data: end, of: ["bo", "cy"] },
    ],
    want: ["1 Group call ended 00:12 / bo and cy answered"],
  },
  {
    name: "taken back from all it was cancelled",
    group: "g",
    lines: [{ action: INVITE, ...everybody }, { action: CANCEL, ...everybody }],
    want: ["1 ana cancelled the call"],
  },
  {
    name: "taken back from those who had not answered it goes on",
    group: "g",
    lines: [{ action: INVITE, ...everybody }, { action: ACCEPT, from: "bo", of: ["bo"] }, { action: CANCEL, of: ["cy", "di"] }],
    want: ["1 ana started a group call / bo answered"],
  },
  {
    name: "who was asked and did not answer missed it, whatever came of it",
    group: "g",
    self: "di",
    lines: [{ action: INVITE, ...everybody }, { action: ACCEPT, from: "bo", of: ["bo"] }, { action: TIMEOUT, of: ["cy", "di"] }, { action: INVITE, invite: "e", data: end, of: ["bo"] }],
    want: ["1 ! Group call ended 00:12 / bo answered / cy and di: no answer"],
  },
];
for (const { name, group = "", self, lines, want } of stories) {
  test(name, () => assert.deepEqual(told(conversation(group, lines), self), want));
}
