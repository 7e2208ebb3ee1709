import assert from "node:assert/strict";
import test from "node:test";
import { deadline, initial, step } from "../static/sdk/engine-state.js";

const R = "731";
const call = { type: "call", groupID: "g", userIDs: ["bo", "cy"], roomID: R, mediaType: "video", ringMs: 30_000, camera: true };
const entered = { type: "entered", key: 1, callID: "", startedAt: 0 };
const invited = { type: "invited", key: 1, userIDs: ["bo", "cy"], inviteID: "i1", mergedRoomID: "" };
const yes = (invitee, inviteID = "i1") => ({ type: "inviteeAccepted", inviteID, invitee });
const no = (invitee, inviteID = "i1", busy = false) => ({ type: "inviteeRejected", inviteID, invitee, busy });
const late = (...inviteeList) => ({ type: "timedOut", inviteID: "i1", inviteeList });
const comes = (userID) => ({ type: "remoteEntered", userID, at: 1_000 });
const goes = (userID, reason = 0) => ({ type: "remoteLeft", userID, reason });
const mediaUp = { type: "mediaUp", at: 1_200 };
const hangup = { type: "hangup" };
const accept = { type: "accept", camera: true };
const ends = (result, endedBy) => ({ type: "callEnd", roomID: R, result, endedBy });
const asks = (inviter, inviteeList, more = {}) => ({
  type: "invitation",
  call: { inviteID: "i9", inviter, groupID: "g", inviteeList, inCall: [inviter], roomID: R, mediaType: "video", ringMs: 30_000, ...more },
});
const addDi = { type: "inviteUser", userIDs: ["di"], ringMs: 20_000 };
const running = { callID: "c1", groupID: "g", roomID: R, mediaType: "audio", userIDList: ["bo", "cy"] };
const join = { type: "join", call: running, camera: false };
const inside = { type: "entered", key: 1, callID: "c1", startedAt: 500 };
const fault = { code: 10007, message: "no member" };
const asked = [call, entered, invited];
const withBo = [...asked, yes("bo"), mediaUp, comes("bo")];
const withBoth = [...withBo, yes("cy"), comes("cy")];
const rings = asks("bo", ["ana", "cy"]);
const crossed = (inviteID) => asks("bo", ["ana", "cy"], { inviteID, roomID: "42" });

const words = ({ do: verb, roomID, userID, userIDs, state, inviteID, outcome, by }) => {
  if (verb === "ended") return `ended ${outcome} by ${by}`;
  if (verb === "told") return `${userID} is ${state}`;
  if (verb === "invite") return `invite ${userIDs.join(" and ")}`;
  return [verb, roomID ?? inviteID].filter(Boolean).join(" ");
};
const over = (outcome, by) => ["exit", "release", `ended ${outcome} by ${by}`];

