import assert from "node:assert/strict";
import test from "node:test";
import { newsOf } from "../static/components/announcer.js";
import { endSentence } from "../static/components/call-sentences.js";
import { Emitter } from "../static/sdk/emitter.js";
import { NewDevices } from "../static/components/new-devices.js";
import { shortcutOf } from "../static/components/shortcuts.js";
import { shownOthers } from "../static/components/tiles.js";
import { runningCallOf } from "../static/sdk/running-call.js";

const person = (userID, state, since = 0) => ({ userID, state, since });

test("who declined is shown for a moment, who is asked as long as it rings", () => {
  const others = [person("bo", "joined"), person("cy", "declined"), person("dee", "inviting"), person("ed", "left")];
  const names = (now) => shownOthers(others, now, false).map(({ userID }) => userID);
  assert.deepEqual(names(2_000), ["bo", "cy", "dee", "ed"]);
  assert.deepEqual(names(5_000), ["bo", "cy", "dee"]);
  assert.deepEqual(names(60_000), ["bo", "dee"]);
});

test("in a call between two the other one is shown whatever becomes of them", () => {
  assert.equal(shownOthers([person("bo", "declined")], 60_000, true).length, 1);
});

const news = [
  { name: "somebody comes", before: { bo: "inviting" }, after: { bo: "joined" }, news: ["bo joined"] },
  { name: "somebody goes", before: { bo: "joined", cy: "joined" }, after: { bo: "left", cy: "joined" }, news: ["bo left"] },
  { name: "somebody is gone altogether", before: { bo: "joined" }, after: {}, news: ["bo left"] },
  { name: "somebody is asked, which they see", before: {}, after: { bo: "inviting" }, news: [] },
  { name: "somebody declines", before: { bo: "inviting" }, after: { bo: "declined" }, news: ["bo declined"] },
];
for (const { name, before, after, news: want } of news) {
  test(`a screen reader hears when ${name}`, () => {
    const map = (states) => new Map(Object.entries(states));
    assert.deepEqual(newsOf(map(before), map(after)).map((each) => `${each.userID} ${each.news}`), want);
  });
}

/** As much of an element as a key press has to know. */
class FakeElement {
  isContentEditable = false;
  constructor(tagName) {
    this.tagName = tagName;
  }
  closest(selector) {
    return selector.split(", ").includes(this.tagName) ? this : null;
  }
}
Object.assign(globalThis, { HTMLElement: FakeElement, Element: FakeElement });

const key = (name, more = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, repeat: false, target: new FakeElement("body"), ...more });
const presses = [
  { name: "m", event: key("m"), deed: "mic" },
  { name: "M", event: key("M"), deed: "mic" },
  { name: "Ctrl+E", event: key("e", { ctrlKey: true }), deed: "camera" },
  { name: "Ctrl+D", event: key("d", { ctrlKey: true }), deed: "mic" },
  { name: "Ctrl+D in a field", event: key("d", { ctrlKey: true, target: new FakeElement("textarea") }), deed: undefined },
  { name: "Ctrl+Shift+Space", event: key(" ", { ctrlKey: true, shiftKey: true }), deed: "mic" },
  { name: "Ctrl+Shift+Y", event: key("Y", { ctrlKey: true, shiftKey: true }), deed: "hand" },
  { name: "Command+Shift+E", event: key("E", { metaKey: true, shiftKey: true }), deed: "share" },
  { name: "Ctrl+Shift+L", event: key("L", { ctrlKey: true, shiftKey: true }), deed: "leave" },
  { name: "Ctrl+L, which is the browser's", event: key("l", { ctrlKey: true }), deed: undefined },
  { name: "e", event: key("e"), deed: "react" },
  { name: "an arrow", event: key("ArrowRight"), deed: "page" },
  { name: "an arrow in a panel, which scrolls it", event: key("ArrowRight", { target: new FakeElement(".panel") }), deed: undefined },
  { name: "Page up", event: key("PageUp"), deed: "page" },
  { name: "Ctrl+M, which is the browser's", event: key("m", { ctrlKey: true }), deed: undefined },
  { name: "r", event: key("r"), deed: "hand" },
  { name: "3", event: key("3"), deed: "focus" },
  { name: "Space", event: key(" "), deed: "talk" },
  { name: "Space on a button, which presses it", event: key(" ", { target: new FakeElement("button") }), deed: undefined },
  { name: "a letter in a field", event: key("m", { target: new FakeElement("input") }), deed: undefined },
  { name: "a key that is held", event: key("m", { repeat: true }), deed: undefined },
  { name: "x, which is nobody's", event: key("x"), deed: undefined },
];
for (const { name, event, deed } of presses) test(`a press of ${name}`, () => assert.equal(shortcutOf(event)?.deed, deed));

const others = [{ userID: "bo" }, { userID: "cy" }];
const groupEnds = [
  { over: { outcome: "answered", userID: "ana" }, want: "You left the call" },
  { over: { outcome: "answered", userID: "bo" }, want: "The call is over" },
  { over: { outcome: "noAnswer", userID: "server" }, want: "Nobody answered" },
  { over: { outcome: "declined", userID: "cy" }, want: "Nobody answered" },
  { over: { outcome: "networkLost", userID: "ana" }, want: "The connection was lost" },
];
for (const { over, want } of groupEnds) {
  test(`the card of a group says: ${want} (${over.outcome})`, () => {
    assert.equal(endSentence({ role: "caller", peer: "", groupID: "g", participants: others, ...over }, "Boats"), want);
  });
}

test("a group's attribute tells of the call that runs in it", () => {
  const attribute = (value) => ({ inner_attr_kit_info: value });
  const info = { business_type: "callkit", call_id: "c1", group_id: "g", room_id: 731, room_id_type: 1, call_media_type: "audio", user_list: [{ userid: "bo" }, { userid: "cy" }] };
  assert.deepEqual(runningCallOf("g", attribute(JSON.stringify(info))), { callID: "c1", groupID: "g", roomID: "731", mediaType: "audio", userIDList: ["bo", "cy"] });
  for (const none of ["", "{", "[]", JSON.stringify({ ...info, user_list: [] }), JSON.stringify({ ...info, room_id: null })]) {
    assert.equal(runningCallOf("g", attribute(none)), null, none);
  }
  assert.equal(runningCallOf("g", {}), null);
});

test("a device is offered from when it is plugged in until it is pulled out, or for a quarter of a minute", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const room = new Emitter();
  const devices = new NewDevices(() => {});
  const stop = devices.watch(room);
  const change = (deviceID, state, label = "USB", type = "mic") => room.emit("onDeviceChanged", { deviceID, label, type, state });
  const offered = () => devices.offers.map(({ type, deviceID }) => `${type} ${deviceID}`);
  change("a", "add");
  change("b", "add", "");
  assert.deepEqual(offered(), ["mic a"], "what has no name is no offer");
  change("a", "add", "USB", "speaker");
  assert.deepEqual(offered(), ["mic a", "speaker a"], "a headset is both");
  change("a", "remove");
  assert.deepEqual(offered(), ["speaker a"]);
  context.mock.timers.tick(15_000);
  assert.deepEqual(offered(), []);
  stop();
  change("c", "add");
  assert.deepEqual(offered(), []);
});
