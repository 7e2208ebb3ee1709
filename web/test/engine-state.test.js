import assert from "node:assert/strict";
import test from "node:test";
import { deadline, initial, step } from "../static/sdk/engine-state.js";

const R = "731";
const call = { type: "call", groupID: "", userIDs: ["bo"], roomID: R, mediaType: "video", ringMs: 30_000, camera: true };
const entered = { type: "entered", key: 1, callID: "", startedAt: 0 };
const invited = { type: "invited", key: 1, userIDs: ["bo"], inviteID: "i1", mergedRoomID: "" };
const accepted = { type: "inviteeAccepted", inviteID: "i1", invitee: "bo" };
const rings = { type: "invitation", call: { inviteID: "i9", inviter: "bo", groupID: "", inviteeList: ["ana"], inCall: [], roomID: R, mediaType: "video", ringMs: 30_000 } };
const accept = { type: "accept", camera: true };
const peerIn = { type: "remoteEntered", userID: "bo", at: 1_000 };
const mediaUp = { type: "mediaUp", at: 1_200 };
const begun = { type: "callBegin", roomID: R, callID: "c1", startedAt: 1_100 };
const toVoice = { type: "switchAsked", inviteID: "i5", inviter: "bo", roomID: R, mediaType: "audio" };
const outgoing = [call, entered, invited];
const asCaller = [...outgoing, accepted, mediaUp, peerIn];
const asCallee = [rings, accept, peerIn, mediaUp];
const crossing = { type: "invitation", call: { ...rings.call, roomID: "42" } };
const fault = { code: 8010, message: "it has ended" };

/** Short forms of the commands: "enter 731", "ended declined by bo". */
const words = (command) => {
  const { do: verb, roomID, userID, userIDs, state, inviteID, camera, outcome, by } = command;
  if (verb === "ended") return `ended ${outcome} by ${by}`;
  if (verb === "told") return `${userID} is ${state}`;
  if (verb === "invite") return `invite ${userIDs.join(" and ")}`;
  return [verb, roomID ?? inviteID ?? (camera === undefined ? undefined : camera ? "with camera" : "without camera")].filter(Boolean).join(" ");
};
const over = (outcome, by) => ["exit", "release", `ended ${outcome} by ${by}`];