/** Each story: what happens, what the last of it leads to, and where the others stand then. */
const stories = [
  { name: "a group is called once the caller is in the room, all in one go", events: [call, entered], phase: "calling", commands: ["invite bo and cy"], others: "bo inviting, cy inviting" },
  { name: "the first yes opens the call, and the rest goes on ringing", events: [...asked, yes("bo")], phase: "connecting", commands: ["bo is accepted"], others: "bo accepted, cy inviting" },
  { name: "it begins with the first who is in", events: withBo, phase: "connected", commands: ["bo is joined", "begun"], others: "bo joined, cy inviting" },
  { name: "it begins once, and others come in later", events: withBoth, phase: "connected", commands: ["cy is joined"], others: "bo joined, cy joined" },
  { name: "one declines, and the other is still asked", events: [...asked, no("bo")], phase: "calling", commands: ["bo is declined"], others: "bo declined, cy inviting" },
  { name: "one is busy", events: [...withBo, no("cy", "i1", true)], phase: "connected", commands: ["cy is busy"], others: "bo joined, cy busy" },
  { name: "one does not answer", events: [...withBo, late("cy")], phase: "connected", commands: ["cy is noResponse"], others: "bo joined, cy noResponse" },
  { name: "when everybody declined the server has the last word", events: [...asked, no("bo"), no("cy")], phase: "calling", commands: ["cy is declined"], others: "bo declined, cy declined" },
  { name: "and ends it", events: [...asked, no("bo"), no("cy"), ends("declined", "cy")], phase: "idle", commands: over("declined", "cy"), others: "" },
  { name: "a caller who gives up takes it back from all who are asked", events: [...asked, no("bo"), hangup], phase: "idle", commands: ["cancel i1", ...over("cancelled", "ana")], others: "" },
  { name: "one's own hang-up is for oneself: who is still asked is asked by the others", events: [...withBo, hangup], phase: "idle", commands: over("answered", "ana"), others: "" },
  { name: "another's hang-up leaves the rest together", events: [...withBoth, goes("bo")], phase: "connected", commands: ["bo is left"], others: "bo left, cy joined" },
  { name: "one who lost the connection leaves the rest together", events: [...withBoth, goes("bo", 1)], phase: "connected", commands: ["bo is left"], others: "bo left, cy joined" },
  { name: "the last one left waits for who is still asked", events: [...withBo, goes("bo")], phase: "connected", commands: ["bo is left"], others: "bo left, cy inviting" },
  { name: "the server ends it when fewer than two are left", events: [...withBo, goes("bo"), no("cy"), ends("answered", "bo")], phase: "idle", commands: over("answered", "bo"), others: "" },
  { name: "who invited takes it back from the rest, and they vanish", events: [rings, accept, { type: "cancelled", inviteID: "i9", inviteeList: ["cy"] }], phase: "connecting", commands: [], others: "bo accepted" },

  { name: "who declined is asked again", events: [...withBo, no("cy"), { ...addDi, userIDs: ["cy"] }], phase: "connected", commands: ["cy is inviting", "invite cy"], others: "bo joined, cy inviting" },
  { name: "and comes late", events: [...withBo, no("cy"), { ...addDi, userIDs: ["cy"] }, { ...invited, userIDs: ["cy"], inviteID: "i2" }, yes("cy", "i2"), comes("cy")], phase: "connected", commands: ["cy is joined"], others: "bo joined, cy joined" },
  { name: "an old answer says nothing of the new question", events: [...withBo, no("cy"), { ...addDi, userIDs: ["cy"] }, { ...invited, userIDs: ["cy"], inviteID: "i2" }, no("cy")], phase: "connected", commands: [], others: "bo joined, cy inviting" },
  { name: "who is in or asked is not asked again", events: [...withBo, { ...addDi, userIDs: ["bo", "cy", "ana"] }], phase: "connected", commands: [], others: "bo joined, cy inviting" },
  { name: "one more is asked who is not in the group, and the call goes on", events: [...withBo, addDi, { type: "inviteFailed", key: 1, userIDs: ["di"], fault }], phase: "connected", commands: ["fault"], others: "bo joined, cy inviting" },
  { name: "one added before the room is entered is asked with the others", events: [call, addDi, entered], phase: "calling", commands: ["invite bo and cy and di"], others: "bo inviting, cy inviting, di inviting" },
  { name: "another one asks one more", events: [...withBoth, asks("bo", ["di"])], phase: "connected", commands: ["di is inviting"], others: "bo joined, cy joined, di inviting" },
  { name: "somebody comes by themselves", events: [...withBo, comes("ed")], phase: "connected", commands: ["ed is joined"], others: "bo joined, cy inviting, ed joined" },
  { name: "somebody comes while it rings at the others", events: [...asked, mediaUp, comes("ed")], phase: "connected", commands: ["ed is joined", "begun"], others: "bo inviting, cy inviting, ed joined" },

  { name: "it rings with the others who are asked", events: [rings], phase: "ringing", commands: ["warm", "received"], others: "cy inviting, bo accepted" },
  { name: "a member who is not asked hears nothing", events: [asks("bo", ["cy"])], phase: "idle", commands: [], others: "" },
  { name: "another one's yes goes on ringing here", events: [rings, yes("cy", "i9")], phase: "ringing", commands: ["cy is accepted"], others: "cy accepted, bo accepted" },
  { name: "another one's no goes on ringing here", events: [rings, no("cy", "i9")], phase: "ringing", commands: ["cy is declined"], others: "cy declined, bo accepted" },
  { name: "one's other device answers", events: [rings, yes("ana", "i9")], phase: "idle", commands: over("answeredElsewhere", "ana"), others: "" },
  { name: "the time is up for another one only", events: [rings, { type: "timedOut", inviteID: "i9", inviteeList: ["cy"] }], phase: "ringing", commands: ["cy is noResponse"], others: "cy noResponse, bo accepted" },
  { name: "it has begun between others: that is no call here yet", events: [rings, accept, { type: "callBegin", roomID: R, callID: "c1", startedAt: 9 }], phase: "connecting", commands: [], others: "cy inviting, bo accepted" },
  { name: "somebody of another group calls meanwhile", events: [...withBo, asks("di", ["ana"], { groupID: "h", roomID: "8" })], phase: "connected", commands: ["rejectBusy i9"], others: "bo joined, cy inviting" },

  { name: "a running call is joined", events: [join], phase: "connecting", commands: [`enter ${R}`, "capture"], others: "bo accepted, cy accepted" },
  { name: "a running call is joined, and who is in shows", events: [join, comes("bo"), inside, mediaUp], phase: "connected", commands: ["begun"], others: "bo joined, cy accepted" },
  { name: "a call that ended on the way there is over", events: [join, { ...inside, callID: "" }], phase: "idle", commands: over("answered", "server"), others: "" },
  { name: "who is in already and is asked too has come", events: [join, comes("bo"), inside, asks("bo", ["ana"])], phase: "connecting", commands: ["accept i9"], others: "bo joined, cy accepted" },

  { name: "two call the group at once: the older invitation stands, if it is ours", events: [...asked, crossed("i2")], phase: "calling", commands: ["rejectBusy i2"], others: "bo inviting, cy inviting" },
  { name: "if it is theirs, ours is taken back and theirs accepted", events: [...asked, crossed("i0")], phase: "connecting", commands: ["cancel i1", "exit", "accept i0", "enter 42"], others: "cy inviting, bo accepted" },
  { name: "the same when ours has no number yet", events: [call, entered, crossed("i0"), invited], phase: "connecting", commands: ["cancel i1", "exit", "accept i0", "enter 42"], others: "cy inviting, bo accepted" },
  { name: "whom they did not ask is asked in their room", events: [{ ...call, userIDs: ["bo", "di"] }, entered, { ...invited, userIDs: ["bo", "di"] }, crossed("i0"), { ...entered, key: 2 }], phase: "connecting", commands: ["invite di"], others: "cy inviting, bo accepted, di inviting" },
  { name: "whom both ask goes on with the one that stands", events: [rings, asks("di", ["ana"], { inviteID: "i0", roomID: "42" }), { type: "cancelled", inviteID: "i9", inviteeList: ["ana", "cy"] }], phase: "ringing", commands: [...over("cancelled", "bo"), "warm", "received"], others: "di accepted" },
  { name: "who accepts one of two is busy for the other", events: [rings, asks("di", ["ana"], { inviteID: "i0", roomID: "42" }), accept], phase: "connecting", commands: ["accept i9", `enter ${R}`, "capture", "rejectBusy i0"], others: "cy inviting, bo accepted" },
];

