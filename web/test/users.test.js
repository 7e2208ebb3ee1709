import assert from "node:assert/strict";
import test from "node:test";
import { Client, Code, ReceiveOpt } from "../static/sdk/index.js";
import { FakeServer, settle } from "./fakes.js";

const profile = (userID, name, avatarURL = "") => ({ userID, name, avatarURL });

/** Ana, at a server that knows what it is told here. */
async function signedIn(t, answers = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const names = { ana: "Ana", bo: "Robert", cy: "" };
  Object.assign(server.answers, {
    "user.getUsersInfo": ({ userIDList }) => ({ users: userIDList.map((userID) => profile(userID, names[userID] ?? "")) }),
    ...answers,
  });
  const client = new Client({ token: "T", server: "https://calls.test", platform: server.platform, fetch: async () => ({ status: 503 }), random: () => 0 });
  const greeted = client.connect();
  server.welcome({ name: "A. Nadal" });
  await greeted;
  const asked = () => server.requests.filter(({ method }) => method === "user.getUsersInfo").map(({ params }) => params.userIDList.join());
  const later = async () => {
    t.mock.timers.tick(50);
    await settle();
  };
  const again = async () => {
    server.breakSocket();
    t.mock.timers.tick(0);
    server.welcome();
    await settle();
  };
  return { server, client, names, asked, later, again };
}

test("names are asked for together, once, and are there with the change", async (t) => {
  const { client, asked, later } = await signedIn(t);
  const changes = [];
  client.profiles.on("change", (users) => changes.push(users.map(({ name }) => name).join()));
  assert.deepEqual(["bo", "cy", "bo", "not a user!", ""].map((id) => client.users.nameOf(id)), ["bo", "cy", "bo", "not a user!", ""]);
  await later();
  assert.deepEqual(["bo", "cy"].map((id) => client.users.nameOf(id)), ["Robert", "cy"]);
  await later();
  assert.deepEqual([asked(), changes], [["bo,cy"], ["Robert,"]]);
});

test("who is online is called as the server says with that", async (t) => {
  const { client, server, asked, later } = await signedIn(t);
  server.event("onUserStatusChanged", { userStatusList: [{ userID: "bo", name: "Bobby", statusType: 1 }] });
  assert.equal(client.users.nameOf("bo"), "Bobby");
  await later();
  assert.deepEqual(asked(), []);
});

test("more than a request may name are asked for in parts", async (t) => {
  const { client, server } = await signedIn(t);
  const many = Array.from({ length: 205 }, (_, i) => `u${i}`);
  const found = await client.profiles.getUsersInfo(many);
  assert.deepEqual(found.map(({ userID }) => userID), many);
  assert.deepEqual(server.requests.filter(({ method }) => method === "user.getUsersInfo").map(({ params }) => params.userIDList.length), [100, 100, 5]);
});

test("a new session asks anew about whom it shows, and shows the old name meanwhile", async (t) => {
  const { client, names, asked, later, again } = await signedIn(t);
  client.profiles.nameOf("bo");
  await later();
  names.bo = "Bob";
  await again();
  assert.equal(client.profiles.nameOf("bo"), "Robert");
  await later();
  assert.equal(client.profiles.nameOf("bo"), "Bob");
  assert.deepEqual(asked(), ["bo", "bo"]);
});

test("a question that failed is asked again by who still wants to know", async (t) => {
  const { client, server, asked, later } = await signedIn(t, { "user.getUsersInfo": () => ({ code: 9005, message: "slowly" }) });
  const faults = [];
  client.profiles.on("fault", ({ code }) => faults.push(code));
  client.profiles.nameOf("bo");
  await later();
  server.answers["user.getUsersInfo"] = () => ({ users: [profile("bo", "Robert")] });
  client.profiles.nameOf("bo");
  await later();
  assert.deepEqual([client.profiles.nameOf("bo"), faults, asked()], ["Robert", [Code.rateLimited], ["bo", "bo"]]);
});

