import assert from "node:assert/strict";
import test from "node:test";
import { busyData, inviteData, switchData } from "../static/sdk/calldata.js";
import { CallEngine } from "../static/sdk/engine.js";
import { Connection } from "../static/sdk/connection.js";
import { Room } from "../static/sdk/room.js";
import { Signaling } from "../static/sdk/signaling.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

const ROOM = "731";
const invitation = {
  inviteID: "i9",
  inviter: "bo",
  groupID: "",
  inviteeList: ["ana"],
  data: inviteData({ mediaType: "video", roomID: ROOM, inviter: "bo", userIDs: ["ana"] }),
  timeout: 30,
  expiresInMs: 30_000,
  createdAt: 1,
};
const enterResult = (users = []) => ({ answer: "answer", role: "anchor", users, callID: "c1", startedAt: 0, serverAt: 1 });
const bo = { userID: "bo", name: "Bo", role: "anchor", audio: true, video: true, screen: false, enteredAt: 1 };

async function setUp(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const browser = new FakeBrowser();
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  const signaling = new Signaling(connection);
  const room = new Room(connection, { platform: browser });
  const engine = new CallEngine({ connection, signaling, room });
  const told = [];
  for (const name of ["onCallReceived", "onCallBegin", "onCallEnd", "onCallNotConnected", "onUserLineBusy", "onUserReject"]) {
    engine.on(name, (detail) => told.push([name, detail.outcome ?? detail.userID ?? detail.callerID ?? detail.startedAt]));
  }
  const greeted = connection.connect();
  server.welcome();
  await greeted;
  await settle();
  server.requests.length = 0;
  const tick = async (ms) => (t.mock.timers.tick(ms), await settle());
  return { server, browser, connection, room, engine, told, tick };
}

/** A call that ana has accepted, with media up on both sides. */
async function inCall(t) {
  const all = await setUp(t);
  all.server.answers["signaling.accept"] = () => ({});
  all.server.answers["room.enter"] = () => enterResult([bo]);
  all.server.answers["room.setViews"] = () => ({});
  all.server.event("onReceiveNewInvitation", invitation);
  all.engine.accept();
  await settle();
  all.browser.peer.become("connected");
  all.server.event("onCallBegin", { callID: "c1", roomID: ROOM, type: "video", startedAt: 1_000_000 });
  return all;
}

test("a caller is in the room with an offer before anybody is invited", async (t) => {
  const { server, engine } = await setUp(t);
  engine.call("bo", "video");
  await settle();
  assert.deepEqual(server.methods(), ["room.enter", "room.setViews"]);
  const { roomID, offer, send } = server.last("room.enter").params;
  assert.equal(offer, "offer 1");
  assert.deepEqual(send, [{ mid: "0", source: "mic" }, { mid: "1", source: "camera" }]);
  assert.deepEqual(server.last("room.setViews").params.views, [{ mid: "3", userID: "bo", stream: "camera" }]);
  server.answer(server.last("room.enter"), enterResult());
  await settle();
  const { invitee, data, timeout } = server.last("signaling.invite").params;
  assert.equal(invitee, "bo");
  assert.equal(timeout, 30);
  assert.equal(JSON.parse(data).room_id, Number(roomID));
});

test("a callee's accept, enter and view leave together, with no answer awaited and no camera either", async (t) => {
  const { server, browser, engine } = await setUp(t);
  browser.getUserMedia = () => new Promise(() => {}); // the user thinks about it
  server.event("onReceiveNewInvitation", invitation);
  await settle();
  assert.equal(browser.peer.offers, 1, "the offer is made while it rings");
  engine.accept();
  await settle();
  assert.deepEqual(server.methods(), ["signaling.accept", "room.enter", "room.setViews"]);
  assert.equal(server.last("room.enter").params.roomID, ROOM);
});

test("the camera comes into its line when it is there", async (t) => {
  const { browser, room } = await inCall(t);
  const [mic, camera] = browser.peer.transceivers;
  assert.equal(mic.sender.track, room.media.track("mic"));
  assert.equal(camera.sender.track, room.media.track("camera"));
  room.closeCamera();
  await settle();
  assert.equal(camera.sender.track, null);
});

test("both sides in: the call begins when the server says", async (t) => {
  const { engine, told } = await inCall(t);
  assert.equal(engine.state().phase, "connected");
  assert.equal(engine.state().startedAt, 1_000_000);
  assert.deepEqual(told.map(([name]) => name), ["onCallReceived", "onCallBegin"]);
});

