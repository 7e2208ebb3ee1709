import assert from "node:assert/strict";
import test from "node:test";
import { Client } from "../static/sdk/index.js";
import { FakeServer, settle } from "./fakes.js";

const club = { groupID: "club", type: "Work", name: "Club", introduction: "", notification: "", faceURL: "", owner: "ana", memberCount: 3, createdAt: 1, allMuted: false, role: "owner" };
const choir = { ...club, groupID: "choir", name: "Choir", owner: "bo", role: "member" };

/** Ana, who is in the club; the server knows what it is told here. */
async function inTheClub(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const server = new FakeServer();
  const known = { club: { ...club }, choir: { ...choir } };
  const nothing = () => ({});
  Object.assign(server.answers, {
    "group.list": () => ({ groups: [{ ...club }] }),
    "group.getInfo": ({ groupID }) => known[groupID] ?? { code: 10010, message: "no such group" },
    "group.create": () => ({ groupID: "choir" }),
    "group.invite": () => ({ members: ["di"] }),
    "group.join": nothing, "group.quit": nothing, "group.dismiss": nothing, "group.kick": nothing, "group.setInfo": nothing, "group.transfer": nothing,
  });
  const client = new Client({ token: "T", server: "https://calls.test", platform: server.platform, fetch: async () => ({ status: 503 }), random: () => 0 });
  const greeted = client.connect();
  server.welcome();
  await greeted;
  await client.groups.watch();
  const told = (name, more) => server.event(name, { groupID: "club", opUser: "bo", members: [], at: 1, ...more });
  const asked = () => server.methods().filter((method) => method === "group.getInfo").length;
  return { server, client, known, told, asked, names: () => client.groups.list().map(({ name, role, memberCount }) => `${name} ${role} ${memberCount}`) };
}

test("what ana does herself is in her list, though no event tells of it", async (t) => {
  const { client, known, names, server } = await inTheClub(t);
  assert.deepEqual(names(), ["Club owner 3"]);
  await client.groups.createGroup({ name: "Choir", type: "Work", members: ["bo"] });
  assert.match(server.last("group.create").params.requestID, /^[0-9a-f]{32}$/);
  assert.deepEqual(names(), ["Club owner 3", "Choir member 3"]);
  known.club.memberCount = 4;
  assert.deepEqual(await client.groups.inviteUserToGroup("club", ["di"]), ["di"]);
  known.club.name = "Clubbers";
  await client.groups.setGroupInfo({ groupID: "club", name: "Clubbers" });
  assert.deepEqual(names(), ["Clubbers owner 4", "Choir member 3"]);
  await client.groups.quitGroup("choir");
  await client.groups.dismissGroup("club");
  assert.deepEqual(names(), []);
});

const changes = [
  { name: "others come", event: ["onMemberEnter", { members: ["di"] }], want: ["Club owner 4"], asks: 0 },
  { name: "others are brought in", event: ["onMemberInvited", { members: ["di", "ed"] }], want: ["Club owner 5"], asks: 0 },
  { name: "others leave", event: ["onMemberLeave", { members: ["bo"] }], want: ["Club owner 2"], asks: 0 },
  { name: "ana is put out", event: ["onMemberKicked", { members: ["ana"] }], want: [], asks: 0 },
  { name: "the group is dismissed", event: ["onGroupDismissed", {}], want: [], asks: 0 },
  { name: "it is renamed", event: ["onGroupInfoChanged", { group: { ...club, role: undefined, name: "Band" } }], want: ["Band owner 3"], asks: 0 },
  { name: "ana becomes an admin", event: ["onGrantAdministrator", { members: ["ana"] }], want: ["Club admin 3"], asks: 0 },
  { name: "and is none any more", event: ["onRevokeAdministrator", { members: ["ana"] }], want: ["Club member 3"], asks: 0 },
  { name: "somebody else becomes one", event: ["onGrantAdministrator", { members: ["bo"] }], want: ["Club owner 3"], asks: 0 },
  { name: "ana is brought into another", event: ["onMemberInvited", { groupID: "choir", members: ["ana"] }], want: ["Club owner 3", "Choir member 3"], asks: 1 },
  { name: "a group is made with her in it", event: ["onGroupCreated", { groupID: "choir", members: ["ana", "bo"], group: choir }], want: ["Club owner 3", "Choir member 3"], asks: 1 },
  { name: "all are muted", event: ["onAllGroupMembersMuted", { isMute: true }], want: ["Club owner 3"], asks: 0 },
  { name: "she quits on her phone", event: ["onQuitFromGroup", { members: ["ana"] }], want: ["Club owner 3"], asks: 0 },
  { name: "attributes change", event: ["onGroupAttributeChanged", { attributes: { a: "b" } }], want: ["Club owner 3"], asks: 0 },
  { name: "she is out of another before she could ask about it", event: ["onMemberInvited", { groupID: "gone", members: ["ana"] }], want: ["Club owner 3"], asks: 1 },
];
for (const { name, event: [event, more], want, asks } of changes) {
  test(`${name}: the list follows, and the listener hears`, async (t) => {
    const { client, told, asked, names } = await inTheClub(t);
    const heard = [];
    client.groups.on(event, ({ groupID }) => heard.push(groupID));
    client.groups.on("fault", (fault) => assert.fail(String(fault)));
    told(event, more);
    await settle();
    assert.deepEqual([names(), asked(), heard], [want, asks, [more.groupID ?? "club"]]);
  });
}