/** What comes of a history. */
function tell(events) {
  let state = initial("ana");
  let last = [];
  for (const event of events) ({ state, commands: last } = step(state, event));
  return { state, commands: last };
}
const standing = ({ participants }) => participants.map(({ userID, state }) => `${userID} ${state}`).join(", ");

for (const { name, events, phase, commands, others } of stories) {
  test(name, () => {
    const { state, commands: last } = tell(events);
    assert.equal(state.phase, phase);
    assert.deepEqual(last.map(words), commands);
    assert.equal(standing(state), others);
  });
}

const direct = { ...call, groupID: "", userIDs: ["bo"] };
const bothIn = [direct, entered, { ...invited, userIDs: ["bo"] }, yes("bo"), mediaUp, comes("bo")];

test("a call between two grows, shrinks and ends with the last who is left", () => {
  const addCy = { ...addDi, userIDs: ["cy"] };
  const grown = [...bothIn, addCy, { ...invited, userIDs: ["cy"], inviteID: "i2" }, yes("cy", "i2"), comes("cy")];
  assert.equal(standing(tell(grown).state), "bo joined, cy joined");
  assert.equal(tell([...grown, goes("bo")]).state.phase, "connected");
  assert.deepEqual(tell([...grown, goes("bo"), goes("cy")]).commands.map(words), ["cy is left", ...over("answered", "cy")]);
});

test("a third one who declines leaves the two as they were", () => {
  const declined = [...bothIn, { ...addDi, userIDs: ["cy"] }, { ...invited, userIDs: ["cy"], inviteID: "i2" }, no("cy", "i2")];
  assert.deepEqual(tell(declined).commands.map(words), ["cy is declined"]);
  assert.deepEqual(tell([...declined, goes("bo")]).commands.map(words), ["bo is left", ...over("answered", "bo")]);
});

test("a lost session: who was in is expected back, and given up after a while", () => {
  const lost = tell([...withBoth, { type: "sessionLost" }]).state;
  assert.equal(standing(lost), "bo accepted, cy accepted");
  assert.equal(deadline(lost), 28_000);
  const back = [...withBoth, { type: "sessionLost" }, comes("cy")];
  assert.equal(deadline(tell(back).state), 28_000);
  const givenUp = tell([...back, { type: "deadline" }]);
  assert.equal(standing(givenUp.state), "bo left, cy joined");
  assert.equal(deadline(givenUp.state), 0);
  const alone = tell([...withBoth, { type: "sessionLost" }, { type: "deadline" }]);
  assert.equal(alone.state.phase, "idle");
});

test("who is asked and of whom nothing is heard any more is given up", () => {
  const { state } = tell(withBo);
  assert.equal(deadline(state), 38_000);
  assert.equal(standing(step(state, { type: "deadline" }).state), "bo joined, cy noResponse");
});
