import assert from "node:assert/strict";
import test from "node:test";
import { receiveLines } from "../static/sdk/lines.js";
import { Views } from "../static/sdk/views.js";

const slotsFrom = (first, count) => Array.from({ length: count }, (_, i) => ({
  line: { mid: `m${first + i}`, receiver: { track: new EventTarget() } },
  stream: `stream ${first + i}`,
}));
const slots = (count) => slotsFrom(0, count);
const carries = (i, userID, stream = "camera") => ({ mid: `m${i}`, userID, stream });
const wall = (views) => views.wire().map(({ mid, userID }) => `${userID} in ${mid}`).join(", ");

/** Views with so many slots, and an element per user. */
function setUp(count) {
  const views = new Views();
  const line = slots(count);
  views.attach(line);
  const tiles = {};
  const look = (...userIDs) => userIDs.forEach((userID) => views.start(userID, "camera", (tiles[userID] ??= { srcObject: null }), 0));
  const away = (...userIDs) => userIDs.forEach((userID) => views.stop(userID, "camera"));
  const shown = (userID) => tiles[userID].srcObject;
  return { views, line, look, away, shown };
}

test("a view has its stream as soon as it has a slot, where nobody was shown before", () => {
  const { views, look, shown } = setUp(2);
  look("bo", "cy");
  assert.equal(wall(views), "bo in m0, cy in m1");
  assert.deepEqual([shown("bo"), shown("cy")], ["stream 0", "stream 1"]);
});

test("whoever looks away gives the slot to the next one, whose tile waits for their own picture", () => {
  const { views, look, away, shown } = setUp(2);
  look("bo", "cy");
  assert.equal(wall(views), "bo in m0, cy in m1");
  views.carry([carries(0, "bo"), carries(1, "cy")]);
  away("bo");
  look("di");
  assert.equal(wall(views), "cy in m1, di in m0");
  assert.equal(shown("di"), null, "bo's last picture is still in there");
  views.carry([carries(0, ""), carries(1, "cy")]);
  assert.equal(shown("di"), null);
  views.carry([carries(0, "di"), carries(1, "cy")]);
  assert.equal(shown("di"), "stream 0");
});

test("a page of tiles turned in one go needs no more slots, whatever comes first", () => {
  const { views, look, away } = setUp(4);
  look("a", "b", "c", "d");
  views.wire();
  look("e", "f", "g", "h");
  away("a", "b", "c", "d");
  assert.equal(views.needed, 4);
  assert.equal(wall(views), "e in m0, f in m1, g in m2, h in m3");
});

test("who comes back into sight finds the slot that shows them still", () => {
  const { views, look, away, shown } = setUp(3);
  look("bo", "cy", "di");
  views.wire();
  views.carry([carries(0, "bo"), carries(1, "cy"), carries(2, "di")]);
  away("bo", "cy");
  look("cy");
  assert.equal(wall(views), "di in m2, cy in m1");
  assert.equal(shown("cy"), "stream 1");
});

test("who left and comes back is shown once there is a new picture of them, in a new tile and in one that was kept", () => {
  const { views, look, away, shown } = setUp(2);
  look("bo", "cy");
  views.wire();
  views.carry([carries(0, "bo"), carries(1, "cy")]);
  for (const userID of ["bo", "cy"]) views.left(userID);
  away("bo");
  views.carry([carries(0, ""), carries(1, "")]);
  look("bo");
  assert.equal(wall(views), "cy in m1, bo in m0");
  assert.deepEqual([shown("bo"), shown("cy")], [null, null], "their last pictures are still in there");
  views.carry([carries(0, "bo"), carries(1, "cy")]);
  assert.deepEqual([shown("bo"), shown("cy")], ["stream 0", "stream 1"]);
});

test("views beyond the slots wait, and are shown when there are more or one is free", () => {
  const { views, line, look, away, shown } = setUp(1);
  look("bo", "cy", "di");
  assert.equal(views.needed, 3);
  assert.equal(wall(views), "bo in m0");
  line.push(...slotsFrom(1, 1));
  views.extended();
  assert.equal(wall(views), "bo in m0, cy in m1");
  assert.equal(shown("cy"), "stream 1");
  away("cy");
  assert.equal(wall(views), "bo in m0, di in m1");
});

test("another height or element for a view is no other view", () => {
  const { views } = setUp(1);
  const one = { srcObject: null };
  const other = { srcObject: null };
  assert.equal(views.start("bo", "camera", one, 180), true);
  views.wire();
  assert.equal(views.start("bo", "camera", one, 720), false);
  assert.equal(views.wire()[0].height, 720);
  assert.equal(views.start("bo", "camera", other, 720), false);
  assert.deepEqual([one.srcObject, other.srcObject], [null, "stream 0"]);
});

test("a camera and a screen of one user are two views", () => {
  const { views, look } = setUp(2);
  look("bo");
  views.start("bo", "screen", { srcObject: null }, 1080);
  assert.deepEqual(views.wire(), [{ mid: "m0", userID: "bo", stream: "camera" }, { mid: "m1", userID: "bo", stream: "screen", height: 1080 }]);
});

test("what the server says of a view is found by its user, while it is about them", () => {
  const { views, look } = setUp(1);
  look("bo");
  views.wire();
  assert.equal(views.carrying("bo", "camera"), null);
  views.carry([{ ...carries(0, "bo"), layer: "q" }, { ...carries(9, "cy", "mic") }]);
  assert.equal(views.carrying("bo", "camera").layer, "q");
  assert.equal(views.carrying("bo", "screen"), null);
  assert.equal(views.carrying("cy", "camera"), null);
});

test("in a new transport every tile keeps its picture until there is a new one", () => {
  const { views, look, shown } = setUp(1);
  look("bo");
  views.wire();
  const next = slotsFrom(5, 1);
  views.attach(next);
  assert.equal(wall(views), "bo in m5");
  views.carry([carries(5, "bo")]);
  assert.equal(shown("bo"), "stream 0");
  next[0].line.receiver.track.dispatchEvent(new Event("unmute"));
  assert.equal(shown("bo"), "stream 5");
});

for (const [name, room, voices, pictures] of [
  ["a call between two", { pictures: 1, others: 1 }, 1, 1],
  ["three people of whom one is seen: three may speak at once", { pictures: 1, others: 2 }, 3, 1],
  ["three people", { pictures: 2, others: 2 }, 4, 4],
  ["a meeting nobody is in yet", { pictures: 0, others: 0, scene: "meeting" }, 4, 4],
  ["the fifth tile", { pictures: 5, others: 5 }, 9, 9],
  ["a large grid: nobody makes out more than nine voices", { pictures: 17, others: 40 }, 9, 25],
  ["more tiles than any grid", { pictures: 53, others: 60 }, 9, 53],
  ["a server with few slots", { pictures: 20, others: 40, maxSlots: 10 }, 5, 5],
]) {
  test(`slots for ${name}`, () => {
    assert.deepEqual(receiveLines({ maxSlots: 64, ...room }), { voices, pictures });
  });
}
