import assert from "node:assert/strict";
import test from "node:test";
import { directionOf, missedBy, otherOf, wireFilter } from "../static/app/history-filter.js";
import { endSentence } from "../static/components/call-sentences.js";
import { clock, initials } from "../static/components/format.js";
import { Preferences } from "../static/components/preferences.js";

test("the clock counts minutes, and hours when there are any", () => {
  const cases = [[0, "0:00"], [7.9, "0:07"], [724, "12:04"], [3_723, "1:02:03"], [-1, "0:00"]];
  for (const [seconds, want] of cases) assert.equal(clock(seconds), want);
});

test("initials are those of two words, or the first letter", () => {
  const cases = [["ana", "A"], ["Ana Bell", "AB"], ["mary-jane watson", "MJ"], ["王伟", "王"], ["", ""]];
  for (const [name, want] of cases) assert.equal(initials(name), want);
});

test("nothing chosen filters nothing", () => {
  assert.deepEqual(wireFilter({ which: "all", kind: "", user: "", from: "", to: "" }), {});
});

test("a chosen day is whole, and the reader's own", () => {
  const { from, to } = wireFilter({ which: "missed", kind: "video", user: " bo ", from: "2026-03-01", to: "2026-03-01" });
  assert.equal(from, new Date(2026, 2, 1).getTime());
  assert.equal(to, new Date(2026, 2, 2).getTime() - 1);
  assert.deepEqual(wireFilter({ which: "missed", kind: "video", user: " bo ", from: "", to: "" }), { missed: true, type: "video", with: "bo" });
  assert.deepEqual(wireFilter({ which: "incoming", kind: "", user: "", from: "", to: "" }), { direction: "incoming" });
});

test("a record is read from one's own side", () => {
  const record = { inviter: "ana", result: "noAnswer", participants: [{ userID: "ana" }, { userID: "bo" }] };
  assert.deepEqual([otherOf(record, "ana"), directionOf(record, "ana"), missedBy(record, "ana")], ["bo", "outgoing", false]);
  assert.deepEqual([otherOf(record, "bo"), directionOf(record, "bo"), missedBy(record, "bo")], ["ana", "incoming", true]);
});

const endings = [
  { over: { outcome: "answered", role: "caller", userID: "ana", peer: "bo" }, want: "You ended the call" },
  { over: { outcome: "answered", role: "caller", userID: "bo", peer: "bo" }, want: "Bo ended the call" },
  { over: { outcome: "noAnswer", role: "caller", userID: "server", peer: "bo" }, want: "Bo did not answer" },
  { over: { outcome: "noAnswer", role: "callee", userID: "server", peer: "bo" }, want: "Missed call from Bo" },
  { over: { outcome: "cancelled", role: "callee", userID: "bo", peer: "bo" }, want: "Bo gave up calling" },
  { over: { outcome: "busy", role: "caller", userID: "bo", peer: "bo" }, want: "Bo is on another call" },
  { over: { outcome: "somethingNew", role: "caller", userID: "bo", peer: "bo" }, want: "The call could not be made" },
];
for (const { over, want } of endings) {
  test(`the end card says: ${want}`, () => assert.equal(endSentence(over, "Bo"), want));
}

test("preferences survive the page, and rubbish in the store", () => {
  const store = new Map();
  const storage = { getItem: (key) => store.get(key) ?? null, setItem: (key, value) => store.set(key, value) };
  new Preferences(storage).set({ mic: "usb", shortcuts: false });
  const again = new Preferences(storage);
  assert.deepEqual([again.values.mic, again.values.shortcuts, again.values.camera], ["usb", false, ""]);
  store.forEach((_, key) => store.set(key, "{"));
  assert.equal(new Preferences(storage).values.shortcuts, true);
});