/** Each story: what happens, and what the last of it leads to. */
const stories = [
  { name: "a caller enters first", events: [call], phase: "calling", commands: [`enter ${R}`, "capture with camera", "bo is inviting"] },
  { name: "a caller invites once in the room", events: [call, entered], phase: "calling", commands: ["invite bo"] },
  { name: "a room that cannot be entered ends the call before anybody was rung", events: [call, { type: "enterFailed", key: 1, fault }], phase: "idle", commands: over("failed", "ana") },
  { name: "an invitation that is refused ends the call", events: [call, entered, { type: "inviteFailed", key: 1, userIDs: ["bo"], fault }], phase: "idle", commands: over("failed", "ana") },
  { name: "the other one accepts", events: [...outgoing, accepted], phase: "connecting", commands: ["bo is accepted"] },
  { name: "the acceptance overtakes the answer to the invitation", events: [call, entered, accepted], phase: "connecting", commands: ["bo is accepted"] },
  { name: "both are in with media", events: asCaller, phase: "connected", commands: ["bo is joined", "begun"] },
  { name: "the server says it has begun", events: [...outgoing, accepted, begun], phase: "connected", commands: ["bo is joined", "begun"] },
  { name: "the beginning is told once", events: [...asCaller, begun], phase: "connected", commands: [] },
  { name: "the other one declines", events: [...outgoing, { type: "inviteeRejected", inviteID: "i1", invitee: "bo", busy: false }], phase: "idle", commands: ["bo is declined", ...over("declined", "bo")] },
  { name: "the other one is busy", events: [...outgoing, { type: "inviteeRejected", inviteID: "i1", invitee: "bo", busy: true }], phase: "idle", commands: ["bo is busy", ...over("busy", "bo")] },
  { name: "nobody answers", events: [...outgoing, { type: "timedOut", inviteID: "i1", inviteeList: ["bo"] }], phase: "idle", commands: ["bo is noResponse", ...over("noAnswer", "server")] },
  { name: "the caller gives up", events: [...outgoing, { type: "hangup" }], phase: "idle", commands: ["cancel i1", ...over("cancelled", "ana")] },
  { name: "the caller gives up before the invitation was answered", events: [call, entered, { type: "hangup" }], phase: "idle", commands: over("cancelled", "ana") },
  { name: "the invitation of a call given up is cancelled when it is known", events: [call, entered, { type: "hangup" }, invited], phase: "idle", commands: ["cancel i1"] },
  { name: "an answer to an older call means nothing to this one", events: [call, { type: "hangup" }, call, entered], phase: "calling", commands: [] },
  { name: "an answer to another invitation means nothing", events: [...outgoing, { ...accepted, inviteID: "i7" }], phase: "calling", commands: [] },
  { name: "the caller's other device cancels", events: [...outgoing, { type: "cancelled", inviteID: "i1", inviteeList: ["bo"] }], phase: "idle", commands: over("cancelled", "ana") },

  { name: "it rings, and the offer is made ready", events: [rings], phase: "ringing", commands: ["warm", "received"] },
  { name: "one's own invitation from another device rings nobody", events: [{ ...rings, call: { ...rings.call, inviter: "ana" } }], phase: "idle", commands: [] },
  { name: "the same invitation again changes nothing", events: [rings, rings], phase: "ringing", commands: [] },
  { name: "accepting sends accept and enter in one go", events: [rings, accept], phase: "connecting", commands: ["accept i9", `enter ${R}`, "capture with camera"] },
  { name: "accepting without the camera", events: [rings, { type: "accept", camera: false }], phase: "connecting", commands: ["accept i9", `enter ${R}`, "capture without camera"] },
  { name: "accepting what the caller has just taken back", events: [rings, accept, { type: "acceptFailed", key: 1, fault }], phase: "idle", commands: over("cancelled", "bo") },
  { name: "accepting twice is accepting once", events: [rings, accept, accept], phase: "connecting", commands: [] },
  { name: "the callee is connected when both are in with media", events: asCallee, phase: "connected", commands: ["begun"] },
  { name: "declining", events: [rings, { type: "reject" }], phase: "idle", commands: ["reject i9", ...over("declined", "ana")] },
  { name: "hanging up what rings is declining", events: [rings, { type: "hangup" }], phase: "idle", commands: ["reject i9", ...over("declined", "ana")] },
  { name: "ignoring looks busy from outside", events: [rings, { type: "ignore" }], phase: "idle", commands: ["rejectBusy i9", ...over("busy", "ana")] },
  { name: "the caller gives up while it rings", events: [rings, { type: "cancelled", inviteID: "i9", inviteeList: ["ana"] }], phase: "idle", commands: over("cancelled", "bo") },
  { name: "it has rung long enough", events: [rings, { type: "timedOut", inviteID: "i9", inviteeList: ["ana"] }], phase: "idle", commands: over("noAnswer", "server") },
  { name: "another device answers", events: [rings, { type: "inviteeAccepted", inviteID: "i9", invitee: "ana" }], phase: "idle", commands: over("answeredElsewhere", "ana") },
  { name: "another device declines", events: [rings, { type: "inviteeRejected", inviteID: "i9", invitee: "ana", busy: false }], phase: "idle", commands: over("declinedElsewhere", "ana") },

  { name: "a second caller hears busy", events: [...asCaller, { type: "invitation", call: { ...rings.call, roomID: "8", inviter: "cy" } }], phase: "connected", commands: ["rejectBusy i9"] },
  { name: "a second caller hears busy while it rings", events: [rings, { type: "invitation", call: { ...rings.call, inviteID: "i8", roomID: "8", inviter: "cy" } }], phase: "ringing", commands: ["rejectBusy i8"] },

  { name: "calls that cross: the other's invitation is not answered busy", events: [call, crossing], phase: "calling", commands: [] },
  { name: "calls that cross: ours was taken as acceptance, so we move to their room", events: [call, crossing, entered, { ...invited, inviteID: "i9", mergedRoomID: "42" }], phase: "connecting", commands: ["exit", "enter 42"] },
  { name: "calls that cross: giving up answers the other's too", events: [call, crossing, { type: "hangup" }], phase: "idle", commands: ["reject i9", ...over("cancelled", "ana")] },
  { name: "calls that cross: if ours fails theirs rings", events: [call, crossing, entered, { type: "inviteFailed", key: 1, userIDs: ["bo"], fault }], phase: "ringing", commands: ["exit", "release", "warm", "received"] },
  { name: "calls that cross: theirs is taken back, ours goes on", events: [call, crossing, { type: "cancelled", inviteID: "i9", inviteeList: ["ana"] }], phase: "calling", commands: [] },

  { name: "hanging up", events: [...asCaller, { type: "hangup" }], phase: "idle", commands: over("answered", "ana") },
  { name: "the other one hangs up", events: [...asCallee, { type: "remoteLeft", userID: "bo", reason: 0 }], phase: "idle", commands: ["bo is left", ...over("answered", "bo")] },
  { name: "the other one is lost", events: [...asCallee, { type: "remoteLeft", userID: "bo", reason: 1 }], phase: "idle", commands: ["bo is left", ...over("networkLost", "bo")] },
  { name: "the server ends it", events: [...asCaller, { type: "callEnd", roomID: R, result: "serverDrain", endedBy: "server" }], phase: "idle", commands: over("serverDrain", "server") },
  { name: "the end of another call is none of ours", events: [...asCaller, { type: "callEnd", roomID: "8", result: "answered", endedBy: "cy" }], phase: "connected", commands: [] },
  { name: "the end is told once", events: [...asCaller, { type: "hangup" }, { type: "callEnd", roomID: R, result: "answered", endedBy: "ana" }], phase: "idle", commands: [] },
  { name: "an old client asks to go on without pictures", events: [...asCaller, toVoice], phase: "connected", commands: ["acceptSwitch i5", "capture without camera"] },
  { name: "a switch of another call is none of ours", events: [...asCaller, { ...toVoice, roomID: "8" }], phase: "connected", commands: [] },
  { name: "a stranger switches nothing", events: [...asCaller, { ...toVoice, inviter: "cy" }], phase: "connected", commands: [] },
  { name: "nobody's camera is opened by somebody else", events: [...asCaller, { ...toVoice, mediaType: "video" }], phase: "connected", commands: [] },
  { name: "a switch rings nobody", events: [toVoice], phase: "idle", commands: [] },
  { name: "media never connects", events: [rings, accept, { type: "deadline" }], phase: "idle", commands: over("mediaFailed", "server") },
  { name: "lost media comes back", events: [...asCaller, { type: "mediaLost" }, { type: "mediaRecovered" }], phase: "connected", commands: [] },
  { name: "lost media does not come back", events: [...asCaller, { type: "mediaLost" }, { type: "deadline" }], phase: "idle", commands: over("networkLost", "ana") },
  { name: "an invitation that did not survive the session stops ringing", events: [rings, { type: "sessionLost" }, { type: "deadline" }], phase: "idle", commands: over("cancelled", "server") },
  { name: "an invitation that did goes on ringing", events: [rings, { type: "sessionLost" }, rings], phase: "ringing", commands: [] },
];

