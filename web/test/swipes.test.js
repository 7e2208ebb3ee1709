import assert from "node:assert/strict";
import test from "node:test";
import { watchSwipes } from "../static/components/swipes.js";

/** What a finger does: where it comes down, where it goes up, and what comes of it. */
const fingers = [
  { name: "to the left, which is on", from: [300, 400], to: [120, 410], want: [1] },
  { name: "to the right, which is back", from: [100, 400], to: [260, 380], want: [-1] },
  { name: "a tap that trembled", from: [100, 400], to: [130, 402], want: [] },
  { name: "down the page", from: [100, 400], to: [40, 600], want: [] },
  { name: "a mouse, which has buttons", from: [300, 400], to: [100, 400], pointerType: "mouse", want: [] },
];

/** @param {EventTarget} host */
function press(host) {
  return (/** @type {string} */ name, [clientX, clientY], more = {}) =>
    host.dispatchEvent(Object.assign(new Event(name), { pointerType: "touch", pointerId: 1, isPrimary: true, clientX, clientY, ...more }));
}

/** A host, and what was swiped over it. */
function setUp() {
  const host = new EventTarget();
  const swiped = [];
  const stop = watchSwipes(host, (by) => swiped.push(by));
  return { event: press(host), swiped, stop };
}

for (const { name, from, to, pointerType = "touch", want } of fingers) {
  test(`a finger goes ${name}`, () => {
    const { event, swiped } = setUp();
    event("pointerdown", from, { pointerType });
    event("pointerup", to, { pointerType });
    assert.deepEqual(swiped, want);
  });
}

test("two fingers pinch, and what the browser took for scrolling is no swipe", () => {
  const { event, swiped, stop } = setUp();
  event("pointerdown", [300, 400]);
  event("pointerdown", [100, 400], { pointerId: 2, isPrimary: false });
  event("pointerup", [100, 400]);
  event("pointerup", [300, 400], { pointerId: 2, isPrimary: false });
  event("pointerdown", [300, 400]);
  event("pointercancel", [200, 400]);
  event("pointerup", [100, 400]);
  assert.deepEqual(swiped, []);
  stop();
  event("pointerdown", [300, 400]);
  event("pointerup", [100, 400]);
  assert.deepEqual(swiped, []);
});
