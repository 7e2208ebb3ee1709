import assert from "node:assert/strict";
import test from "node:test";
import { Connection } from "../static/sdk/connection.js";
import { Room } from "../static/sdk/room.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

const ROOM = "r1";
const user = (userID, more = {}) => ({ userID, name: "", role: "anchor", audio: true, video: true, screen: false, enteredAt: 1, ...more });

/** ana in a room with these others, her media transport up. */
async function inRoom(t, { users = [], scene = "call" } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const browser = new FakeBrowser();
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  const room = new Room(connection, { platform: browser });
  const told = [];
  for (const name of ["onScreenCaptureStarted", "onScreenCaptureStopped", "onError"]) room.on(name, (detail) => told.push([name, detail]));
  server.answers["room.enter"] = () => ({ answer: "answer", role: "anchor", users, serverAt: 1 });
  server.answers["room.offer"] = () => ({ answer: "another answer" });
  server.answers["room.setViews"] = server.answers["room.setPublishing"] = () => ({});
  const greeted = connection.connect();
  server.welcome();
  await greeted;
  await room.enterRoom({ roomID: ROOM, scene });
  browser.peer.become("connected");
  await settle();
  server.requests.length = 0;
  return { server, browser, room, told };
}
const lines = ({ transceivers }, kind) => transceivers.filter((line) => line.kind === kind && line.direction === "recvonly").length;
const sends = (server) => server.last("room.offer").params.send.map(({ source }) => source);

test("a screen with its sound is sent in lines of its own, by an offer", async (t) => {
  const { server, browser, room, told } = await inRoom(t);
  assert.equal(await room.startScreenCapture({ audio: true }), true);
  await settle();
  assert.equal(server.methods().filter((method) => method === "room.offer").length, 1, "both in one offer");
  assert.deepEqual(sends(server), ["mic", "camera", "screen", "screenAudio"]);
  assert.deepEqual(server.last("room.setPublishing").params, { roomID: ROOM, screen: true });
  const [picture, sound] = browser.peer.transceivers.slice(-2);
  assert.equal(picture.sender.track, room.media.track("screen"));
  assert.equal(sound.sender.track, room.media.track("screenAudio"));
  assert.equal(picture.sender.track.contentHint, "detail");
  assert.deepEqual(told, [["onScreenCaptureStarted", { audio: true }]]);
});

test("the second time the lines are there already", async (t) => {
  const { server, browser, room, told } = await inRoom(t);
  await room.startScreenCapture();
  await settle();
  const picture = browser.peer.transceivers.at(-1);
  const first = room.media.track("screen");
  room.stopScreenCapture();
  await settle();
  assert.deepEqual([first.stopped, picture.sender.track], [true, null]);
  assert.deepEqual(server.last("room.setPublishing").params, { roomID: ROOM, screen: false });
  server.requests.length = 0;
  await room.startScreenCapture();
  await settle();
  assert.deepEqual(server.methods(), ["room.setPublishing"]);
  assert.equal(picture.sender.track, room.media.track("screen"));
  assert.deepEqual(told.map(([name]) => name), ["onScreenCaptureStarted", "onScreenCaptureStopped", "onScreenCaptureStarted"]);
});

test("when the browser ends the sharing, sound and all, that is told", async (t) => {
  const { server, room, told } = await inRoom(t);
  await room.startScreenCapture({ audio: true });
  await settle();
  const sound = room.media.track("screenAudio");
  room.media.track("screen").onended();
  assert.deepEqual([room.media.track("screen"), room.media.track("screenAudio"), sound.stopped], [null, null, true]);
  assert.deepEqual(told.at(-1), ["onScreenCaptureStopped", { reason: 1 }]);
  assert.deepEqual(server.last("room.setPublishing").params, { roomID: ROOM, screen: false });
});

test("a refusal is a fault of the screen and of nothing else", async (t) => {
  const { server, browser, room, told } = await inRoom(t);
  const faults = [];
  room.media.on("fault", (fault) => faults.push(fault));
  browser.getDisplayMedia = async () => {
    throw new DOMException("no", "NotAllowedError");
  };
  assert.equal(await room.startScreenCapture(), false);
  assert.deepEqual(faults, [{ source: "screen", fault: "denied" }]);
  assert.equal(room.media.fault("screen"), "denied");
  assert.equal(room.media.fault("camera"), null);
  assert.deepEqual([server.methods(), told], [[], []]);
});