for (const { name, events, phase, commands } of stories) {
  test(name, () => {
    let state = initial("ana");
    let last = [];
    for (const event of events) ({ state, commands: last } = step(state, event));
    assert.equal(state.phase, phase);
    assert.deepEqual(last.map(words), commands);
  });
}

/** The state after a history. */
const after = (events) => events.reduce((state, event) => step(state, event).state, initial("ana"));

test("the server's word on the beginning replaces this side's", () => {
  assert.equal(after(asCaller).startedAt, 1_000);
  assert.equal(after([...asCaller, begun]).startedAt, 1_100);
});

test("who comes back late gets the right clock from the room", () => {
  const late = [rings, accept, { type: "entered", key: 1, callID: "c1", startedAt: 500 }, peerIn, mediaUp];
  assert.equal(after(late).startedAt, 500);
});

test("each state has its time limit", () => {
  assert.equal(deadline(after([])), 0);
  assert.equal(deadline(after([call])), 38_000);
  assert.equal(deadline(after([rings])), 38_000);
  assert.equal(deadline(after([{ ...rings, call: { ...rings.call, ringMs: 0 } }])), 0);
  assert.equal(deadline(after([rings, { type: "sessionLost" }])), 3_000);
  assert.equal(deadline(after([rings, accept])), 38_000);
  assert.equal(deadline(after(asCaller)), 0);
  assert.equal(deadline(after([...asCaller, { type: "mediaLost" }])), 60_000);
  assert.equal(deadline(after([...asCaller, { type: "sessionLost" }])), 28_000);
});