test("to mute all is to change the group, which then says so", async (t) => {
  const { server, client, known, told } = await inTheClub(t);
  known.club.allMuted = true;
  await client.groups.muteAllGroupMembers("club", true);
  const { requestID, ...params } = server.last("group.setInfo").params;
  assert.deepEqual([params, typeof requestID], [{ groupID: "club", allMuted: true }, "string"]);
  assert.equal(client.groups.get("club").allMuted, true);
  told("onGroupInfoChanged", { group: { ...club, role: undefined, allMuted: false } });
  await settle();
  assert.equal(client.groups.get("club").allMuted, false);
});

test("after another session was begun the list is read anew", async (t) => {
  const { server, names } = await inTheClub(t);
  server.answers["group.list"] = () => ({ groups: [choir] });
  server.breakSocket();
  t.mock.timers.tick(0);
  server.welcome();
  await settle();
  assert.deepEqual(names(), ["Choir member 3"]);
});

test("who applies waits outside until somebody agrees", async (t) => {
  const { server, client, told, names } = await inTheClub(t);
  server.answers["group.join"] = () => ({ waiting: true });
  assert.deepEqual(await client.groups.joinGroup("choir", "me too"), { waiting: true });
  assert.equal(server.last("group.join").params.message, "me too");
  assert.deepEqual(names(), ["Club owner 3"]);
  const heard = [];
  client.groups.on("onApplicationProcessed", ({ groupID, isAgree }) => heard.push([groupID, isAgree]));
  told("onApplicationProcessed", { groupID: "choir", userID: "ana", isAgree: true });
  client.groups.on("onReceiveRESTCustomData", ({ groupID, customData }) => heard.push([groupID, customData]));
  told("onReceiveRESTCustomData", { groupID: "choir", customData: "fire drill", at: 1 });
  told("onMemberEnter", { groupID: "choir", members: ["ana"] });
  await settle();
  assert.deepEqual(heard, [["choir", true], ["choir", "fire drill"]]);
  assert.deepEqual(names(), ["Club owner 3", "Choir member 3"]);
});

test("who owns a group decides on applications and mutes members", async (t) => {
  const { server, client, known, names } = await inTheClub(t);
  const application = { groupID: "club", userID: "di", message: "me too", at: 1 };
  for (const method of ["group.acceptApplication", "group.refuseApplication", "group.muteMember"]) server.answers[method] = () => ({});
  server.answers["group.getApplicationList"] = () => ({ applications: [application] });
  assert.deepEqual(await client.groups.getGroupApplicationList(), [application]);
  known.club.memberCount = 4;
  await client.groups.acceptGroupApplication("club", "di");
  assert.deepEqual(names(), ["Club owner 4"]);
  await client.groups.refuseGroupApplication("club", "ed", "full");
  await client.groups.muteGroupMember("club", "di", 60);
  const sent = (method) => server.last(method).params;
  assert.equal(sent("group.refuseApplication").reason, "full");
  assert.equal(sent("group.muteMember").seconds, 60);
});