test("who changes their mind while the browser asks shares nothing", async (t) => {
  const { browser, room, told } = await inRoom(t);
  const captured = await browser.getDisplayMedia({ video: true, audio: false });
  let choose;
  browser.getDisplayMedia = () => new Promise((resolve) => (choose = resolve));
  const starting = room.startScreenCapture();
  room.stopScreenCapture();
  choose(captured);
  assert.equal(await starting, false);
  assert.equal(captured.getTracks()[0].stopped, true);
  assert.deepEqual(told, []);
});

test("a screen goes on in the transport after a lost session, offered with the rest", async (t) => {
  const { server, browser, room } = await inRoom(t);
  await room.startScreenCapture();
  await settle();
  server.breakSocket();
  t.mock.timers.tick(1_000);
  server.welcome();
  await settle();
  assert.equal(browser.peers.length, 2);
  assert.deepEqual(server.last("room.enter").params.send.map(({ source }) => source), ["mic", "camera", "screen"]);
  assert.equal(browser.peer.transceivers.find(({ sender }) => sender.track === room.media.track("screen")).direction, "sendonly");
});

test("three in a room are heard at once, though only one is seen", async (t) => {
  const { server, browser, room } = await inRoom(t, { users: [user("bo")] });
  const told = [];
  room.on("onRemoteAudio", ({ streams }) => told.push(streams.length));
  assert.equal(lines(browser.peer, "audio"), 1);
  server.event("onRemoteUserEnterRoom", { roomID: ROOM, ...user("cy"), at: 2 });
  await settle();
  assert.deepEqual([lines(browser.peer, "audio"), lines(browser.peer, "video")], [3, 1]);
  assert.deepEqual(told, [3]);
  assert.equal(server.methods().filter((method) => method === "room.offer").length, 1);
});

test("slots grow by steps: people one by one do not cost an offer each", async (t) => {
  const { server, browser, room } = await inRoom(t, { scene: "meeting" });
  assert.deepEqual([lines(browser.peer, "audio"), lines(browser.peer, "video")], [4, 4]);
  for (let i = 0; i < 9; i++) {
    room.startRemoteView(`u${i}`, "camera", () => {});
    await settle();
  }
  assert.equal(server.methods().filter((method) => method === "room.offer").length, 1);
  assert.deepEqual([lines(browser.peer, "audio"), lines(browser.peer, "video")], [9, 9]);
  assert.equal(server.last("room.setViews").params.views.length, 9);
});

test("another height is told at once, and of an animation's further steps only the last", async (t) => {
  const { server, room } = await inRoom(t, { scene: "meeting" });
  const tile = () => {};
  room.startRemoteView("bo", "camera", tile, { height: 90 });
  await settle();
  server.requests.length = 0;
  const told = () => server.requests.map(({ params }) => params.views[0].height);
  for (let height = 100; height <= 720; height += 20) {
    room.startRemoteView("bo", "camera", tile, { height });
    await settle();
  }
  assert.deepEqual(server.methods(), ["room.setViews"]);
  assert.deepEqual(told(), [100]);
  t.mock.timers.tick(200);
  await settle();
  assert.deepEqual(told(), [100, 720]);
  t.mock.timers.tick(1000);
  await settle();
  room.startRemoteView("bo", "camera", tile, { height: 360 });
  await settle();
  assert.deepEqual(told(), [100, 720, 360]);
});

test("how a view fares is what onSlots said last", async (t) => {
  const { server, browser, room } = await inRoom(t, { users: [user("bo")] });
  let shown;
  room.startRemoteView("bo", "camera", (stream) => (shown = stream));
  await settle();
  const { mid } = server.last("room.setViews").params.views[0];
  server.event("onSlots", { roomID: ROOM, slots: [{ mid, userID: "bo", stream: "camera", layer: "h" }] });
  assert.equal(room.remoteView("bo", "camera").layer, "h");
  assert.equal(room.remoteView("cy", "camera"), null);
  assert.deepEqual(shown.tracks, [browser.peer.transceivers.find((line) => line.mid === mid).receiver.track]);
});

test("a camera that was muted before the session was lost stays muted", async (t) => {
  const { server, room } = await inRoom(t);
  room.muteLocalVideo(true);
  server.breakSocket();
  t.mock.timers.tick(1_000);
  server.welcome();
  await settle();
  const after = server.requests.slice(server.requests.findIndex(({ method }) => method === "room.enter"));
  assert.deepEqual(after.filter(({ method }) => method === "room.setPublishing").map(({ params }) => params.video), [false]);
});

