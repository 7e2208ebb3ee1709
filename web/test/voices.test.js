import assert from "node:assert/strict";
import test from "node:test";
import { Voices } from "../static/sdk/voices.js";

const slots = (...mids) => mids.map((mid) => ({ line: { mid } }));
const carries = (mid, userID) => ({ mid, userID, stream: "mic" });

test("the loudness goes with the person, in whatever slot they are heard", () => {
  const told = [];
  const voices = new Voices((volumes) => told.push(volumes));
  const two = slots("2", "3");
  voices.attach(two);
  voices.carry([carries("2", "ana"), carries("3", "bo")]);
  voices.setVolume("bo", 30);
  assert.deepEqual(told.at(-1), [100, 30]);
  voices.carry([carries("2", "bo"), carries("3", "")]);
  assert.deepEqual(told.at(-1), [30, 100]);
  two.push(...slots("4"));
  voices.attach(two);
  assert.deepEqual(told.at(-1), [30, 100, 100], "more slots keep what is known of the others");
  voices.attach(slots("2", "3"));
  assert.deepEqual(told.at(-1), [100, 100], "of a new connection nothing is known yet");
  voices.carry([carries("3", "bo")]);
  assert.deepEqual(told.at(-1), [100, 30]);
});

test("nobody is louder than they are", () => {
  const voices = new Voices(() => {});
  for (const [asked, got] of [[140, 100], [-1, 0], [55, 55]]) {
    voices.setVolume("ana", asked);
    assert.equal(voices.volume("ana"), got);
  }
  assert.equal(voices.volume("bo"), 100);
});
