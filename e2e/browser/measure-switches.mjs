/**
 * How long it takes from asking for another size of a picture to its first frame
 * on the screen, between two Chromiums and the real server, and whether any frame
 * is broken on the way.
 *
 *     npm ci && node measure-switches.mjs [--switches 200] [--heights 180,360] [--codec VP8] [--mode L3T3_KEY]
 *
 * --switches N  so many changes of a tile's height
 * --heights H…  which, in turn: 180 and 360 are sent in simulcast, 90 as well in three spatial layers
 * --codec NAME  VP8, H264, VP9 or AV1
 * --mode MODE   one scalable stream (W3C Scalable Video Coding) instead of simulcast
 *
 * A frame is whole if the colours of its wall and the number in its head can be
 * read and the number goes on from the last. Nothing else should run on the machine.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { prefer } from "./support/codec.js";
import { Member } from "./support/member.js";
import { portraits } from "./support/portraits.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({
  options: {
    switches: { type: "string", default: "200" },
    codec: { type: "string", default: "VP8" },
    mode: { type: "string", default: "" },
    heights: { type: "string", default: "180,360" },
  },
});
const ROOM = "layers";
const PICTURE = { width: 640, height: 360, counter: true };

const server = await Server.start();
const browsers = await Promise.all([portraits.ana, portraits.bo].map((portrait) => launch({ portrait, picture: PICTURE })));

/** @param {number} i @param {string} userID */
async function enter(i, userID) {
  const context = await /** @type {import("playwright-core").Browser} */ (browsers[i]).newContext();
  await context.addInitScript(keepSizes);
  await context.addInitScript(prefer, { codec: values.codec, mode: userID === "ana" ? values.mode : "" });
  return Member.enter(context, { userID, url: server.url, room: ROOM, camera: userID === "ana" });
}

try {
  const ana = await enter(0, "ana");
  const bo = await enter(1, "bo");
  await bo.looksAt("ana", { height: 360 });
  await bo.sees("ana");
  await bo.seesLines("ana", 360);
  const result = await bo.page.evaluate(change, { heights: values.heights.split(",").map(Number), switches: Number(values.switches) });
  const sent = await ana.page.evaluate(() => /** @type {any} */ (window).probe.stats());
  report(result, sent);
  for (const { complaints } of [ana, bo]) for (const complaint of complaints) console.error(complaint);
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server.stop();
}

/** Runs in each page: sizes stay what they are, and all of them are sent, also when the machine is busy. */
function keepSizes() {
  /** @type {Record<string, number>} */
  const modest = { q: 100_000, h: 300_000, f: 600_000 };
  const limit = (/** @type {RTCRtpEncodingParameters} */ each) => (each.rid ? { ...each, maxBitrate: modest[each.rid] } : each);
  const { setParameters } = RTCRtpSender.prototype;
  RTCRtpSender.prototype.setParameters = function (parameters, ...rest) {
    const encodings = parameters.encodings.map(limit);
    return setParameters.call(this, /** @type {any} */ ({ ...parameters, encodings, degradationPreference: "maintain-resolution" }), ...rest);
  };
}

/** Runs in the viewer's page. @param {{heights: number[], switches: number}} options */
async function change({ heights, switches }) {
  const { look, probe } = /** @type {any} */ (window);
  const video = /** @type {HTMLVideoElement} */ (document.querySelector("[data-testid=tile-ana]"));
  /** @type {{height: number, at: number}[]} */
  const frames = [];
  const broken = /** @type {unknown[]} */ ([]);
  /** @type {(() => void) | undefined} */
  let more;
  const watch = (/** @type {number} */ _, /** @type {VideoFrameCallbackMetadata} */ { height, presentationTime }) => {
    video.requestVideoFrameCallback(watch);
    frames.push({ height, at: presentationTime });
    const seen = probe.seen("tile-ana");
    if (seen?.whose !== "ana") broken.push(seen);
    more?.();
  };
  video.requestVideoFrameCallback(watch);
  const inbound = async () => (await probe.stats()).find((/** @type {any} */ s) => s.type === "inbound-rtp" && s.kind === "video" && s.framesDecoded > 0);
  const before = await inbound();
  const times = [];
  const late = [];
  for (let i = 0; i < switches; i++) {
    const height = /** @type {number} */ (heights[i % heights.length]);
    const began = frames.length;
    const asked = performance.now();
    look("ana", "camera", height);
    const found = await new Promise((resolve) => {
      const giveUp = setTimeout(() => resolve(undefined), 3000);
      more = () => {
        const frame = frames.slice(began).find((each) => each.height === height);
        if (!frame) return;
        clearTimeout(giveUp);
        resolve(frame);
      };
    });
    more = undefined;
    if (found) times.push(found.at - asked);
    else late.push({ i, height, shown: video.videoHeight });
    await new Promise((resolve) => setTimeout(resolve, 400 + (i * 97) % 300));
  }
  const gaps = frames.slice(1).map(({ at }, i) => at - /** @type {{at: number}} */ (frames[i]).at);
  return { times, late, gaps, broken, frames: frames.length, before, after: await inbound() };
}

/** @param {any} result @param {any[]} sent */
function report({ times, late, gaps, broken, frames, before, after }, sent) {
  const at = (/** @type {number[]} */ all, /** @type {number} */ share) => Math.round([...all].sort((a, b) => a - b)[Math.min(Math.floor(all.length * share), all.length - 1)] ?? NaN);
  const grown = (/** @type {string} */ name) => (after[name] ?? 0) - (before[name] ?? 0);
  const codec = sent.filter(({ type, mimeType }) => type === "codec" && mimeType?.startsWith("video/")).map(({ mimeType, sdpFmtpLine = "" }) => `${mimeType} ${sdpFmtpLine}`);
  const streams = sent.filter(({ type, kind }) => type === "outbound-rtp" && kind === "video");
  console.log(`codec ${[...new Set(codec)].join(", ")}; sent ${streams.map(({ rid = "", scalabilityMode, keyFramesEncoded }) => `${rid} ${scalabilityMode} ${keyFramesEncoded} keyframes`).join(", ")}`);
  console.log(`${times.length} switches, ms from asking to the first frame: p50 ${at(times, 0.5)}, p95 ${at(times, 0.95)}, slowest ${at(times, 1)}; over 250 ms: ${times.filter((/** @type {number} */ t) => t > 250).length}; never: ${JSON.stringify(late)}`);
  console.log(`${frames} frames, longest gap ${at(gaps, 1)} ms, p99 ${at(gaps, 0.99)} ms; broken ${broken.length} ${JSON.stringify(broken.slice(0, 3))}`);
  console.log(`decoded ${grown("framesDecoded")}, keyframes ${grown("keyFramesDecoded")}, dropped ${grown("framesDropped")}, freezes ${grown("freezeCount")}, PLI ${grown("pliCount")}, NACK ${grown("nackCount")}`);
  console.log(`load average ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);
}
