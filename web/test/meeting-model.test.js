import assert from "node:assert/strict";
import test from "node:test";
import { MeetingModel } from "../static/components/meeting-model.js";
import { Connection } from "../static/sdk/connection.js";
import { Room } from "../static/sdk/room.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

const ROOM = "kqv-xwpt-mhd";
const info = { name: "Stand-up", scene: "meeting", locked: false, lobby: false, mutedOnEntry: false, keepMuted: false, hosts: ["ana"], createdAt: 1_000_000 };
const bo = { userID: "bo", name: "Bo", role: "anchor", audio: true, video: true, screen: false, enteredAt: 1 };
const said = (messageID, userID, text = "hello") => ({ roomID: ROOM, messageID, userID, name: userID, text, at: 1_000_000 });

/** ana before a meeting, with bo in it. */
async function before(t, answers = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  const inside = { answer: "answer", role: "anchor", users: [bo], serverAt: 1, info, hands: [], lobby: [] };
  Object.assign(server.answers, {
    "room.enter": () => inside,
    "room.listMessages": () => ({ messages: [said("m1", "bo")] }),
    ...Object.fromEntries(["setViews", "setPublishing", "exit", "raiseHand", "admit"].map((name) => [`room.${name}`, () => ({})])),
    ...answers,
  });
  const model = new MeetingModel({ connection }, new Room(connection, { platform: new FakeBrowser() }));
  const greeted = connection.connect();
  server.welcome();
  await greeted;
  return { server, model, inside, tell: (name, params) => server.event(name, { roomID: ROOM, ...params }) };
}

test("a meeting is as it was found: who is in, who is host, and what was said is not new", async (t) => {
  const { model } = await before(t);
  await model.enter(ROOM);
  await settle();
  assert.equal(model.display, "connected");
  assert.deepEqual(model.others.map(({ userID, state, video }) => [userID, state, video]), [["bo", "joined", true]]);
  assert.deepEqual([model.isHost("ana"), model.isHost("bo"), model.facts("bo").name], [true, false, "Bo"]);
  assert.deepEqual([model.messages.length, model.unread], [1, 0]);
});

test("messages count until they are on the screen", async (t) => {
  const { model, tell } = await before(t);
  await model.enter(ROOM);
  await settle();
  tell("onRoomMessage", said("m2", "bo"));
  tell("onRoomMessage", said("m2", "bo"));
  tell("onRoomMessage", said("m3", "bo"));
  assert.equal(model.unread, 2);
  model.read(true);
  assert.equal(model.unread, 0);
  tell("onRoomMessage", said("m4", "bo"));
  model.read(false);
  assert.deepEqual([model.unread, model.messages.length], [0, 4]);
});

test("one waits until a host has admitted one, and is turned away otherwise", async (t) => {
  const { model, server, inside, tell } = await before(t, { "room.enter": () => ({ role: "anchor", users: [], serverAt: 1, waiting: true }) });
  const entered = model.enter(ROOM, "INVITE");
  await settle();
  assert.equal(model.display, "waiting");
  server.answers["room.enter"] = () => inside;
  tell("onAdmitted", {});
  await entered;
  assert.equal(model.display, "connected");
  assert.equal(server.last("room.enter").params.invite, "INVITE");
  model.leave();
  assert.deepEqual([model.display, model.over.end], ["ended", "left"]);

  server.answers["room.enter"] = () => ({ role: "anchor", users: [], serverAt: 1, waiting: true });
  const again = model.again();
  await settle();
  tell("onLobbyDenied", {});
  await again;
  assert.deepEqual([model.display, model.over.end], ["ended", "denied"]);
});

const endings = [
  { name: "one may not enter", answer: { code: 9007, message: "no" }, end: "forbidden" },
  { name: "the meeting is over", answer: { code: 9003, message: "closed" }, end: "closed" },
  { name: "the room is full", answer: { code: 9001, message: "full" }, end: "failed" },
];
for (const { name, answer, end } of endings) {
  test(`it is said why one is not in: ${name}`, async (t) => {
    const { model } = await before(t, { "room.enter": () => answer });
    await model.enter(ROOM);
    assert.deepEqual([model.display, model.over.end], ["ended", end]);
  });
}

const sentAway = [
  { name: "the server restarts", event: ["onRoomClosed", { reason: "serverDrain" }], end: "drained" },
  { name: "a host ends it", event: ["onRoomClosed", { reason: "dismissed" }], end: "dismissed" },
  { name: "it is closed", event: ["onRoomClosed", { reason: "closed" }], end: "closed" },
  { name: "one is removed", event: ["onKickedOut", { reason: "kick" }], end: "kicked" },
  { name: "one is on another page", event: ["onKickedOut", { reason: "otherDevice" }], end: "elsewhere" },
];
for (const { name, event: [event, params], end } of sentAway) {
  test(`one is told that ${name}`, async (t) => {
    const { model, tell } = await before(t);
    await model.enter(ROOM);
    tell(event, params);
    assert.deepEqual([model.display, model.over.end, model.media.track("camera")], ["ended", end, null]);
  });
}

test("who is signed out by the server has left, and learns why", async (t) => {
  const { model, server } = await before(t);
  await model.enter(ROOM);
  server.event("session.kicked", { reason: "expired" });
  server.breakSocket(4001);
  assert.deepEqual([model.display, model.over.end, model.over.fault.code], ["ended", "signedOut", 70001]);
});