test("what the server wants of the layers is what runs, in each transport anew", async (t) => {
  const { server, browser } = await inRoom(t);
  const camera = () => browser.peer.transceivers[1].sender.encodings.map(({ active }) => active);
  const encodings = ["q", "h", "f"].map((rid) => ({ rid, active: rid !== "f", maxBitrate: 0 }));
  server.event("onEncodingsWanted", { roomID: "another", senders: [{ mid: "1", encodings, maxBitrate: 0 }] });
  await settle();
  assert.deepEqual(camera(), [false, false, true]);
  server.event("onEncodingsWanted", { roomID: ROOM, senders: [{ mid: "1", encodings, maxBitrate: 0 }, { mid: "7", encodings: [], maxBitrate: 0 }] });
  await settle();
  assert.deepEqual(camera(), [true, true, false]);
  server.breakSocket();
  t.mock.timers.tick(1_000);
  server.welcome();
  await settle();
  assert.deepEqual(camera(), [false, false, true]);
});

const device = (kind, deviceId, label = deviceId) => ({ kind, deviceId, label });

test("what is plugged in and out is told, once it can be told apart", async (t) => {
  const { browser, room } = await inRoom(t);
  const told = [];
  room.on("onDeviceChanged", ({ type, deviceID, state }) => told.push(`${type} ${deviceID} ${state}`));
  browser.plug(device("audioinput", "")); // nothing was allowed yet
  await settle();
  const builtIn = [device("audioinput", "default"), device("audioinput", "m1"), device("audiooutput", "s1")];
  browser.devices = builtIn;
  await room.startLocalAudio();
  await settle();
  told.length = 0;
  browser.plug(...builtIn, device("audioinput", "m2"), device("audiooutput", "m2"));
  await settle();
  assert.deepEqual(told.splice(0), ["mic m2 add", "speaker m2 add"]);
  browser.plug(...builtIn.slice(0, 2), device("audioinput", "m2"), device("audiooutput", "m2"));
  await settle();
  assert.deepEqual(told, ["speaker s1 remove"]);
});

test("a loudspeaker that is unplugged is replaced by the default one", async (t) => {
  const { browser, room } = await inRoom(t);
  const told = [];
  room.on("onSpeakerChanged", ({ deviceID }) => told.push(deviceID));
  browser.devices = [device("audiooutput", "s1"), device("audiooutput", "s2")];
  await room.startLocalAudio();
  await settle();
  room.setCurrentSpeakerDevice("s2");
  browser.plug(device("audiooutput", "s1"));
  await settle();
  assert.deepEqual(told, ["s2", ""]);
  assert.equal(room.speakerID, "");
});

test("a microphone that is plugged in where one was missing is used at once", async (t) => {
  const { browser, room } = await inRoom(t);
  const give = browser.getUserMedia;
  await room.startLocalPreview();
  await settle();
  browser.getUserMedia = async () => {
    throw new DOMException("none", "NotFoundError");
  };
  await room.startLocalAudio();
  assert.equal(room.media.fault("mic"), "notFound");
  browser.getUserMedia = give;
  browser.plug(device("audioinput", "m1"));
  await settle();
  assert.ok(room.media.track("mic"));
  assert.equal(room.media.fault("mic"), null);
});

test("servers whose credentials have expired are asked for anew before they are used", async (t) => {
  const { server, browser, room } = await inRoom(t);
  server.answers["room.exit"] = () => ({});
  await room.exitRoom();
  const relay = (name) => [{ urls: [`turn:${name}`] }];
  server.answers["session.getICEServers"] = () => ({ iceServers: relay("new"), iceServersExpireAt: Date.now() + 600_000 });
  server.breakSocket();
  t.mock.timers.tick(1_000);
  server.welcome({ iceServers: relay("old"), iceServersExpireAt: Date.now() + 40_000 });
  await settle();
  await room.enterRoom({ roomID: ROOM });
  assert.equal(server.last("session.getICEServers"), undefined);
  await room.exitRoom();
  t.mock.timers.tick(15_000);
  server.requests.length = 0;
  await room.enterRoom({ roomID: ROOM });
  assert.deepEqual(server.methods().slice(0, 2), ["session.getICEServers", "room.enter"]);
  assert.deepEqual(browser.peer.servers, relay("new"));
});