test("hanging up leaves the room, lets the devices go and tells the time", async (t) => {
  const { server, browser, engine, room, tick } = await inCall(t);
  let over;
  engine.on("onCallEnd", (event) => (over = event));
  const camera = room.media.track("camera");
  await tick(12_400);
  engine.hangup();
  assert.equal(over.totalTime, 12);
  assert.equal(over.outcome, "answered");
  assert.equal(camera.stopped, true);
  assert.equal(browser.peer.connectionState, "closed");
  assert.equal(server.last("room.exit").params.roomID, ROOM);
});

test("the notice of a call's end, groups and strangers' data ring nobody", async (t) => {
  const { server, engine } = await setUp(t);
  const end = { ...JSON.parse(invitation.data), call_end: 12 };
  server.event("onReceiveNewInvitation", { ...invitation, data: JSON.stringify(end), timeout: 0 });
  server.event("onReceiveNewInvitation", { ...invitation, data: "raise your hand" });
  server.event("onReceiveNewInvitation", { ...invitation, inviter: "ana", inviteeList: ["bo"] });
  assert.equal(engine.state().phase, "idle");
});

test("an old client's switch to voice is consented to, and its seen-to invitation rings nobody", async (t) => {
  const { server, engine } = await inCall(t);
  const { roomID, participants: [{ userID: peer }] } = engine.state();
  const data = { version: 4, businessID: "av_call", call_type: 1, room_id: Number(roomID), switch_to_audio_call: "switch_to_audio_call", data: { cmd: "switchToAudio" } };
  server.event("onReceiveNewInvitation", { ...invitation, inviteID: "i5", inviter: peer, data: JSON.stringify(data) });
  const { inviteID, data: consent } = server.last("signaling.accept").params;
  assert.equal(inviteID, "i5");
  assert.equal(consent, switchData(peer));
  assert.equal(engine.state().mediaType, "audio");
  engine.hangup();
  const seenTo = JSON.parse(invitation.data);
  server.event("onReceiveNewInvitation", { ...invitation, data: JSON.stringify({ ...seenTo, data: { ...seenTo.data, consumed: true } }) });
  assert.equal(engine.state().phase, "idle");
});

test("who calls during a call hears that the line is busy", async (t) => {
  const { server } = await inCall(t);
  server.event("onReceiveNewInvitation", { ...invitation, inviteID: "i10", inviter: "cy", data: inviteData({ mediaType: "video", roomID: "8", inviter: "cy", userIDs: ["ana"] }) });
  const { inviteID, data } = server.last("signaling.reject").params;
  assert.equal(inviteID, "i10");
  assert.equal(data, busyData("video", "cy"));
});

test("a busy answer is told as such", async (t) => {
  const { server, engine, told } = await setUp(t);
  server.answers["room.enter"] = () => enterResult();
  server.answers["signaling.invite"] = () => ({ inviteID: "i1" });
  engine.call("bo", "video");
  await settle();
  server.event("onInviteeRejected", { inviteID: "i1", inviter: "ana", groupID: "", invitee: "bo", data: busyData("video", "ana") });
  assert.deepEqual(told, [["onUserLineBusy", "bo"], ["onCallNotConnected", "busy"]]);
});

test("calls that cross meet in the room of the first", async (t) => {
  const { server, engine } = await setUp(t);
  server.answers["room.enter"] = () => enterResult();
  server.answers["room.exit"] = () => ({});
  server.answers["signaling.invite"] = () => ({ inviteID: "i9", merged: true, roomID: ROOM });
  engine.call("bo", "video");
  const own = server.last("room.enter");
  server.event("onReceiveNewInvitation", invitation);
  await settle();
  assert.equal(server.last("room.enter").params.roomID, ROOM);
  assert.equal(server.last("signaling.reject"), undefined);
  assert.equal(own, undefined, "nothing is sent before the offer is ready");
  assert.equal(engine.state().phase, "connecting");
  assert.deepEqual(server.last("room.setViews").params, { roomID: ROOM, views: [{ mid: "3", userID: "bo", stream: "camera" }] });
});

test("a dropped socket does not touch the media", async (t) => {
  const { server, browser, engine, tick } = await inCall(t);
  server.breakSocket();
  await tick(0);
  server.welcome({ resumed: true });
  await tick(5_000);
  assert.equal(engine.state().phase, "connected");
  assert.equal(browser.peers.length, 1);
  assert.equal(server.last("room.offer"), undefined);
});

test("a lost transport is restarted until it is back", async (t) => {
  const { server, browser, engine, tick } = await inCall(t);
  browser.peer.become("disconnected");
  assert.equal(engine.state().lost, true);
  await tick(1_000);
  const first = server.last("room.offer");
  assert.equal(first.params.offer, "offer 2 restart");
  server.answer(first, { answer: "again" });
  await settle();
  assert.equal(browser.peer.remoteDescription.sdp, "again");
  await tick(3_000);
  assert.equal(server.last("room.offer").params.offer, "offer 3 restart");
  browser.peer.become("connected");
  assert.equal(engine.state().lost, false);
  server.answer(server.last("room.offer"), { answer: "again" });
  await tick(10_000);
  assert.equal(browser.peer.offers, 3);
});

