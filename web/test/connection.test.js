import assert from "node:assert/strict";
import test from "node:test";
import { Connection } from "../static/sdk/connection.js";
import { FakeServer, settle } from "./fakes.js";

function setUp(t, options = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const connection = new Connection({
    token: "T",
    server: "https://calls.test",
    platform: server.platform,
    fetch: async () => ({ status: 503 }),
    random: () => 0,
    ...options,
  });
  return { server, connection, tick: (ms) => t.mock.timers.tick(ms) };
}

async function connected(t, options) {
  const all = setUp(t, options);
  const greeted = all.connection.connect();
  all.server.welcome();
  await greeted;
  return all;
}

test("connects by wss with its token and knows who it is", async (t) => {
  const { server, connection } = await connected(t);
  assert.equal(server.socket.url.href, "wss://calls.test/ws?token=T");
  assert.equal(connection.userID, "ana");
  assert.equal(connection.state, "open");
});

test("a request gets its own answer, an error is thrown with code and cure", async (t) => {
  const { server, connection } = await connected(t);
  const first = connection.request("user.listOnline", {});
  const second = connection.request("signaling.cancel", { inviteID: "x" });
  const [a, b] = server.requests.slice(-2);
  server.answer(b, { code: 8010, message: "it has ended" });
  server.answer(a, { users: [] });
  assert.deepEqual(await first, { users: [] });
  await assert.rejects(second, { name: "CallError", code: 8010, message: "it has ended" });
});

test("a request without an answer gives up when its time is over", async (t) => {
  const { connection, tick } = await connected(t);
  const request = connection.request("user.listOnline", {}, { timeoutMs: 500 });
  tick(500);
  await assert.rejects(request, { code: 6012 });
});

test("what was on its way when the socket broke is sent again under the same requestID", async (t) => {
  const { server, connection, tick } = await connected(t);
  const invite = connection.request("signaling.invite", { invitee: "bo" }, { once: true });
  const sent = server.last("signaling.invite");
  assert.match(sent.params.requestID, /^[0-9a-f]{32}$/);
  server.breakSocket();
  tick(0);
  server.welcome({ resumed: true });
  const again = server.last("signaling.invite");
  assert.notEqual(again, sent);
  assert.deepEqual(again.params, sent.params);
  server.answer(again, { inviteID: "i1" });
  assert.deepEqual(await invite, { inviteID: "i1" });
});

test("a request made while there is no socket waits for one", async (t) => {
  const { server, connection, tick } = await connected(t);
  server.breakSocket();
  const request = connection.request("user.listOnline", {});
  assert.equal(server.last("user.listOnline"), undefined);
  tick(0);
  server.welcome({ resumed: true });
  server.answer(server.last("user.listOnline"), { users: [] });
  assert.deepEqual(await request, { users: [] });
});

test("it comes back with its session and the last number it heard, and hears nothing twice", async (t) => {
  const { server, connection, tick } = await connected(t);
  const heard = [];
  connection.on("onInviteeAccepted", ({ inviteID }) => heard.push(inviteID));
  server.eventNumbered(1, "onInviteeAccepted", { inviteID: "a" });
  server.eventNumbered(2, "onInviteeAccepted", { inviteID: "b" });
  server.breakSocket();
  tick(0);
  assert.equal(server.socket.url.searchParams.get("session"), "s1");
  assert.equal(server.socket.url.searchParams.get("after"), "2");
  server.welcome({ resumed: true });
  server.eventNumbered(2, "onInviteeAccepted", { inviteID: "b" });
  server.eventNumbered(3, "onInviteeAccepted", { inviteID: "c" });
  assert.deepEqual(heard, ["a", "b", "c"]);
});

test("a new session counts from one again, and what belonged to the old one fails", async (t) => {
  const { server, connection, tick } = await connected(t);
  const heard = [];
  connection.on("onCallBegin", ({ callID }) => heard.push(callID));
  server.eventNumbered(7, "onCallBegin", { callID: "old" });
  const offer = connection.request("room.offer", { roomID: "1", offer: "" }, { sessionBound: true });
  const invite = connection.request("signaling.invite", { invitee: "bo" }, { once: true });
  const refused = assert.rejects(offer, { code: 6014 });
  server.breakSocket();
  tick(0);
  server.welcome({ resumed: false, sessionID: "s2" });
  await refused;
  server.eventNumbered(1, "onCallBegin", { callID: "new" });
  assert.deepEqual(heard, ["old", "new"]);
  server.answer(server.last("signaling.invite"), { inviteID: "i" });
  assert.deepEqual(await invite, { inviteID: "i" });
});

