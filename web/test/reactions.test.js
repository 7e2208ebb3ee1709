import assert from "node:assert/strict";
import test from "node:test";
import { ShownReactions, SHOWN_MS } from "../static/components/reactions.js";

const of = (userID, reaction = "👍") => ({ userID, reaction });

test("a reaction is seen for a while, and the newest of somebody is theirs", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let changes = 0;
  const shown = new ShownReactions(() => changes++);
  shown.add([of("bo"), of("cy", "🎉")]);
  t.mock.timers.tick(SHOWN_MS / 2);
  shown.add([of("bo", "❤️")]);
  assert.deepEqual([shown.of("bo"), shown.of("cy"), shown.of("dee")], ["❤️", "🎉", ""]);
  t.mock.timers.tick(SHOWN_MS / 2);
  assert.deepEqual(shown.all.map(({ userID, reaction }) => [userID, reaction]), [["bo", "❤️"]]);
  t.mock.timers.tick(SHOWN_MS / 2);
  assert.deepEqual([shown.all, shown.of("bo"), changes], [[], "", 4]);
});

test("many at once are as good as more, and each keeps its own id", () => {
  const shown = new ShownReactions(() => {});
  shown.add(Array.from({ length: 50 }, (_, i) => of(`p${i}`)));
  assert.equal(shown.all.length, 24);
  assert.equal(shown.all.at(-1)?.userID, "p49");
  assert.equal(new Set(shown.all.map(({ id }) => id)).size, 24);
});
