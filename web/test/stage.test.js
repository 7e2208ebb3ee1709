import assert from "node:assert/strict";
import test from "node:test";
import { bestGrid, capacity, pageOf, steadyHeight } from "../static/components/grid-math.js";
import { SpeakerChoice, stageOf, tilesOf } from "../static/components/stage-choice.js";
import { arrange } from "../static/components/stage-layout.js";

const desktop = { width: 1280, height: 800, insets: { top: 64, bottom: 96, start: 16, end: 16 } };
const phone = { width: 390, height: 844, insets: { top: 64, bottom: 96, start: 8, end: 8 } };
const keys = (count) => Array.from({ length: count }, (_, i) => `p${i}`);

const shapes = [
  { name: "one fills a wide space as far as a camera goes", count: 1, box: [1200, 600], grid: [1, 1] },
  { name: "two lie side by side on a desk", count: 2, box: [1248, 640], grid: [2, 1] },
  { name: "and over one another on a phone", count: 2, box: [374, 684], grid: [1, 2] },
  { name: "five are three and two", count: 5, box: [1248, 640], grid: [3, 2] },
  { name: "three on a desk are two and one", count: 3, box: [1248, 632], grid: [2, 2] },
  { name: "nine are three times three", count: 9, box: [1248, 700], grid: [3, 3] },
  { name: "six on a phone are two columns", count: 6, box: [374, 684], grid: [2, 3] },
];
for (const { name, count, box: [width, height], grid: [columns, rows] } of shapes) {
  test(name, () => {
    const grid = bestGrid(count, width, height);
    assert.deepEqual([grid.columns, grid.rows], [columns, rows]);
    const shape = grid.width / grid.height;
    assert.ok(shape < 1.78 && shape > 0.74, `a tile of ${grid.width} by ${grid.height}`);
  });
}

test("no grid has larger tiles than the best", () => {
  for (let count = 1; count <= 25; count++) {
    const best = bestGrid(count, 1000, 620);
    for (let columns = 1; columns <= count; columns++) {
      const rows = Math.ceil(count / columns);
      const height = Math.min((620 - 8 * (rows - 1)) / rows, (1000 - 8 * (columns - 1)) / columns);
      const width = Math.min((1000 - 8 * (columns - 1)) / columns, height * (16 / 9));
      assert.ok(best.width * best.height >= width * height - 1 || height <= 0, `${count} in ${columns} columns`);
    }
  }
});

test("a page holds only as many tiles as can be seen", () => {
  assert.equal(capacity(1248, 640, 16), 16);
  assert.ok(capacity(374, 684, 16) < 13, "a phone shows fewer");
  assert.equal(capacity(100, 60, 16), 1, "one always");
});

test("pages are even, and a page that is gone is the last one", () => {
  assert.deepEqual(pageOf(keys(5), 4, 0), { items: ["p0", "p1", "p2"], page: 0, pages: 2 });
  assert.deepEqual(pageOf(keys(5), 4, 9), { items: ["p3", "p4"], page: 1, pages: 2 });
  assert.deepEqual(pageOf([], 4, 0), { items: [], page: 0, pages: 1 });
});

test("a little more or less room asks for no other picture", () => {
  assert.equal(steadyHeight(0, 333.4), 333);
  assert.equal(steadyHeight(333, 400), 333);
  assert.equal(steadyHeight(333, 280), 333);
  assert.equal(steadyHeight(333, 420), 420);
  assert.equal(steadyHeight(333, 200), 200);
});

/** Every tile lies inside the space, and none over another. */
function tidy({ places }, { width, height, insets }) {
  const all = [...places.values()];
  for (const { x, y, width: w, height: h } of all) {
    assert.ok(x >= insets.start && y >= insets.top && x + w <= width - insets.end + 1 && y + h <= height - insets.bottom + 1, `${x},${y} ${w}x${h}`);
  }
  for (const [i, a] of all.entries()) {
    for (const b of all.slice(i + 1)) {
      assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y, "two tiles overlap");
    }
  }
}

test("tiles stay inside their space and beside one another, however many they are", () => {
  for (const space of [desktop, phone]) {
    for (let count = 1; count <= 40; count++) {
      for (const stage of ["", "p0"]) {
        for (const page of [0, 1]) tidy(arrange(space, { keys: keys(count), stage, float: "", own: "", page }), space);
      }
    }
  }
});

test("every tile is on one page and on no other", () => {
  for (const stage of ["", "p3"]) {
    const seen = [];
    const { pages } = arrange(phone, { keys: keys(30), stage, float: "", own: "", page: 0 });
    for (let page = 0; page < pages; page++) seen.push(...arrange(phone, { keys: keys(30), stage, float: "", own: "", page }).places.keys());
    assert.deepEqual(seen.filter((key) => key !== stage).sort(), keys(30).filter((key) => key !== stage).sort());
  }
});

