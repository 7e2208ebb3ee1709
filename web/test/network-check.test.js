import assert from "node:assert/strict";
import test from "node:test";
import { Connection } from "../static/sdk/connection.js";
import { NetworkCheck } from "../static/sdk/network-check.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

/** ana, signed in, who checks her network. */
async function setUp(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const browser = new FakeBrowser();
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  server.answers["session.time"] = () => ({ serverAt: 1 });
  server.answers["room.enter"] = () => ({ answer: "answer", role: "anchor", users: [], serverAt: 1 });
  server.answers["room.setViews"] = server.answers["room.setPublishing"] = server.answers["room.exit"] = () => ({});
  const greeted = connection.connect();
  server.welcome();
  await greeted;
  return { server, browser, check: new NetworkCheck(connection, browser) };
}

test("a check goes into a meeting of its own, sends nothing, and leaves when media is up", async (t) => {
  const { server, browser, check } = await setUp(t);
  const running = check.run();
  assert.equal(check.run(), running, "there is one at a time");
  await settle();
  const { roomID, scene } = server.last("room.enter").params;
  assert.match(roomID, /^check-[0-9a-f]{32}$/);
  assert.equal(scene, "meeting");
  assert.ok(browser.peer.transceivers.every(({ sender }) => !sender?.track));
  assert.equal(server.last("room.exit"), undefined);
  browser.peer.getStats = async () => new Map(Object.entries({
    t: { id: "t", type: "transport", selectedCandidatePairId: "p" },
    p: { id: "p", type: "candidate-pair", localCandidateId: "l", currentRoundTripTime: 0.012 },
    l: { id: "l", type: "local-candidate", candidateType: "host", protocol: "tcp" },
  }));
  browser.peer.become("connected");
  const { path, mediaMs } = await running;
  assert.deepEqual([path, mediaMs], ["tcp", 12]);
  assert.equal(server.last("room.exit").params.roomID, roomID);
});

test("where media has no way it says so after a while, and can be asked again", async (t) => {
  const { server, check } = await setUp(t);
  for (const times of [1, 2]) {
    const running = check.run();
    await settle();
    t.mock.timers.tick(15_000);
    const { path, mediaMs } = await running;
    assert.deepEqual([path, mediaMs], ["", 0]);
    assert.equal(server.methods().filter((method) => method === "room.exit").length, times);
  }
});

test("a server that lets nobody make a meeting is not mistaken for a bad network", async (t) => {
  const { server, check } = await setUp(t);
  server.answers["room.enter"] = () => ({ code: 9007, message: "no" });
  await assert.rejects(check.run(), { code: 9007 });
});
