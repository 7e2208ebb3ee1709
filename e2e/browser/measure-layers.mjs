/**
 * How long it takes from asking for another height until a frame of the new
 * layer is on the screen, and from looking again at somebody whose camera was
 * switched off meanwhile: two Chromium pages with the SDK and the real server.
 *
 *     npm ci && node measure-layers.mjs [--rounds 20]
 *
 * Nothing else should run on the machine.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { Member } from "./support/member.js";
import { portraits } from "./support/portraits.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
const rounds = Number(values.rounds);

const server = await Server.start();
const sender = await launch({ portrait: portraits.ana, picture: { width: 1280, height: 720, counter: true } });
const viewer = await launch({ portrait: portraits.bo });
try {
  const who = { url: server.url, room: "measure" };
  const ana = await Member.enter(await sender.newContext(), { ...who, userID: "ana" });
  const bo = await Member.enter(await viewer.newContext(), { ...who, userID: "bo", camera: false });
  await bo.looksAt("ana", { height: 720 });
  await bo.seesLines("ana", 720);
  /** @type {Record<string, number[]>} */
  const took = { "to a layer that is on": [], "to a layer that is off": [], "and back at once": [], "from nothing, all layers off": [] };
  for (let round = 0; round < rounds; round++) {
    await settled(); // twice a second is as often as a publisher is asked for keyframes
    took["to a layer that is off"]?.push(await look(bo, 180));
    await settled();
    took["to a layer that is on"]?.push(await look(bo, 720)); // it is kept for three seconds
    took["and back at once"]?.push(await look(bo, 180));
    await bo.looksAt("ana", { height: 720 });
    await bo.seesLines("ana", 720);
    await ana.sends("f");
    await bo.looksAwayFrom("ana");
    await ana.sends();
    await settled(); // for half a second the server still replays what came last
    took["from nothing, all layers off"]?.push(await look(bo, 720));
    await ana.sends("f");
  }
  for (const [what, times] of Object.entries(took)) report(what, times);
} finally {
  await Promise.all([sender.close(), viewer.close()]);
  await server.stop();
}

/** A second or so, at different phases of the camera. */
function settled() {
  return new Promise((resolve) => setTimeout(resolve, 1000 + 67 * Math.random()));
}

/** @param {Member} member @param {number} height @returns {Promise<number>} milliseconds until a frame of that height is presented */
function look(member, height) {
  return member.page.evaluate((height) => new Promise((resolve) => {
    const { client } = /** @type {any} */ (window);
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("[data-testid=tile-ana]"));
    const began = performance.now();
    const frame = (/** @type {number} */ now, /** @type {VideoFrameCallbackMetadata} */ { height: lines, receiveTime = 0 }) => {
      if (lines === height && receiveTime >= began) resolve(now - began);
      else video.requestVideoFrameCallback(frame);
    };
    client.room.startRemoteView("ana", "camera", video, { height });
    video.requestVideoFrameCallback(frame);
  }), height);
}

/** @param {string} what @param {number[]} times */
function report(what, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
  console.log(`${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms, n=${times.length}, load ${loadavg()[0]?.toFixed(1)}`);
}
