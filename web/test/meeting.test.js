import assert from "node:assert/strict";
import test from "node:test";
import { becomeGuest, Client, Code, codeOf } from "../static/sdk/index.js";
import { Connection } from "../static/sdk/connection.js";
import { Room } from "../static/sdk/room.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

const ROOM = "r1";
const INFO = { name: "", scene: "meeting", locked: false, lobby: false, mutedOnEntry: false, keepMuted: false, hosts: ["bo"], createdAt: 1 };
const inside = (more = {}) => ({ answer: "answer", role: "anchor", users: [], info: INFO, hands: [], publishing: {}, serverAt: 1, ...more });
const TOLD = ["onWaiting", "onAdmitted", "onLobbyDenied", "onRoomInfoChanged", "onPublishingChanged", "onAskedToUnmute", "onHandsChanged", "onLobbyChanged", "onRoomMessage", "onError"];

/** ana before a meeting, connected. */
async function before(t, user = "ana") {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  server.userID = user;
  const browser = new FakeBrowser();
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  const room = new Room(connection, { platform: browser });
  const told = [];
  for (const name of TOLD) room.on(name, (detail) => told.push([name, detail]));
  server.answers["room.enter"] = () => inside();
  server.answers["room.exit"] = server.answers["room.setViews"] = server.answers["room.setPublishing"] = () => ({});
  const greeted = connection.connect();
  server.welcome({ name: "Ana" });
  await greeted;
  const enter = () => room.enterRoom({ roomID: ROOM, scene: "meeting", invite: "I" });
  return { server, browser, connection, room, told, enter };
}

/** ana in a meeting. */
async function meeting(t, result = {}) {
  const all = await before(t);
  all.server.answers["room.enter"] = () => inside(result);
  await all.enter();
  await settle();
  all.server.requests.length = 0;
  return all;
}

test("what the room is like is known from the start and kept up to date", async (t) => {
  const { server, room } = await meeting(t, { hands: [{ userID: "bo", raisedAt: 1 }] });
  assert.deepEqual([room.info, room.isHost, room.hands, room.lobby, room.waiting], [INFO, false, [{ userID: "bo", raisedAt: 1 }], [], false]);
  const info = { ...INFO, locked: true, hosts: ["ana"] };
  server.event("onRoomInfoChanged", { roomID: ROOM, info, opUser: "bo" });
  server.event("onHandsChanged", { roomID: ROOM, hands: [] });
  server.event("onLobbyChanged", { roomID: ROOM, waiting: [{ userID: "cy", name: "Cy", guest: false, at: 2 }] });
  server.event("onRoomInfoChanged", { roomID: "another", info: INFO, opUser: "" });
  assert.deepEqual([room.info, room.isHost, room.hands, room.lobby.length], [info, true, [], 1]);
  await room.exitRoom();
  assert.deepEqual([room.info, room.isHost, room.hands, room.lobby], [null, false, [], []]);
});

test("roles are known and change", async (t) => {
  const { server, room } = await meeting(t, { role: "audience" });
  const told = [];
  room.on("onUserRoleChanged", ({ userID, role }) => told.push(`${userID} ${role}`));
  assert.equal(room.role, "audience");
  server.event("onUserRoleChanged", { roomID: ROOM, userID: "bo", role: "host" });
  assert.equal(room.role, "audience");
  server.event("onUserRoleChanged", { roomID: ROOM, userID: "ana", role: "anchor" });
  server.event("onUserRoleChanged", { roomID: "another", userID: "ana", role: "audience" });
  assert.equal(room.role, "anchor");
  assert.deepEqual(told, ["bo host", "ana anchor"]);
});

