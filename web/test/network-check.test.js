import assert from "node:assert/strict";
import test from "node:test";
import { Connection } from "../static/sdk/connection.js";
import { NetworkCheck } from "../static/sdk/network-check.js";
import { FakeBrowser, FakeServer, settle } from "./fakes.js";

const UDP = "a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host\r\n";
const TCP = "a=candidate:2 1 tcp 1694498815 2001:db8::1 443 typ host tcptype passive\r\n";
const TURN = [
  { urls: ["turn:t.test:3478", "turn:t.test:443?transport=tcp"], username: "u", credential: "c" },
  { urls: ["turns:t.test:443?transport=tcp"], username: "u", credential: "c" },
];

/** ana, signed in, who checks her network. */
async function setUp(t, { answer = `v=0\r\n${UDP}${TCP}`, iceServers = TURN } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const browser = new FakeBrowser();
  /** @type {RTCConfiguration[]} */
  const configurations = [];
  const create = browser.createPeerConnection;
  browser.createPeerConnection = (/** @type {RTCConfiguration} */ configuration) => {
    configurations.push(configuration);
    return create();
  };
  const connection = new Connection({ token: "T", server: "https://calls.test", platform: server.platform, random: () => 0 });
  server.answers["session.time"] = () => ({ serverAt: 1 });
  server.answers["session.getICEServers"] = () => ({ iceServers });
  server.answers["room.enter"] = () => ({ answer, role: "anchor", users: [], serverAt: 1 });
  server.answers["room.exit"] = () => ({});
  const greeted = connection.connect();
  server.welcome();
  await greeted;
  return { server, browser, configurations, check: new NetworkCheck(connection, browser) };
}

/** A transport that has come up, as a browser reports it. */
const up = new Map(Object.entries({
  t: { id: "t", type: "transport", selectedCandidatePairId: "p" },
  p: { id: "p", type: "candidate-pair", currentRoundTripTime: 0.012 },
}));

const candidates = (/** @type {string} */ sdp) => sdp.split("\r\n").filter((line) => line.startsWith("a=candidate"));

test("a check tries each way alone, in a meeting of its own, sends nothing, and leaves", async (t) => {
  const { server, browser, configurations, check } = await setUp(t);
  const told = [];
  const running = check.run(({ way, result }) => told.push(`${way} ${result}`));
  assert.equal(check.run(), running, "there is one at a time");
  await settle();
  const entered = server.requests.filter(({ method }) => method === "room.enter").map(({ params }) => params);
  assert.equal(new Set(entered.map(({ roomID }) => roomID)).size, 5);
  for (const { roomID, scene } of entered) assert.match(`${roomID} ${scene}`, /^check-[0-9a-f]{32} meeting$/);
  assert.ok(browser.peers.every(({ transceivers }) => transceivers.every(({ direction }) => direction === "recvonly")));
  assert.deepEqual(configurations.map(({ iceTransportPolicy, iceServers }) => [iceTransportPolicy, iceServers.flatMap(({ urls }) => urls)]), [
    ["all", []],
    ["all", []],
    ["relay", ["turn:t.test:3478"]],
    ["relay", ["turn:t.test:443?transport=tcp"]],
    ["relay", ["turns:t.test:443?transport=tcp"]],
  ]);
  assert.deepEqual(browser.peers.map(({ remoteDescription }) => candidates(remoteDescription.sdp).length), [1, 1, 2, 2, 2]);
  assert.match(browser.peers[1].remoteDescription.sdp, / tcp /);

  const [udp, tcp, turnUDP, turnTCP] = browser.peers;
  for (const peer of [tcp, turnTCP]) {
    peer.getStats = async () => up;
    peer.become("connected");
  }
  udp.become("failed");
  turnUDP.become("failed");
  await settle();
  assert.deepEqual([...told].sort(), ["tcp open", "turnTCP open", "turnUDP blocked", "udp blocked"]);
  t.mock.timers.tick(10_000); // TURN over TLS does not come
  const { path, mediaMs, ways } = await running;
  assert.deepEqual([path, mediaMs], ["tcp", 12]);
  assert.deepEqual(ways.map(({ way, result, address }) => `${way} ${result} ${address}`), [
    "udp blocked 192.0.2.1:7882",
    "tcp open [2001:db8::1]:443",
    "turnUDP blocked t.test:3478",
    "turnTCP open t.test:443",
    "turnTLS blocked t.test:443",
  ]);
  assert.deepEqual(server.requests.filter(({ method }) => method === "room.exit").map(({ params }) => params.roomID).sort(), entered.map(({ roomID }) => roomID).sort());
  assert.ok(browser.peers.every(({ connectionState }) => connectionState === "closed"));
});

test("a server without TURN and TCP does not offer these ways, and one can ask again", async (t) => {
  const { browser, check } = await setUp(t, { answer: `v=0\r\n${UDP}`, iceServers: [] });
  for (const times of [1, 2]) {
    const running = check.run();
    await settle();
    t.mock.timers.tick(10_000);
    const { path, mediaMs, ways } = await running;
    assert.deepEqual([path, mediaMs, ways.map(({ result }) => result)], ["", 0, ["blocked", "notOffered", "notOffered", "notOffered", "notOffered"]]);
    assert.equal(browser.peers.length, 2 * times);
  }
});

test("a server that lets nobody make a meeting is not mistaken for a bad network", async (t) => {
  const { server, check } = await setUp(t);
  server.answers["room.enter"] = () => ({ code: 9007, message: "no" });
  await assert.rejects(check.run(), { code: 9007 });
});
