import assert from "node:assert/strict";
import test from "node:test";
import { Client } from "../static/sdk/index.js";
import { FakeServer, settle } from "./fakes.js";

/** A signed-in client at a fake server that keeps one conversation. */
async function signedIn(t, { stored = 0 } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const all = Array.from({ length: stored }, (_, i) => text(i + 1));
  server.answers["message.list"] = ({ beforeSeq = Infinity, limit = 50 }) => {
    const before = all.filter(({ messageSeq }) => messageSeq < beforeSeq).reverse();
    return { messages: before.slice(0, limit), more: before.length > limit };
  };
  const client = new Client({ token: "T", server: "https://calls.test", platform: server.platform, fetch: async () => ({ status: 503 }), random: () => 0 });
  const greeted = client.connect();
  server.welcome();
  await greeted;
  const arrive = (message) => {
    all.push(message);
    server.event("onRecvNewMessage", { message });
  };
  return { server, client, all, arrive, tick: (ms) => t.mock.timers.tick(ms) };
}

/** Number n of the conversation between ana, who reads, and bo. */
function text(n, { from = "bo" } = {}) {
  return { messageID: `m${n}`, messageSeq: n, from, to: from === "bo" ? "ana" : "bo", type: "text", text: `${n}`, createdAt: n };
}

const numbers = (list) => list.messages.map(({ messageSeq }) => messageSeq);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function opened(t, options) {
  const all = await signedIn(t, options);
  const list = all.client.openConversation("C2Cbo");
  await list.load();
  return { ...all, list };
}

test("a conversation is read from its end, and older pages as they are asked for", async (t) => {
  const { list, server } = await opened(t, { stored: 120 });
  assert.deepEqual([numbers(list), list.more], [range(71, 120), true]);
  await list.loadOlder();
  await list.loadOlder();
  assert.deepEqual([numbers(list), list.more], [range(1, 120), false]);
  const asked = server.requests.length;
  await list.loadOlder();
  assert.equal(server.requests.length, asked);
});

test("what comes is added, and what is not of this conversation is not", async (t) => {
  const { list, arrive, server } = await opened(t, { stored: 2 });
  arrive(text(3));
  server.event("onRecvNewMessage", { message: { ...text(4), from: "cy" } });
  server.event("onRecvNewMessage", { message: { ...text(4), groupID: "g", to: undefined } });
  await settle();
  assert.deepEqual(numbers(list), [1, 2, 3]);
});

test("a number that is missing is asked for", async (t) => {
  const { list, all, arrive } = await opened(t, { stored: 2 });
  all.push(...range(3, 70).map((n) => text(n)));
  arrive(text(71));
  await settle();
  assert.deepEqual(numbers(list), range(1, 71));
});

test("a gap too long to be filled begins the list anew", async (t) => {
  const { list, all, arrive } = await opened(t, { stored: 2 });
  all.push(...range(3, 900).map((n) => text(n)));
  arrive(text(901));
  await settle();
  assert.deepEqual([numbers(list), list.more], [range(502, 901), true]);
});

test("what signaling left is read when signaling speaks of this conversation", async (t) => {
  const { list, all, server } = await opened(t, { stored: 1 });
  all.push({ ...text(2), type: "signaling", data: "{}" });
  const invitation = { inviteID: "i", inviter: "cy", groupID: "", inviteeList: ["ana"], data: "", timeout: 30, createdAt: 1 };
  server.event("onReceiveNewInvitation", invitation);
  await settle();
  assert.deepEqual(numbers(list), [1]);
  server.event("onReceiveNewInvitation", { ...invitation, inviter: "bo" });
  await settle();
  assert.deepEqual(numbers(list), [1, 2]);
});

test("one's own answer to an invitation is read too, of which no event tells", async (t) => {
  const { list, all, server, client } = await opened(t, { stored: 1 });
  server.answers["signaling.reject"] = () => ({});
  all.push({ ...text(2, { from: "ana" }), type: "signaling", data: "{}" });
  await client.signaling.reject("i");
  await settle();
  assert.deepEqual(numbers(list), [1, 2]);
});

test("after another session was begun the list catches up", async (t) => {
  const { list, all, server, tick } = await opened(t, { stored: 1 });
  all.push(text(2));
  server.breakSocket();
  tick(0);
  server.welcome();
  await settle();
  assert.deepEqual(numbers(list), [1, 2]);
});

test("a text is on its way until the server has it", async (t) => {
  const { list, server } = await opened(t, { stored: 1 });
  const sending = list.send("hi");
  assert.deepEqual(list.outgoing.map(({ text, status }) => [text, status]), [["hi", "sending"]]);
  server.answer(server.last("message.send"), { messageID: "m2", messageSeq: 2, createdAt: 2 });
  await sending;
  assert.deepEqual([list.outgoing, list.messages.at(-1)], [[], { messageID: "m2", messageSeq: 2, createdAt: 2, from: "ana", to: "bo", type: "text", text: "hi" }]);
});

test("a text that failed is tried again under the same requestID", async (t) => {
  const { list, server, tick } = await opened(t, { stored: 1 });
  const sending = list.send("hi");
  const first = server.last("message.send").params;
  tick(15_000);
  await sending;
  assert.deepEqual(list.outgoing.map(({ status, code }) => [status, code]), [["failed", 6012]]);
  const again = list.retry(first.requestID);
  assert.deepEqual(server.last("message.send").params, first);
  server.answer(server.last("message.send"), { messageID: "m2", messageSeq: 2, createdAt: 2 });
  await again;
  assert.deepEqual([list.outgoing, numbers(list)], [[], [1, 2]]);
});