test("the host tools are the server's requests", async (t) => {
  const { server, room } = await meeting(t);
  const asked = async (method, result, done, params) => {
    server.answers[method] = () => result;
    const got = await done();
    const { requestID, ...sent } = server.last(method).params;
    assert.deepEqual(sent, { roomID: ROOM, ...params }, method);
    return got;
  };
  await asked("room.muteUser", {}, () => room.closeRemoteDeviceByAdmin("bo", { audio: true }), { userID: "bo", audio: true });
  await asked("room.askToUnmute", {}, () => room.openRemoteDeviceByAdmin("bo", { video: true }), { userID: "bo", video: true });
  await asked("room.muteAll", {}, () => room.muteAll(), { audio: true });
  await asked("room.kick", {}, () => room.kickRemoteUserOutOfRoom("bo"), { userID: "bo" });
  await asked("room.setHost", {}, () => room.setHost("bo", false), { userID: "bo", host: false });
  await asked("room.setRole", {}, () => room.changeUserRole("bo", "audience"), { userID: "bo", role: "audience" });
  await asked("room.switchRole", {}, () => room.switchRole("anchor"), { role: "anchor" });
  await asked("room.setInfo", {}, () => room.setInfo({ lobby: true }), { lobby: true });
  await asked("room.setInfo", {}, () => room.updateRoomNameByAdmin("N"), { name: "N" });
  await asked("room.revokeLink", {}, () => room.revokeLink("l1"), { linkID: "l1" });
  await asked("room.revokeLink", {}, () => room.revokeLink("l1", { kick: true }), { linkID: "l1", kick: true });
  assert.deepEqual(await asked("room.listLinks", { links: [{ linkID: "l1" }] }, () => room.listLinks(), {}), [{ linkID: "l1" }]);
  await asked("room.admit", {}, () => room.admit("bo"), { userID: "bo", admit: true });
  await asked("room.dismiss", {}, () => room.dismissRoom(), {});
  await asked("room.lowerHand", {}, () => room.lowerHand(), { userID: "" });
  await asked("room.raiseHand", {}, () => room.raiseHand(), { raised: true });
  assert.deepEqual(await asked("room.createLink", { invite: "I", expiresAt: 9 }, () => room.createLink({ ttl: 60 }), { ttl: 60 }), { invite: "I", expiresAt: 9 });
  assert.deepEqual(await asked("room.listMessages", { messages: [1] }, () => room.listMessages(), {}), [1]);
  server.answers["room.openLink"] = () => ({ roomID: "r9", expiresAt: 9 });
  assert.deepEqual(await room.openLink("I"), { roomID: "r9", expiresAt: 9 });
  assert.deepEqual(server.last("room.openLink").params, { invite: "I" });
  server.answers["room.fetchInfo"] = () => ({ open: true, waits: true });
  assert.deepEqual(await room.fetchRoomInfo("r9", { invite: "I" }), { open: true, waits: true });
  assert.deepEqual(server.last("room.fetchInfo").params, { roomID: "r9", invite: "I" });
});

test("one's own message is told like the others'", async (t) => {
  const { server, room, told } = await meeting(t);
  server.answers["room.sendMessage"] = () => ({ messageID: "2", at: 7 });
  server.event("onRoomMessage", { roomID: ROOM, messageID: "1", userID: "bo", name: "Bo", text: "Hi", at: 6 });
  assert.deepEqual(await room.sendMessage("Hello"), { messageID: "2", at: 7 });
  assert.deepEqual(told.map(([, { messageID, userID, name, text }]) => [messageID, userID, name, text]), [["1", "bo", "Bo", "Hi"], ["2", "ana", "Ana", "Hello"]]);
  assert.ok(server.last("room.sendMessage").params.requestID, "sent again it is written once");
});

test("devices do what a host did in the server", async (t) => {
  const { server, room, told } = await meeting(t);
  await room.startLocalAudio();
  await room.openCamera();
  await room.startScreenCapture();
  server.event("onPublishingChanged", { roomID: ROOM, userID: "ana", opUser: "bo", audio: false });
  assert.deepEqual([room.media.muted, room.media.track("camera") !== null], [true, true]);
  server.event("onPublishingChanged", { roomID: ROOM, userID: "ana", opUser: "bo", video: false, screen: false });
  assert.deepEqual([room.media.track("camera"), room.media.track("screen")], [null, null]);
  assert.deepEqual(told.map(([name, { opUser }]) => [name, opUser]), [["onPublishingChanged", "bo"], ["onPublishingChanged", "bo"]]);
  room.muteLocalAudio(false);
  await settle();
  assert.deepEqual(server.last("room.setPublishing").params, { roomID: ROOM, audio: true });
});

test("an unmute that the room refuses is an error, and the microphone is muted again", async (t) => {
  const { server, room, told } = await meeting(t, { publishing: { audio: false } });
  assert.deepEqual(told, [["onPublishingChanged", { roomID: ROOM, userID: "ana", opUser: "", audio: false }]]);
  assert.equal(room.media.muted, true);
  server.answers["room.setPublishing"] = () => ({ code: Code.publishForbidden, message: "kept muted" });
  room.muteLocalAudio(false);
  await settle();
  assert.equal(room.media.muted, true);
  assert.deepEqual(told.at(-1)[1].code, Code.publishForbidden);
});

test("who waits enters by themselves once admitted, with all that was wished meanwhile", async (t) => {
  const { server, browser, room, told, enter } = await before(t);
  server.answers["room.enter"] = () => ({ waiting: true, role: "anchor", users: [], hands: [], publishing: {}, serverAt: 1 });
  const entered = enter();
  await settle();
  assert.deepEqual([room.waiting, room.info, told], [true, null, [["onWaiting", { roomID: ROOM }]]]);
  room.startRemoteView("bo", "camera", () => {});
  await settle();
  server.answers["room.enter"] = () => inside();
  server.event("onAdmitted", { roomID: "another" });
  await settle();
  assert.equal(room.waiting, true);
  server.requests.length = 0;
  server.event("onAdmitted", { roomID: ROOM });
  await entered;
  assert.deepEqual([room.waiting, room.info], [false, INFO]);
  assert.deepEqual(server.methods().slice(0, 2), ["room.enter", "room.setViews"]);
  assert.equal(server.last("room.enter").params.invite, "I");
  assert.equal(browser.peers.length, 1, "the offer of before is still good");
});

