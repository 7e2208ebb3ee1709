import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ROOM = "bad-network";
const PACKETS = 500;

story("a voice arrives whole though its way up loses a tenth of all packets", async (stage) => {
  const bad = await stage.relay();
  await stage.join("ana", ROOM, { portrait: portraits.ana, camera: false, via: bad });
  const bo = await stage.join("bo", ROOM, { portrait: portraits.bo, camera: false });
  await bo.hears("ana");

  bad.up.loss = 0.1;
  const [before, carried] = [await bo.sound(), bad.up.carried];
  await bo.hasReceived(before.received + PACKETS);
  const after = await bo.sound();
  const onTheWay = bad.up.lost / (bad.up.carried - carried);
  const missing = (after.lost - before.lost) / (after.received - before.received);
  assert.ok(onTheWay > 0.05, `only ${(100 * onTheWay).toFixed(1)} % were lost on the way`);
  assert.ok(missing < onTheWay / 3, `${(100 * missing).toFixed(1)} % are missing where ${(100 * onTheWay).toFixed(1)} % were lost on the way`);
});