test("a text that failed can be forgotten, and is not tried twice at once", async (t) => {
  const { list, server } = await opened(t);
  const sending = list.send("hi");
  const { requestID } = server.last("message.send").params;
  await list.retry(requestID); // still under way
  server.answer(server.last("message.send"), { code: 20007, message: "blocked" });
  await sending;
  assert.equal(server.requests.filter(({ method }) => method === "message.send").length, 1);
  assert.equal(list.outgoing[0].code, 20007);
  list.discard(requestID);
  assert.deepEqual(list.outgoing, []);
});

test("a closed list hears nothing more", async (t) => {
  const { list, arrive } = await opened(t, { stored: 1 });
  list.close();
  arrive(text(2));
  await settle();
  assert.deepEqual(numbers(list), [1]);
});

test("a page that cannot be read is told as a fault, and the next attempt reads it", async (t) => {
  const { client, server } = await signedIn(t, { stored: 1 });
  const list = client.openConversation("C2Cbo");
  const faults = [];
  list.on("fault", ({ code }) => faults.push(code));
  const good = server.answers["message.list"];
  server.answers["message.list"] = () => ({ code: 10007, message: "no" });
  await list.load();
  server.answers["message.list"] = good;
  await list.load();
  assert.deepEqual([faults, numbers(list)], [[10007], [1]]);
});

// --- conversations ---

/** conversation.list's answer, to be changed by the test. */
async function watching(t, conversations) {
  const all = await signedIn(t);
  const held = { conversations, cursor: "" };
  all.server.answers["conversation.list"] = () => ({ ...held });
  all.server.answers["conversation.markRead"] = () => ({});
  await all.client.conversations.watch();
  return { ...all, held, list: () => all.client.conversations.list().map(({ conversationID, unread }) => [conversationID, unread]) };
}

const withBo = { peer: "bo", lastMessage: text(5), unread: 2, readSeq: 3, lastSeq: 5 };
const withGroup = { groupID: "g", lastMessage: { ...text(1), groupID: "g", createdAt: 3 }, unread: 0, readSeq: 1, lastSeq: 1 };

test("conversations have TIM's ids and stand by their newest message", async (t) => {
  const { client, list } = await watching(t, [withGroup, withBo]);
  assert.deepEqual(list(), [["C2Cbo", 2], ["GROUPg", 0]]);
  assert.equal(client.conversations.totalUnread, 2);
});

test("a new message counts as unread, one's own from another device does not", async (t) => {
  const { list, arrive, server } = await watching(t, [withBo]);
  arrive({ ...text(6), createdAt: 10 });
  assert.deepEqual(list(), [["C2Cbo", 3]]);
  arrive({ ...text(7, { from: "ana" }), createdAt: 11 });
  assert.deepEqual(list(), [["C2Cbo", 3]]);
  arrive({ ...text(7, { from: "ana" }), createdAt: 11 }); // heard twice
  assert.deepEqual(list(), [["C2Cbo", 3]]);
  assert.deepEqual(server.methods().filter((method) => method === "conversation.list").length, 1);
});

test("what was read on another device, or here, is not unread any more", async (t) => {
  const { list, server, client, held, tick } = await watching(t, [withBo, withGroup]);
  server.event("onConversationChanged", { peer: "bo", readSeq: 5 });
  assert.deepEqual(list(), [["C2Cbo", 0], ["GROUPg", 0]]);
  server.event("onRecvNewMessage", { message: { ...text(2), groupID: "g", createdAt: 20 } });
  await client.messages.markConversationAsRead("GROUPg", 2);
  assert.deepEqual(server.last("conversation.markRead").params, { groupID: "g", messageSeq: 2 });
  assert.deepEqual(list(), [["GROUPg", 0], ["C2Cbo", 0]]);

  held.conversations = [{ ...withBo, readSeq: 7, lastSeq: 9, unread: 1 }];
  server.event("onRecvNewMessage", { message: text(6) });
  server.event("onRecvNewMessage", { message: text(7) });
  server.event("onRecvNewMessage", { message: text(8) });
  server.event("onConversationChanged", { peer: "bo", readSeq: 7 }); // in part: only the server can count
  tick(0);
  await settle();
  assert.deepEqual(list(), [["C2Cbo", 1]]);
});

test("signaling and a number that is missing make it ask, once for many", async (t) => {
  const { held, list, server, tick } = await watching(t, [withBo]);
  held.conversations = [{ ...withBo, unread: 4, lastSeq: 8 }];
  const accepted = { inviteID: "i", inviter: "bo", groupID: "", invitee: "ana", data: "" };
  server.event("onInviteeAccepted", accepted);
  server.event("onInviteeRejected", accepted);
  tick(100);
  await settle();
  assert.deepEqual(list(), [["C2Cbo", 4]]);
  assert.equal(server.methods().filter((method) => method === "conversation.list").length, 2);
});

test("older conversations come by pages, and a new first page does not lose them", async (t) => {
  const { client, held, server, list, tick } = await watching(t, []);
  held.conversations = [withBo];
  held.cursor = "older";
  server.event("onRecvNewMessage", { message: text(5) });
  tick(0);
  await settle();
  assert.deepEqual([list(), client.conversations.more], [[["C2Cbo", 2]], true]);
  server.answers["conversation.list"] = ({ cursor }) => (cursor === "older" ? { conversations: [withGroup], cursor: "" } : { ...held });
  await client.conversations.loadMore();
  assert.deepEqual([list(), client.conversations.more], [[["C2Cbo", 2], ["GROUPg", 0]], false]);
  server.event("onInvitationTimeout", { inviteID: "i", inviter: "bo", groupID: "", inviteeList: ["ana"] });
  tick(100);
  await settle();
  assert.deepEqual([list(), client.conversations.more], [[["C2Cbo", 2], ["GROUPg", 0]], false]);
});