test("who is removed is out, and nothing of the meeting is left", async (t) => {
  const { model, tell } = await before(t);
  await model.enter(ROOM);
  await settle();
  tell("onKickedOut", { reason: "kick" });
  assert.deepEqual([model.display, model.over.end, model.others, model.messages], ["ended", "kicked", [], []]);
  model.dismiss();
  assert.equal(model.display, "idle");
});

test("hands have places, and one's own is up when the server says so", async (t) => {
  const { model, tell, server } = await before(t);
  await model.enter(ROOM);
  await model.raiseHand(true);
  assert.equal(server.last("room.raiseHand").params.raised, true);
  assert.equal(model.raised, false);
  tell("onHandsChanged", { hands: [{ userID: "bo", raisedAt: 1 }, { userID: "ana", raisedAt: 2 }] });
  assert.deepEqual([model.handOf("bo"), model.handOf("ana"), model.raised, model.handOf("cy")], [1, 2, true, 0]);
});

test("reactions are seen for a moment, one's own too when the server took it, and none after the end", async (t) => {
  const { model, tell, server } = await before(t, { "room.sendReaction": () => ({}) });
  assert.equal(model.canReact, false);
  await model.enter(ROOM);
  assert.equal(model.canReact, true);
  tell("onReactions", { reactions: [{ userID: "bo", reaction: "👏", at: 1 }] });
  await model.react("🎉");
  assert.equal(server.last("room.sendReaction").params.reaction, "🎉");
  assert.deepEqual([model.reactions.of("bo"), model.reactions.of("ana")], ["👏", "🎉"]);
  t.mock.timers.tick(5_000);
  assert.deepEqual(model.reactions.all, []);
  server.answers["room.sendReaction"] = () => ({ code: 9005, message: "wait" });
  await model.react("🎉");
  assert.deepEqual([model.reactions.all, model.fault.code], [[], 9005]);
  tell("onReactions", { reactions: [{ userID: "bo", reaction: "👏", at: 1 }] });
  model.leave();
  assert.deepEqual(model.reactions.all, []);
});

test("a deed that fails says why, for a while", async (t) => {
  const { model } = await before(t, { "room.admit": () => ({ code: 10007, message: "not a host" }) });
  await model.enter(ROOM);
  await model.do(() => model.room.admit("gus"));
  assert.equal(model.fault.code, 10007);
  t.mock.timers.tick(6_000);
  assert.equal(model.fault, null);
});

test("a host's question is answered by unmuting, or not", async (t) => {
  const { model, tell } = await before(t);
  model.media.setMuted(true);
  await model.enter(ROOM);
  await settle();
  tell("onAskedToUnmute", { opUser: "bo", audio: true, video: false, screen: false });
  assert.deepEqual(model.asked, { opUser: "bo", audio: true, video: false });
  await model.answerAsked(false);
  assert.deepEqual([model.asked, model.media.muted], [null, true]);
  tell("onAskedToUnmute", { opUser: "bo", audio: true, video: false, screen: false });
  await model.answerAsked(true);
  assert.deepEqual([model.media.muted, model.media.track("mic") !== null], [false, true]);
});

test("who was sent away stays away, and may come again; who was lost is brought back", async (t) => {
  const { model, server, tell } = await before(t);
  await model.enter(ROOM);
  await settle();
  const entered = () => server.requests.filter(({ method }) => method === "room.enter").length;
  tell("onKickedOut", { reason: "lost" });
  assert.deepEqual([model.display, model.room.roomID], ["connected", ROOM]);
  tell("onKickedOut", { reason: "otherDevice" });
  assert.deepEqual([model.over?.end, model.room.roomID, entered()], ["elsewhere", "", 1]);
  await model.again();
  await settle();
  assert.deepEqual([model.display, entered()], ["connected", 2]);
});

const ends = [
  ["a host ends it for all", "onRoomClosed", { reason: "dismissed" }, "dismissed"],
  ["an operator closes it", "onRoomClosed", { reason: "closed" }, "closed"],
  ["another page of one's own takes it over", "onKickedOut", { reason: "otherDevice" }, "elsewhere"],
  ["a host removes one", "onKickedOut", { reason: "kick" }, "kicked"],
];
for (const [what, event, params, end] of ends) {
  test(`the end is told for what it was: ${what}`, async (t) => {
    const { model, tell } = await before(t);
    await model.enter(ROOM);
    await settle();
    tell(event, params);
    assert.deepEqual([model.display, model.over?.end], ["ended", end]);
  });
}

test("who ends it for all is told that it was oneself, unless it was refused", async (t) => {
  let refused = true;
  const { model, tell } = await before(t, { "room.dismiss": () => (refused ? { code: 10007, message: "no host" } : {}) });
  await model.enter(ROOM);
  await settle();
  assert.equal(model.canDismiss, true);
  model.dismissForAll();
  await settle();
  assert.equal(model.fault?.code, 10007);
  tell("onRoomClosed", { reason: "dismissed" });
  assert.equal(model.over?.end, "dismissed");
  refused = false;
  await model.again();
  await settle();
  model.dismissForAll();
  tell("onRoomClosed", { reason: "dismissed" });
  assert.equal(model.over?.end, "dismissedBySelf");
});

test("only a host who is not alone ends a meeting for others", async (t) => {
  const { model, tell } = await before(t);
  await model.enter(ROOM);
  await settle();
  tell("onRoomInfoChanged", { info: { ...info, hosts: ["bo"] }, opUser: "bo" });
  assert.equal(model.canDismiss, false);
  tell("onRoomInfoChanged", { info, opUser: "bo" });
  tell("onRemoteUserLeaveRoom", { userID: "bo", reason: 0, at: 2 });
  assert.equal(model.canDismiss, false);
});
