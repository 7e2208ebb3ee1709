import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ROOM = "codecs";
const ofAna = { portrait: portraits.ana, picture: { width: 1280, height: 720, counter: true } };
const watcher = { portrait: portraits.bo, camera: false };

for (const { codec, mode } of [
  { codec: "H264", mode: "" },
  { codec: "VP9", mode: "L3T3_KEY" },
  { codec: "VP9", mode: "L3T3" },
  { codec: "AV1", mode: "L3T3" },
]) {
  story(`a camera in ${codec}, ${mode || "three encodings"}: each tile gets the height it asks for, and the picture goes on`, async (stage) => {
    const ana = await stage.join("ana", ROOM, { ...ofAna, prefers: { codec, mode } });
    const bo = await stage.join("bo", ROOM, { ...watcher, prefers: { codec, mode: "" } });
    for (const height of [720, 180, 360, 720, 180]) {
      await bo.looksAt("ana", { height });
      await bo.seesLines("ana", height);
      await bo.sees("ana");
    }
    const { local } = await ana.statistics();
    const camera = local.find(({ source }) => source === "camera");
    assert.match(camera?.codec ?? "", new RegExp(codec, "i"));
    assert.equal(camera?.encodings.length, mode ? 1 : 3);
    const { remote } = await bo.statistics();
    assert.match(remote.find(({ kind }) => kind === "video")?.codec ?? "", new RegExp(codec, "i"));
  });
}