test("waits longer after each failure, and no longer than a second during a call", async (t) => {
  const { server, connection, tick } = await connected(t);
  const delays = [];
  connection.on("retry", ({ delayMs }) => delays.push(delayMs));
  for (let i = 0; i < 8; i++) {
    server.breakSocket();
    tick(10_000);
  }
  assert.deepEqual(delays, [0, 125, 250, 500, 1_000, 2_000, 4_000, 5_000]);
  connection.urgent = true;
  server.breakSocket();
  assert.equal(delays.at(-1), 500);
});

test("an attempt that hangs is given up after four seconds", async (t) => {
  const { server, tick } = await connected(t);
  server.breakSocket();
  tick(0);
  const hanging = server.socket;
  tick(4_000);
  assert.notEqual(hanging.closed, null);
  tick(125);
  assert.notEqual(server.socket, hanging);
});

test("the network's return brings it back at once", async (t) => {
  const { server, connection, tick } = await connected(t);
  for (let i = 0; i < 6; i++) {
    server.breakSocket();
    tick(i === 5 ? 0 : 10_000);
  }
  const before = server.sockets.length;
  connection.wake();
  assert.equal(server.sockets.length, before + 1);
});

test("a socket that says nothing any more is replaced", async (t) => {
  const { server, connection, tick } = await connected(t);
  await settle();
  server.answers["session.time"] = undefined;
  connection.wake();
  tick(2_500);
  await settle();
  assert.equal(connection.state, "waiting");
  tick(0);
  assert.equal(server.sockets.length, 2);
});

for (const [code, why] of [[4001, "kicked"], [4003, "taken over"], [4008, "a protocol violation"]]) {
  test(`does not come back after ${why}`, async (t) => {
    const { server, connection, tick } = await connected(t);
    const waiting = assert.rejects(connection.request("user.listOnline", {}), { code: 6014 });
    let closed = null;
    connection.on("closed", (event) => (closed = event.code));
    server.breakSocket(code);
    tick(60_000);
    await waiting;
    assert.equal(closed, code);
    assert.equal(server.sockets.length, 1);
  });
}

for (const code of [1001, 1006, 4000, 4002]) {
  test(`comes back after close code ${code}`, async (t) => {
    const { server, tick } = await connected(t);
    server.breakSocket(code);
    tick(0);
    assert.equal(server.sockets.length, 2);
  });
}

test("a refused token ends the attempts with the server's own words", async (t) => {
  const error = { code: 70001, message: "the token has expired: sign in again" };
  const fetch = async () => ({ status: 401, json: async () => ({ error }) });
  const { server, connection } = setUp(t, { fetch });
  const greeted = assert.rejects(connection.connect(), error);
  server.breakSocket();
  await greeted;
  assert.equal(connection.state, "closed");
});

test("comes back within the time that a large server asks for, at once during a call", async (t) => {
  const { server, connection } = setUp(t, { random: () => 0.5 });
  const greeted = connection.connect();
  server.welcome({ limits: { reconnectSpreadMs: 8_000 } });
  await greeted;
  const delays = [];
  connection.on("retry", ({ delayMs }) => delays.push(delayMs));
  server.breakSocket(1001);
  connection.wake();
  server.welcome({ resumed: true, limits: { reconnectSpreadMs: 8_000 } });
  connection.urgent = true;
  server.breakSocket(1001);
  assert.deepEqual(delays, [4_000, 50]);
});

test("who is refused because many connect comes back when told", async (t) => {
  const error = { code: 9005, message: "very many connect at this moment", data: { retryAfterMs: 7_000 } };
  const asked = [];
  const fetch = async (url) => (asked.push(url.pathname), { status: 503, json: async () => ({ error }) });
  const { server, connection, tick } = setUp(t, { fetch });
  void connection.connect();
  server.breakSocket();
  await settle();
  assert.deepEqual(asked, ["/ws"]);
  tick(6_999);
  assert.equal(server.sockets.length, 1);
  tick(1);
  assert.equal(server.sockets.length, 2);
});
