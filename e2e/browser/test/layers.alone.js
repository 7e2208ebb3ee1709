import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ROOM = "layers";
const ofAna = { portrait: portraits.ana, picture: { width: 1280, height: 720, counter: true } };
const watcher = { portrait: portraits.bo, camera: false };

/** Waits until somebody is sent this layer of ana, and no less than they want. @param {import("../support/member.js").Member} member @param {string} layer */
function isSent(member, layer) {
  return member.until((/** @type {string} */ layer) => {
    const view = /** @type {any} */ (window).client.room.remoteView("ana", "camera");
    return view.layer === layer && view.reduced === undefined;
  }, layer, `to be sent ${layer}`);
}

story("a camera's three layers are sent while somebody looks at each, and not a moment longer than that", async (stage) => {
  const ana = await stage.join("ana", ROOM, ofAna);
  const bo = await stage.join("bo", ROOM, watcher);
  await bo.looksAt("ana", { height: 720 });
  await bo.sees("ana");
  await ana.sends("f");

  await bo.looksAt("ana", { height: 180 });
  await bo.seesLines("ana", 180);
  await bo.sees("ana");
  await ana.sends("q");

  const eve = await stage.join("eve", ROOM, watcher);
  const fay = await stage.join("fay", ROOM, watcher);
  await eve.looksAt("ana", { height: 360 });
  await fay.looksAt("ana", { height: 720 });
  await eve.seesLines("ana", 360);
  await fay.seesLines("ana", 720);
  await ana.sends("q", "h", "f");
  await Promise.all([bo.sees("ana"), eve.sees("ana"), fay.sees("ana")]);
  await Promise.all([isSent(bo, "q"), isSent(eve, "h"), isSent(fay, "f")]);

  await Promise.all([bo, eve, fay].map((each) => each.looksAwayFrom("ana")));
  await ana.sends();
  await bo.looksAt("ana", { height: 360 });
  await bo.sees("ana");
  await bo.seesLines("ana", 360);
  await ana.sends("h");
});

story("a small camera sends its whole picture beside the smaller one", async (stage) => {
  const ana = await stage.join("ana", ROOM, { ...ofAna, picture: { width: 640, height: 360, counter: true } });
  const bo = await stage.join("bo", ROOM, watcher);
  const eve = await stage.join("eve", ROOM, watcher);
  await bo.looksAt("ana", { height: 720 });
  await eve.looksAt("ana", { height: 90 });
  await bo.seesLines("ana", 360);
  await eve.seesLines("ana", 180);
  await ana.sends("q", "h");
  await Promise.all([bo.sees("ana"), eve.sees("ana")]);
  await isSent(bo, "h");
});
