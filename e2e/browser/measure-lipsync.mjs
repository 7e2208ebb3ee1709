/**
 * How far sound and picture of somebody are apart, where their picture takes
 * longer than their sound: a page claps, with a flash and a beep at the same
 * moment, and another one at the other end of a relay that delays the RTP of
 * video alone says when each came.
 *
 *     npm ci && node measure-lipsync.mjs [--target direct,callsvc,livekit] [--delays 0,250] [--settle 30] [--seconds 20]
 *
 * "direct" is a PeerConnection from page to page, with no server and no relay: what the browsers and the measurement
 * itself make of it. "livekit" is the server of --livekit PATH, or of $LIVEKIT_SERVER.
 *
 * Seen is when the browser expects to display the frame (requestVideoFrameCallback); heard is when the first sample
 * of the beep, as it comes out of the jitter buffer for being played, leaves an AudioWorklet by the clock of its output.
 * "by the browser" is what its statistics say of the same: the difference of the two estimatedPlayoutTimestamps.
 */
import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { clapper, observeClaps } from "./support/clapper.js";
import { DirectMember } from "./support/direct.js";
import { compare, playoutDifference } from "./support/lipsync.js";
import { LiveKitMember, LiveKitServer } from "./support/livekit.js";
import { Member } from "./support/member.js";
import { isVideo } from "./support/path.js";
import { portraits } from "./support/portraits.js";
import { Relay, hideAddresses } from "./support/relay.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "callsvc" },
    livekit: { type: "string", default: process.env.LIVEKIT_SERVER ?? "" },
    delays: { type: "string", default: "0,250" },
    settle: { type: "string", default: "30" },
    seconds: { type: "string", default: "20" },
  },
});
const [settle, seconds] = [Number(values.settle), Number(values.seconds)];

const FPS = 30;

/** @typedef {{home: import("playwright-core").BrowserContext, far: import("playwright-core").BrowserContext}} Contexts */

/**
 * What is measured: how bo, who lives behind the relay, comes to see and hear ana.
 *
 * @typedef {object} Target
 * @property {() => Promise<Server | LiveKitServer>} start
 * @property {(contexts: Contexts, url: string, relay: Relay) => Promise<Member>} meet returns bo
 */
/** @type {Record<string, Target>} */
const targets = {
  callsvc: {
    start: () => Server.start(),
    meet: async ({ home, far }, url, relay) => {
      await Member.enter(home, { userID: "ana", url, room: "r" });
      const bo = await Member.enter(far, { userID: "bo", url: relay.url, room: "r", camera: false });
      await bo.looksAt("ana", { height: 360 });
      return bo;
    },
  },
  livekit: {
    start: () => LiveKitServer.start(values.livekit),
    meet: async ({ home, far }, url, relay) => {
      await LiveKitMember.enter(home, { userID: "ana", url, room: "r", lines: 360, fps: FPS });
      return LiveKitMember.enter(far, { userID: "bo", url: relay.url, room: "r", camera: false, lines: 360, fps: FPS });
    },
  },
  direct: {
    start: () => Server.start(), // of the pages
    meet: async ({ home, far }, url) => {
      const [ana, bo] = await Promise.all([DirectMember.enter(home, { userID: "ana", url }), DirectMember.enter(far, { userID: "bo", url })]);
      await ana.sendsTo(bo);
      return bo;
    },
  },
};

/** @param {string} name @param {number} delayMs of the picture */
async function measure(name, delayMs) {
  const { start, meet } = /** @type {Target} */ (targets[name]);
  const server = await start();
  const relay = await Relay.start(server);
  const browsers = await Promise.all([portraits.ana, portraits.bo].map((portrait) => launch({ portrait })));
  try {
    const [home, far] = /** @type {[any, any]} */ (await Promise.all(browsers.map((browser) => browser.newContext({ permissions: ["camera", "microphone"] }))));
    await home.addInitScript(clapper.script, clapper.arg);
    if (name !== "direct") await far.addInitScript(hideAddresses);
    const bo = await meet({ home, far }, server.url, relay);
    await bo.seesLines("ana", 360);
    const soundTypes = await bo.page.evaluate(() => /** @type {any} */ (window).probe.soundTypes());
    relay.down.detourMs = (datagram) => (isVideo(datagram, soundTypes) ? delayMs : 0);
    await bo.page.evaluate(observeClaps, "[data-testid=tile-ana]");
    const told = [];
    for (let second = 0; second < settle + seconds; second++) {
      await pass(1000);
      told.push(await bo.page.evaluate(playoutDifference));
    }
    report(`${name}, picture ${delayMs} ms later`, compare(await bo.page.evaluate(() => /** @type {any} */ (window).claps)), told);
  } finally {
    for (const browser of browsers) await browser.close();
    await relay.close();
    await server.stop();
  }
}

/** @param {string} title @param {number[]} differences of each clap @param {(number | null)[]} told each second */
function report(title, differences, told) {
  const settled = differences.slice(Math.floor((differences.length * settle) / (settle + seconds)));
  const line = (/** @type {(number | null)[]} */ all) => all.map((each) => (each === null ? "?" : Math.round(each))).join(" ");
  const sorted = settled.toSorted((a, b) => a - b);
  console.log(`${title}: after ${settle} s ${Math.round(sorted[sorted.length >> 1] ?? NaN)} ms (median), ` +
    `${Math.round(sorted[0] ?? NaN)} to ${Math.round(sorted.at(-1) ?? NaN)} ms of ${settled.length}`);
  console.log(`  seen after heard, each clap: ${line(differences)}`);
  console.log(`  by the browser, each second: ${line(told)}`);
}

for (const delayMs of values.delays.split(",").map(Number)) {
  for (const name of values.target.split(",")) if (name !== "direct" || delayMs === 0) await measure(name, delayMs);
}
