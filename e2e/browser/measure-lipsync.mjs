/**
 * How far sound and picture of somebody are apart, where their picture takes
 * longer than their sound: a page claps, with a flash and a beep at the same
 * moment, and another one at the other end of a relay that delays the RTP of
 * video alone says when each came.
 *
 *     npm ci && node measure-lipsync.mjs [--delays 0,250] [--settle 30] [--seconds 20]
 *
 * Seen is when the browser expects to display the frame (requestVideoFrameCallback); heard is when the first sample
 * of the beep, as it comes out of the jitter buffer for being played, leaves an AudioWorklet by the clock of its output.
 * "by the browser" is what its statistics say of the same: the difference of the two estimatedPlayoutTimestamps.
 */
import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { clapper, observeClaps } from "./support/clapper.js";
import { compare, playoutDifference } from "./support/lipsync.js";
import { Member } from "./support/member.js";
import { isVideo } from "./support/path.js";
import { portraits } from "./support/portraits.js";
import { Relay, hideAddresses } from "./support/relay.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({
  options: {
    delays: { type: "string", default: "0,250" },
    settle: { type: "string", default: "30" },
    seconds: { type: "string", default: "20" },
  },
});
const [settle, seconds] = [Number(values.settle), Number(values.seconds)];

/** @param {number} delayMs of the picture */
async function measure(delayMs) {
  const server = await Server.start();
  const relay = await Relay.start(server);
  const browsers = await Promise.all([portraits.ana, portraits.bo].map((portrait) => launch({ portrait })));
  try {
    const [home, far] = await Promise.all(browsers.map((browser) => browser.newContext({ permissions: ["camera", "microphone"] })));
    await home?.addInitScript(clapper.script, clapper.arg);
    await far?.addInitScript(hideAddresses);
    await Member.enter(home, { userID: "ana", url: server.url, room: "r" });
    const bo = await Member.enter(far, { userID: "bo", url: relay.url, room: "r", camera: false });
    await bo.looksAt("ana", { height: 360 });
    await bo.seesLines("ana", 360);
    const soundTypes = await bo.page.evaluate(() => /** @type {any} */ (window).probe.soundTypes());
    relay.down.detourMs = (datagram) => (isVideo(datagram, soundTypes) ? delayMs : 0);
    await bo.page.evaluate(observeClaps, "[data-testid=tile-ana]");
    const told = [];
    for (let second = 0; second < settle + seconds; second++) {
      await pass(1000);
      told.push(await bo.page.evaluate(playoutDifference));
    }
    report(delayMs, compare(await bo.page.evaluate(() => /** @type {any} */ (window).claps)), told);
  } finally {
    for (const browser of browsers) await browser.close();
    await relay.close();
    await server.stop();
  }
}

/** @param {number} delayMs @param {number[]} differences of each clap @param {(number | null)[]} told each second */
function report(delayMs, differences, told) {
  const settled = differences.slice(Math.floor((differences.length * settle) / (settle + seconds)));
  const line = (/** @type {(number | null)[]} */ all) => all.map((each) => (each === null ? "?" : Math.round(each))).join(" ");
  const sorted = settled.toSorted((a, b) => a - b);
  console.log(`picture ${delayMs} ms later: after ${settle} s ${Math.round(sorted[sorted.length >> 1] ?? NaN)} ms (median), ` +
    `${Math.round(sorted[0] ?? NaN)} to ${Math.round(sorted.at(-1) ?? NaN)} ms of ${settled.length}`);
  console.log(`  seen after heard, each clap: ${line(differences)}`);
  console.log(`  by the browser, each second: ${line(told)}`);
}

for (const delayMs of values.delays.split(",").map(Number)) await measure(delayMs);