for (const [name, end, code] of [
  ["is turned away", ({ server }) => server.event("onLobbyDenied", { roomID: ROOM }), Code.roomForbidden],
  ["waits for a meeting that ends", ({ server }) => server.event("onRoomClosed", { roomID: ROOM, reason: "closed" }), Code.roomClosed],
  ["waits on another device instead", ({ server }) => server.event("onKickedOut", { roomID: ROOM, reason: "otherDevice" }), Code.roomForbidden],
  ["gives up", ({ room }) => room.exitRoom(), 0],
]) {
  test(`who ${name} is out`, async (t) => {
    const all = await before(t);
    all.server.answers["room.enter"] = () => ({ waiting: true, role: "anchor", users: [], hands: [], publishing: {}, serverAt: 1 });
    const entered = all.enter();
    await settle();
    const refused = assert.rejects(entered, (thrown) => codeOf(thrown) === code);
    await end(all);
    await refused;
    assert.deepEqual([all.room.waiting, all.room.roomID], [false, ""]);
    all.server.answers["room.enter"] = () => inside();
    await all.enter();
    assert.deepEqual(all.room.info, INFO);
  });
}

test("who loses the session in the lobby asks again in the next", async (t) => {
  const { server, room, told, enter } = await before(t);
  server.answers["room.enter"] = () => ({ waiting: true, role: "anchor", users: [], hands: [], publishing: {}, serverAt: 1 });
  const entered = enter();
  await settle();
  server.breakSocket();
  t.mock.timers.tick(5_000);
  await settle();
  server.answers["room.enter"] = () => inside();
  server.welcome({ resumed: false });
  await entered;
  assert.deepEqual([room.waiting, room.info, told.length], [false, INFO, 1]);
});

test("an invitation becomes a guest's token", async () => {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push([String(url), options.method, JSON.parse(options.body)]);
    return Response.json({ token: "G", userID: "guest-1", roomID: ROOM });
  };
  assert.deepEqual(await becomeGuest({ invite: "I", name: "Gus", server: "https://calls.test", fetch }), { token: "G", userID: "guest-1", roomID: ROOM });
  assert.deepEqual(asked, [["https://calls.test/v1/guests", "POST", { invite: "I", name: "Gus" }]]);
  const { client, roomID } = await Client.asGuest({ invite: "I", name: "Gus", server: "https://calls.test", fetch });
  assert.deepEqual([client.connection.credential.token, roomID], ["G", ROOM]);
});

test("an invitation that has run out is an error with the server's code", async () => {
  const fetch = async () => Response.json({ error: { code: Code.tokenExpired, message: "over" } }, { status: 401 });
  await assert.rejects(becomeGuest({ invite: "I", name: "Gus", server: "https://calls.test", fetch }), { code: Code.tokenExpired });
});

/** The server restarts: the session is lost, and the next one begins. */
async function restart(t, server) {
  server.breakSocket();
  t.mock.timers.tick(10_000);
  await settle();
  server.welcome();
  await settle();
}

test("after a restart of the server one comes back by one's ticket", async (t) => {
  const { server, room, enter } = await before(t);
  server.answers["room.enter"] = () => inside({ ticket: "T1" });
  await enter();
  assert.equal("ticket" in server.last("room.enter").params, false);
  await restart(t, server);
  assert.equal(server.last("room.enter").params.ticket, "T1");
  await room.exitRoom();
  await enter();
  assert.equal("ticket" in server.last("room.enter").params, false, "it leads back into a room one has not left");
});

test("a guest who is back before the room is asks again, but not for a room that never was", async (t) => {
  const { server, room, enter, told } = await before(t, "guest-1");
  const closed = () => ({ code: Code.roomClosed, message: "nobody is in it" });
  server.answers["room.enter"] = closed;
  await assert.rejects(enter(), { code: Code.roomClosed });
  server.answers["room.enter"] = () => inside({ ticket: "T1" });
  await enter();
  server.answers["room.enter"] = closed;
  await restart(t, server);
  const asked = () => server.requests.filter(({ method }) => method === "room.enter").length;
  const first = asked();
  t.mock.timers.tick(1_000);
  await settle();
  assert.equal(asked(), first + 1);
  server.answers["room.enter"] = () => inside();
  t.mock.timers.tick(1_000);
  await settle();
  assert.deepEqual([room.info?.name, told.filter(([name]) => name === "onError")], ["", []]);
});
