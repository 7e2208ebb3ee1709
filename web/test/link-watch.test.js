import assert from "node:assert/strict";
import test from "node:test";
import { LinkWatch } from "../static/components/link-watch.js";
import { Emitter } from "../static/sdk/emitter.js";

/** @typedef {[number, string | null, string]} Step how many seconds pass, what happens then, and what is said a moment later */

/** @type {{name: string, steps: Step[]}[]} */
const stories = [
  { name: "media comes about, and there is nothing to say", steps: [[0, "onEnterRoom", ""], [1, "onMediaConnected", ""], [60, null, ""]] },
  { name: "media has no way out of here", steps: [[0, "onEnterRoom", ""], [7, null, ""], [1, null, "late"], [8, "onConnectionLost", "late"], [11, null, "gone"], [1, "onMediaConnected", "gone"], [0, "onConnectionRecovery", "back"]] },
  { name: "the network is gone for a moment", steps: [[0, "onEnterRoom", ""], [1, "onMediaConnected", ""], [9, "onConnectionLost", "lost"], [2, "onConnectionRecovery", "back"], [4, null, ""]] },
  { name: "the network is gone for long", steps: [[0, "onEnterRoom", ""], [1, "onMediaConnected", ""], [9, "onConnectionLost", "lost"], [1, "lost", "lost"], [9, null, "gone"], [60, "welcome", "gone"], [1, "onConnectionRecovery", "back"], [4, null, ""]] },
  { name: "the server is gone, and media with it no more than that", steps: [[0, "onEnterRoom", ""], [1, "onMediaConnected", ""], [9, "lost", "offline"], [10, null, "gone"], [1, "welcome", "back"], [4, null, ""]] },
  { name: "a session is lost, and the room is entered again", steps: [[0, "onEnterRoom", ""], [1, "onMediaConnected", ""], [1, "onConnectionLost", "lost"], [2, "onEnterRoom", "lost"], [1, "onConnectionRecovery", "back"]] },
];
for (const { name, steps } of stories) {
  test(name, (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const room = new Emitter();
    const connection = new Emitter();
    let changes = 0;
    const link = new LinkWatch(room, connection, () => changes++);
    for (const [seconds, event, want] of steps) {
      t.mock.timers.tick(seconds * 1000);
      if (event) (event === "lost" || event === "welcome" ? connection : room).emit(event, null);
      assert.equal(link.news(), want, `${event ?? "nothing"} after ${seconds} s more`);
    }
    assert.ok(changes >= steps.filter(([, event]) => event).length - 1);
    link.forget();
    assert.equal(link.news(), "", "what comes next begins anew");
  });
}