test("one's own profile is the greeting's until more is known, and changes here and elsewhere", async (t) => {
  const { client, server, names } = await signedIn(t, { "user.setSelfInfo": () => ({}) });
  const heard = [];
  client.profiles.on("onSelfInfoUpdated", ({ name }) => heard.push(name));
  assert.deepEqual(client.profiles.self, profile("ana", "A. Nadal"));
  names.ana = "Anna";
  await client.profiles.setSelfInfo({ name: "Anna" });
  assert.match(server.last("user.setSelfInfo").params.requestID, /^[0-9a-f]{32}$/);
  server.event("onSelfInfoUpdated", profile("ana", "Annie", "https://a.test/a.png"));
  assert.deepEqual(client.profiles.self, profile("ana", "Annie", "https://a.test/a.png"));
  assert.deepEqual(heard, ["Anna", "Annie"]);
});

test("the black list follows what is done here and elsewhere", async (t) => {
  const nothing = () => ({});
  const { client, server, again } = await signedIn(t, {
    "user.getBlackList": () => ({ userIDList: ["di"] }), "user.addToBlackList": nothing, "user.deleteFromBlackList": nothing,
  });
  const { blackList } = client;
  const heard = [];
  blackList.on("change", (list) => heard.push(list.join()));
  await blackList.watch();
  await blackList.addToBlackList(["bo", "di"]);
  await blackList.deleteFromBlackList(["di"]);
  assert.deepEqual([blackList.has("bo"), blackList.has("di")], [true, false]);
  server.event("onBlackListChanged", { userIDList: ["cy"] });
  await again();
  assert.deepEqual(heard, ["di", "bo,di", "bo", "cy", "di"]);
});

test("a change that overtakes the answer to a question is not undone by it", async (t) => {
  const { client, server } = await signedIn(t, { "user.getBlackList": undefined });
  const watched = client.blackList.watch();
  server.event("onBlackListChanged", { userIDList: ["cy"] });
  server.answer(server.last("user.getBlackList"), { userIDList: [] });
  await watched;
  assert.deepEqual(client.blackList.value, ["cy"]);
});

const silences = [
  { name: "always rings", opt: { opt: 0, startAt: 0, duration: 0 }, silent: [false, false] },
  { name: "silent until changed", opt: { opt: 2, startAt: 0, duration: 0 }, silent: [true, true] },
  { name: "silent for a minute", opt: { opt: 2, startAt: 1_000_000, duration: 60 }, silent: [true, false] },
  { name: "silent from in a minute on", opt: { opt: 2, startAt: 1_060_000, duration: 0 }, silent: [false, true] },
];
for (const { name, opt, silent } of silences) {
  test(`do not disturb: ${name}`, async (t) => {
    const { client } = await signedIn(t, { "user.getAllReceiveMessageOpt": () => opt });
    await client.receiveOpt.watch();
    const now = client.receiveOpt.silent;
    t.mock.timers.tick(60_000);
    assert.deepEqual([now, client.receiveOpt.silent], silent);
  });
}

test("do not disturb is set, and read as the server took it", async (t) => {
  const { client, server } = await signedIn(t, {
    "user.setAllReceiveMessageOpt": () => ({}), "user.getAllReceiveMessageOpt": () => ({ opt: 2, startAt: 1_000_000, duration: 60 }),
  });
  await client.receiveOpt.setAllReceiveMessageOpt(ReceiveOpt.receiveNotNotify, { duration: 60 });
  const { opt, duration } = server.last("user.setAllReceiveMessageOpt").params;
  assert.deepEqual([opt, duration, client.receiveOpt.value.startAt], [2, 60, 1_000_000]);
  server.event("onAllReceiveMessageOptChanged", { opt: 0, startAt: 0, duration: 0 });
  assert.deepEqual(client.receiveOpt.value, { opt: 0, startAt: 0, duration: 0 });
});

test("the missed badge goes away with who looks, here or elsewhere", async (t) => {
  let missed = { count: 2, seenAt: 0 };
  const { client, server } = await signedIn(t, {
    "history.getMissed": () => missed,
    "history.markMissedSeen": () => ((missed = { count: 0, seenAt: 5 }), {}),
  });
  const { missedCalls } = client;
  await missedCalls.watch();
  assert.equal(missedCalls.count, 2);
  await missedCalls.markMissedSeen();
  assert.deepEqual(missedCalls.value, { count: 0, seenAt: 5 });
  server.event("onMissedCallsChanged", { count: 1, seenAt: 5 });
  assert.equal(missedCalls.count, 1);
});