test("on a phone the stage leaves what a camera has no use for to the others, who stand in rows", () => {
  const roles = (count) => {
    const { places, pages } = arrange(phone, { keys: keys(count), stage: "p0", float: "", own: "", page: 0 });
    return { stage: places.get("p0"), strip: [...places.values()].filter(({ role }) => role === "strip").length, pages };
  };
  const many = roles(28);
  assert.ok(many.strip >= 6, `${many.strip} others are seen`);
  assert.ok(many.stage.height >= many.stage.width, "a face is not cut to a slit");
  assert.ok(roles(3).stage.height > many.stage.height, "two others need one row");
});

test("one's own tile is on the first page, however many the others are, and nobody is lost by that", () => {
  const all = [...keys(30), "self"];
  for (const space of [desktop, phone]) {
    for (const stage of ["", "p3"]) {
      const page = (/** @type {number} */ page) => arrange(space, { keys: all, stage, float: "", own: "self", page });
      const pages = Array.from({ length: page(0).pages }, (_, i) => [...page(i).places.keys()]);
      assert.ok(pages.length > 1 && pages[0].includes("self"));
      assert.equal(pages[0].at(-1), "self", "after those one came to see");
      assert.deepEqual(pages.flat().filter((key) => key !== stage).sort(), all.filter((key) => key !== stage).sort());
    }
  }
  assert.deepEqual([...arrange(desktop, { keys: ["p0", "p1", "self"], stage: "", float: "", own: "self", page: 0 }).places.keys()], ["p0", "p1", "self"]);
});

test("with one other they fill the space and oneself floats above the controls", () => {
  const { places } = arrange(desktop, { keys: ["self", "bo"], stage: "", float: "self", own: "self", page: 0 });
  assert.deepEqual([places.get("bo").role, places.get("bo").height], ["full", 800]);
  const self = places.get("self");
  assert.equal(self.role, "float");
  assert.ok(self.y + self.height <= 800 - 96);
});

const on = { screens: [], cameras: ["bo", "cy"], self: "self", pinned: "", speaker: "", layout: "grid" };
const choices = [
  { name: "a grid has nobody on the stage", on: {}, stage: "" },
  { name: "a screen takes the stage", on: { screens: ["s1"] }, stage: "s1" },
  { name: "of several screens the newest does", on: { screens: ["s1", "s2"] }, stage: "s2" },
  { name: "a pin is stronger than a screen", on: { screens: ["s1"], pinned: "bo" }, stage: "bo" },
  { name: "the pin of one who has gone holds nothing", on: { pinned: "zoe" }, stage: "" },
  { name: "who speaks is large in the speaker layout", on: { layout: "speaker", speaker: "cy" }, stage: "cy" },
  { name: "until somebody speaks it is the first", on: { layout: "speaker" }, stage: "bo" },
  { name: "with one other there is nobody to choose", on: { layout: "speaker", cameras: ["bo"] }, stage: "" },
];
for (const { name, on: more, stage } of choices) test(name, () => assert.equal(stageOf({ ...on, ...more }), stage));

test("oneself floats over a single other, and is a tile among several", () => {
  assert.deepEqual(tilesOf({ ...on, cameras: ["bo"] }), { keys: ["self", "bo"], stage: "", float: "self" });
  assert.deepEqual(tilesOf(on), { keys: ["bo", "cy", "self"], stage: "", float: "" });
  assert.deepEqual(tilesOf({ ...on, self: "" }), { keys: ["bo", "cy"], stage: "", float: "" });
  assert.deepEqual(tilesOf({ ...on, cameras: [] }), { keys: ["self"], stage: "", float: "" });
});

test("a cough does not take the stage from who speaks", () => {
  const speaker = new SpeakerChoice();
  const hear = (now, bo, cy) => speaker.hear([{ userID: "bo", volume: bo }, { userID: "cy", volume: cy }], now);
  hear(0, 5, 3);
  assert.equal(speaker.userID, "");
  hear(100, 40, 0);
  assert.equal(speaker.userID, "bo");
  hear(1_000, 40, 60);
  assert.equal(speaker.userID, "bo", "bo still speaks");
  hear(1_500, 0, 60);
  assert.equal(speaker.userID, "bo", "bo takes a breath");
  hear(2_600, 0, 60);
  assert.equal(speaker.userID, "cy");
  speaker.gone("cy");
  assert.equal(speaker.userID, "");
});

test("the server's word on who speaks stands above one's own ears", () => {
  const speaker = new SpeakerChoice();
  speaker.hear([{ userID: "bo", volume: 60 }], 0);
  speaker.tell("cy");
  speaker.hear([{ userID: "bo", volume: 60 }], 9_000);
  assert.equal(speaker.userID, "cy");
  speaker.tell("");
  assert.equal(speaker.userID, "cy", "who spoke last stays");
});