test("a gap that heals by itself costs nothing", async (t) => {
  const { server, browser, tick } = await inCall(t);
  browser.peer.become("disconnected");
  await tick(500);
  browser.peer.become("connected");
  await tick(5_000);
  assert.equal(server.last("room.offer"), undefined);
});

test("after a lost session the call goes on in a new transport", async (t) => {
  const { server, browser, engine, room, tick } = await inCall(t);
  const element = { srcObject: null };
  engine.startRemoteView("bo", element);
  const shown = element.srcObject;
  room.muteLocalAudio(true);
  server.breakSocket();
  await tick(0);
  server.requests.length = 0;
  server.welcome({ resumed: false, sessionID: "s2" });
  await settle();
  assert.equal(browser.peers.length, 2);
  assert.equal(browser.peers[0].connectionState, "closed");
  assert.deepEqual(server.methods(), ["room.enter", "room.setViews", "room.setPublishing"]);
  assert.deepEqual(server.last("room.setPublishing").params, { roomID: ROOM, audio: false });
  assert.equal(engine.state().lost, true);
  assert.equal(element.srcObject, shown, "the last picture stays");
  browser.peer.transceivers[3].receiver.track.dispatchEvent(new Event("unmute"));
  assert.notEqual(element.srcObject, shown);
  browser.peer.become("connected");
  assert.equal(engine.state().lost, false);
  assert.equal(engine.state().phase, "connected");
});

test("a room that is gone after a lost session ends the call", async (t) => {
  const { server, engine, told, tick } = await inCall(t);
  server.answers["room.enter"] = () => ({ code: 9003, message: "the room is closed" });
  server.breakSocket();
  await tick(0);
  server.welcome({ resumed: false, sessionID: "s2" });
  await settle();
  assert.equal(engine.state().phase, "idle");
  assert.deepEqual(told.at(-1), ["onCallEnd", "networkLost"]);
});

test("a session lost on the way into the room is entered again", async (t) => {
  const { server, browser, engine, tick } = await setUp(t);
  server.event("onReceiveNewInvitation", invitation);
  engine.accept();
  await settle();
  server.breakSocket();
  await tick(0);
  server.welcome({ resumed: false, sessionID: "s2" });
  await settle();
  assert.equal(browser.peers.length, 2);
  server.answer(server.last("room.enter"), enterResult([bo]));
  await settle();
  browser.peer.become("connected");
  assert.equal(engine.state().phase, "connected");
});

test("declining drops the offer that was made ready", async (t) => {
  const { server, browser, engine } = await setUp(t);
  server.event("onReceiveNewInvitation", invitation);
  await settle();
  engine.reject();
  assert.equal(browser.peer.connectionState, "closed");
  assert.equal(server.last("signaling.reject").params.inviteID, "i9");
  assert.equal(server.last("room.exit"), undefined);
});

test("a call without any device is a call all the same", async (t) => {
  const { server, browser, engine, room } = await setUp(t);
  browser.getUserMedia = async () => {
    throw new DOMException("no", "NotAllowedError");
  };
  server.answers["signaling.accept"] = () => ({});
  server.answers["room.enter"] = () => enterResult([bo]);
  server.event("onReceiveNewInvitation", invitation);
  engine.accept();
  await settle();
  browser.peer.become("connected");
  assert.equal(engine.state().phase, "connected");
  assert.equal(room.media.fault("mic"), "denied");
  assert.equal(room.media.fault("camera"), "denied");
});

test("openCamera and startLocalPreview are one step", async (t) => {
  const asked = [];
  for (const [open, close] of [["openCamera", "closeCamera"], ["startLocalPreview", "stopLocalPreview"]]) {
    await t.test(open, async (t) => {
      const { server, room, browser } = await inCall(t);
      server.answers["room.setPublishing"] = () => ({});
      server.requests.length = 0;
      await room[open]();
      room[close]();
      await settle();
      asked.push([browser.asked.at(-1), server.requests.map(({ method, params }) => [method, params])]);
    });
  }
  assert.equal(asked[0][1].length, 2);
  assert.deepEqual(asked[1], asked[0]);
});

for (const [reason, outcome] of [["kick", "kicked"], ["otherDevice", "takenOver"], ["lost", "networkLost"]]) {
  test(`who is taken out of the room of a call is told why: ${reason}`, async (t) => {
    const { server, engine, told } = await inCall(t);
    server.event("onKickedOut", { roomID: ROOM, reason });
    await settle();
    assert.deepEqual(told.at(-1), ["onCallEnd", outcome]);
    assert.equal(engine.state().phase, "idle");
  });
}
