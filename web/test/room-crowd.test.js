import assert from "node:assert/strict";
import test from "node:test";
import { Connection } from "../static/sdk/connection.js";
import { Room } from "../static/sdk/room.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

const ROOM = "r1";
const user = (userID, more = {}) => ({ userID, name: userID.toUpperCase(), role: "anchor", audio: false, video: false, screen: false, enteredAt: 1, ...more });

/** ana in a room with bo, who is seen. */
async function crowd(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  const room = new Room(connection, { platform: new FakeBrowser() });
  server.answers["room.enter"] = () => ({ answer: "answer", role: "anchor", users: [user("bo", { video: true })], hands: [], publishing: {}, serverAt: 1 });
  server.answers["room.setViews"] = server.answers["room.setPublishing"] = server.answers["room.exit"] = () => ({});
  server.answers["room.offer"] = () => ({ answer: "another" });
  const greeted = connection.connect();
  server.welcome();
  await greeted;
  await room.enterRoom({ roomID: ROOM, scene: "meeting" });
  await settle();
  const told = [];
  const note = (name, text) => room.on(name, (detail) => told.push(text(detail)));
  note("onRemoteUserEnterRoom", ({ userID, name, at }) => `${userID} ${name} enters at ${at}`);
  note("onRemoteUserLeaveRoom", ({ userID, reason, at }) => `${userID} leaves, ${reason}, at ${at}`);
  note("onUserRoleChanged", ({ userID, role }) => `${userID} is ${role}`);
  note("onUserAudioAvailable", ({ userID, available }) => `${userID} audio ${available}`);
  note("onUserVideoAvailable", ({ userID, available }) => `${userID} video ${available}`);
  note("onUserSubStreamAvailable", ({ userID, available }) => `${userID} screen ${available}`);
  const news = (left, users, roomID = ROOM) => {
    told.length = 0;
    server.event("onRemoteUsersChanged", { roomID, left, users });
    return [...told];
  };
  return { server, room, news };
}

test("one asks to be told of many at once, and tells of each", async (t) => {
  const { server, news } = await crowd(t);
  assert.equal(server.last("room.enter").params.batch, true);
  assert.deepEqual(news([], [user("cy", { audio: true, enteredAt: 5 }), user("bo", { video: true, screen: true })]), ["cy CY enters at 5", "cy audio true", "bo screen true"]);
  assert.deepEqual(news([{ userID: "cy", reason: 1, at: 9 }], [user("bo")]), ["cy leaves, 1, at 9", "bo video false", "bo screen false"]);
});

test("what is known already, or is about oneself, or about another room, is not told", async (t) => {
  const { news } = await crowd(t);
  assert.deepEqual(news([{ userID: "nobody", reason: 0, at: 9 }], [user("bo", { video: true }), user("ana", { audio: true })]), []);
  assert.deepEqual(news([], [user("cy")], "another"), []);
});

test("a role that has changed is told", async (t) => {
  const { server, news } = await crowd(t);
  assert.deepEqual(news([], [user("bo", { video: true, role: "host" })]), ["bo is host"]);
  server.event("onUserRoleChanged", { roomID: ROOM, userID: "bo", role: "anchor" });
  assert.deepEqual(news([], [user("bo", { video: true }), user("cy", { role: "audience" })]), ["cy CY enters at 1"]);
});

test("who left and came back does both", async (t) => {
  const { news } = await crowd(t);
  assert.deepEqual(news([{ userID: "bo", reason: 0, at: 9 }], [user("bo", { enteredAt: 10 })]), ["bo leaves, 0, at 9", "bo BO enters at 10"]);
});

test("news of single people count, too", async (t) => {
  const { server, news } = await crowd(t);
  server.event("onRemoteUserEnterRoom", { roomID: ROOM, userID: "cy", name: "CY", role: "anchor", at: 5 });
  server.event("onUserAudioAvailable", { roomID: ROOM, userID: "cy", available: true });
  server.event("onRemoteUserLeaveRoom", { roomID: ROOM, userID: "bo", reason: 0, at: 6 });
  assert.deepEqual(news([], [user("cy", { audio: true }), user("bo", { enteredAt: 7 })]), ["bo BO enters at 7"]);
});

test("outside of the room nothing is told", async (t) => {
  const { room, news } = await crowd(t);
  await room.exitRoom();
  assert.deepEqual(news([], [user("cy")]), []);
});
