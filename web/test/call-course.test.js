import assert from "node:assert/strict";
import test from "node:test";
import { courseOf } from "../static/app/call-course.js";

const person = (userID, state, more = {}) => ({ userID, state, answeredAt: 0, intervals: [], ...more });
const stay = (enteredAt, leftAt, reason = 0) => ({ enteredAt, leftAt, reason });
const told = (record) => courseOf({ inviter: "ana", createdAt: 10, endedAt: 90, ...record }).map(({ at, what, userID }) => `${at} ${what} ${userID}`.trim());

test("how a call went is told in its order", () => {
  const participants = [
    person("ana", "caller", { intervals: [stay(11, 80)] }),
    person("bo", "accepted", { answeredAt: 19, intervals: [stay(20, 40, 1), stay(50, 90)] }),
    person("cy", "rejected", { answeredAt: 15 }),
    person("di", "timedOut"),
  ];
  assert.deepEqual(told({ participants }), [
    "10 called ana", "11 joined ana", "15 declined cy", "20 joined bo", "40 lost bo", "50 joined bo", "80 left ana", "90 left bo", "90 timedOut di", "90 ended",
  ]);
});

test("a call that goes on has no end", () => {
  assert.deepEqual(told({ endedAt: 0, participants: [person("ana", "caller", { intervals: [stay(11, 0)] })] }), ["10 called ana", "11 joined ana"]);
});
