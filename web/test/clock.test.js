import assert from "node:assert/strict";
import test from "node:test";
import { backoff } from "../static/sdk/backoff.js";
import { ServerClock } from "../static/sdk/clock.js";

test("the answer with the shortest trip is the one believed", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 10_000 });
  const clock = new ServerClock();
  clock.hint(10_000, 15_400); // a one-way guess
  assert.equal(clock.now(), 15_400);
  clock.sample(9_900, 10_000, 14_950); // 100 ms of trip: the server is 5 s ahead
  assert.equal(clock.now(), 15_000);
  clock.sample(9_000, 10_000, 16_000); // a slow one says nothing new
  assert.equal(clock.now(), 15_000);
  clock.hint(10_000, 99_000);
  assert.equal(clock.now(), 15_000);
  clock.sample(9_990, 10_000, 14_997);
  assert.equal(clock.now(), 15_002);
});

test("after a sleep any new answer is better than the old ones", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 10_000 });
  const clock = new ServerClock();
  clock.sample(9_998, 10_000, 10_000);
  clock.expire();
  clock.sample(9_500, 10_000, 20_000);
  assert.equal(clock.now(), 20_250);
});

test("waits grow from almost none to the cap and are never twice the same for all", () => {
  const least = [0, 1, 2, 3, 20].map((attempt) => backoff(attempt, 10_000, () => 0));
  const most = [0, 1, 2, 3, 20].map((attempt) => backoff(attempt, 10_000, () => 0.999));
  assert.deepEqual(least, [0, 125, 250, 500, 5_000]);
  assert.deepEqual(most, [100, 250, 500, 1_000, 9_995]);
  assert.equal(backoff(0, 10_000, () => 0.5, 8_000), 4_000);
  assert.equal(backoff(0, 10_000, () => 0.5, 60_000), 5_000);
});
