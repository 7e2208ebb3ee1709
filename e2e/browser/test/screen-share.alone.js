import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ROOM = "review";
const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** Shares as a click would; the browser's fake screen is 1280 by 720 and beeps. @param {import("../support/member.js").Member} member */
const share = (member) => member.page.evaluate(() => /** @type {any} */ (window).client.room.startScreenCapture({ audio: true }));
/** @param {import("../support/member.js").Member} member */
const lines = (member) => member.page.evaluate(async () => (await /** @type {any} */ (window).client.room.getStatistics()).local.map((/** @type {any} */ { source }) => source));
/** @param {import("../support/member.js").Member} member @param {string} userID @param {boolean} available */
const told = (member, userID, available) => member.until(
  (/** @type {any[]} */ [userID, available]) => {
    const last = (/** @type {any} */ (window).told.onUserSubStreamAvailable ?? []).findLast((/** @type {any} */ event) => event.userID === userID);
    return last?.available === available;
  },
  [userID, available],
  `to be told that ${userID}'s screen is ${available ? "" : "not "}there`,
);
/** A screen's pictures come, and its sound. @param {import("../support/member.js").Member} member @param {string} userID */
const follows = (member, userID) => member.until(
  async (/** @type {string} */ userID) => {
    const { remote } = await /** @type {any} */ (window).client.room.getStatistics();
    const of = (/** @type {string} */ stream) => remote.find((/** @type {any} */ each) => each.userID === userID && each.stream === stream);
    return of("screen")?.fps > 0 && of("screenAudio")?.bitrate > 0;
  },
  userID,
  `to follow ${userID}'s screen and its sound`,
);

story("a screen is shared with its sound beside the camera, stopped, and shared again", async (stage) => {
  const ana = await stage.join("ana", ROOM, ofAna);
  const bo = await stage.join("bo", ROOM, ofBo);
  await bo.looksAt("ana", { height: 180 });
  await bo.looksAt("ana", { height: 720, stream: "screen" });
  await bo.sees("ana");

  assert.equal(await share(ana), true);
  await told(bo, "ana", true);
  await bo.seesLines("ana", 720, "screen");
  await follows(bo, "ana");
  await bo.sees("ana");
  assert.deepEqual(await lines(ana), ["mic", "camera", "screen", "screenAudio"]);

  await ana.page.evaluate(() => /** @type {any} */ (window).client.room.stopScreenCapture());
  await told(bo, "ana", false);
  assert.equal(await share(ana), true);
  await told(bo, "ana", true);
  await follows(bo, "ana");
  const offered = await ana.page.evaluate(() => /** @type {any} */ (window).probe.stats().then((/** @type {any[]} */ all) => all.filter(({ type, kind }) => type === "outbound-rtp" && kind === "audio").length));
  assert.equal(offered, 2, "its lines are used again");

  // As the browser's own bar does.
  await ana.page.evaluate(() => /** @type {any} */ (window).client.room.media.track("screen").dispatchEvent(new Event("ended")));
  await told(bo, "ana", false);
  assert.deepEqual((await ana.told("onScreenCaptureStopped")).map(({ reason }) => reason), [0, 1]);
});

story("two share at once, and one who has neither camera nor microphone sees both", async (stage) => {
  const ana = await stage.join("ana", ROOM, ofAna);
  const bo = await stage.join("bo", ROOM, ofBo);
  const eve = await stage.join("eve", ROOM, { ...ofBo, camera: false });
  await Promise.all([share(ana), share(bo)]);
  for (const userID of ["ana", "bo"]) await eve.looksAt(userID, { height: 360, stream: "screen" });
  for (const userID of ["ana", "bo"]) await follows(eve, userID);
});

story("who refuses to share is told so, and shares later", async (stage) => {
  const ana = await stage.join("ana", ROOM, { ...ofAna });
  const refused = await ana.page.evaluate(async () => {
    const { room } = /** @type {any} */ (window).client;
    const real = navigator.mediaDevices.getDisplayMedia;
    navigator.mediaDevices.getDisplayMedia = () => Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
    const shared = await room.startScreenCapture();
    navigator.mediaDevices.getDisplayMedia = real;
    return [shared, room.media.fault("screen")];
  });
  assert.deepEqual(refused, [false, "denied"]);
  assert.equal(await share(ana), true);
  await ana.until(async () => (await /** @type {any} */ (window).client.room.getStatistics()).local.some((/** @type {any} */ { source, bitrate }) => source === "screen" && bitrate > 0), null, "to send a screen");
});
