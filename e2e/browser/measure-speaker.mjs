/**
 * How long it takes from somebody's first sound until their picture is the one
 * on the stage, in a meeting of three Chromium pages of which each follows
 * who speaks, and how much of that is the server's decision that they do.
 *
 *     npm ci && node measure-speaker.mjs [--turns 40] [--long 12] [--pause 400]
 *
 * --turns N   so many changes of the speaker while the others are thumbnails: the large layer of the new one may be off
 * --long N    so many while only the speaker is looked at, and so long that all layers of the other are off
 * --pause MS  between two who speak. Below 300 ms the server waits for whether the one before was only drawing breath
 *
 * A turn begins when the page raises the gain of its tone. Nothing else should run on the machine.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { Member } from "./support/member.js";
import { portraits } from "./support/portraits.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({ options: { turns: { type: "string", default: "40" }, long: { type: "string", default: "12" }, pause: { type: "string", default: "400" } } });
const PICTURE = { width: 960, height: 540, counter: true };
const TALKING_MS = 1_200;
const LONG_MS = 4_500; // an encoding nobody looks at is off after three seconds

/** @typedef {{decided: number, told: number, first: number, large: number}} Turn Unix milliseconds */

let taken = 0;
const server = await Server.start();
const browsers = await Promise.all([portraits.ana, portraits.bo, portraits.bo].map((portrait) => launch({ portrait, picture: PICTURE })));
try {
  const [ana, bo, eve] = await Promise.all(["ana", "bo", "eve"].map(enter));
  if (!ana || !bo || !eve) throw new Error("three should be here");
  const people = [ana, bo, eve];
  for (const each of people) await each.page.evaluate(follow, people.map(({ userID }) => userID));
  await eve.sees("ana");
  await eve.sees("bo");
  report("with thumbnails of the others", await take(Number(values.turns), TALKING_MS));
  for (const each of people) await each.page.evaluate(() => /** @type {any} */ (window).alone());
  for (const quiet of [ana, bo]) await quiet.page.evaluate(() => /** @type {any} */ (window).lookAtNobody());
  report("the speaker alone, after all layers were off", await take(Number(values.long), LONG_MS));
  for (const { complaints } of people) for (const complaint of complaints) console.error(complaint);

  /** Ana and bo speak by turns. @param {number} turns @param {number} talking */
  async function take(turns, talking) {
    if (!ana || !bo || !eve) throw new Error("three should be here");
    const all = [];
    for (let i = 0; i <= turns; i++) {
      const speaker = taken++ % 2 ? ana : bo;
      await eve.page.evaluate((userID) => void /** @type {any} */ (window).expect(userID), speaker.userID);
      const onset = await speaker.page.evaluate(() => /** @type {any} */ (window).speak(true));
      const turn = /** @type {Turn} */ (await eve.page.evaluate(() => /** @type {any} */ (window).turn));
      await pause(talking + (i * 97) % 300);
      await speaker.page.evaluate(() => /** @type {any} */ (window).speak(false));
      await pause(Number(values.pause));
      if (i > 0) all.push({ onset, ...turn }); // the first has nobody before it
    }
    return all;
  }
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server.stop();
}

/** @param {string} userID @param {number} i */
async function enter(userID, i) {
  const context = await /** @type {import("playwright-core").Browser} */ (browsers[i]).newContext();
  await context.addInitScript(microphone);
  return Member.enter(context, { userID, url: server.url, room: "stage", camera: userID !== "eve" });
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs in each page, before its own scripts: the microphone is a tone that can be switched on and off. */
function microphone() {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const now = () => performance.timeOrigin + performance.now();
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { type: "sawtooth", frequency: 220 });
    const gain = new GainNode(context, { gain: 0 });
    const mic = new MediaStreamAudioDestinationNode(context);
    tone.connect(gain).connect(mic);
    tone.start();
    /** @type {any} */ (window).speak = (/** @type {boolean} */ on) => ((gain.gain.value = on ? 0.4 : 0), now());
    const pictures = constraints?.video ? (await open({ video: constraints.video })).getTracks() : [];
    return new MediaStream([...(constraints?.audio ? mic.stream.getAudioTracks() : []), ...pictures]);
  };
}

/** Runs in each page: whoever speaks is large, the others are small. @param {string[]} everybody */
function follow(everybody) {
  const { client, look, lookAway } = /** @type {any} */ (window);
  const others = everybody.filter((userID) => userID !== client.connection.userID && userID !== "eve");
  const heights = { stage: 540, strip: 135 };
  const PATIENCE_MS = 10_000;
  const now = () => performance.timeOrigin + performance.now();
  let small = true;
  let staged = "";
  /** @type {((turn: Turn) => void) | undefined} */
  let done;
  let expected = "";
  client.room.on("onActiveSpeakerChanged", (/** @type {{userID: string, at: number}} */ { userID, at }) => {
    if (!others.includes(userID)) return;
    const told = now();
    if (staged !== userID) {
      if (staged && !small) lookAway(staged, "camera");
      if (staged && small) look(staged, "camera", heights.strip);
      look(userID, "camera", heights.stage);
      staged = userID;
    }
    if (userID === expected) void watch(userID, { decided: at, told, first: 0, large: 0 });
  });
  const watch = (/** @type {string} */ userID, /** @type {Turn} */ turn) => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector(`[data-testid=tile-${userID}]`));
    const frame = (/** @type {number} */ _, /** @type {VideoFrameCallbackMetadata} */ { height, presentationTime, receiveTime = 0 }) => {
      const at = performance.timeOrigin + presentationTime;
      if (performance.timeOrigin + receiveTime >= turn.told) turn.first ||= at;
      if (height < heights.stage) return void video.requestVideoFrameCallback(frame);
      turn.large = at;
      done?.(turn);
    };
    video.requestVideoFrameCallback(frame);
  };
  const show = () => {
    for (const userID of others) if (small || userID === staged) look(userID, "camera", userID === staged ? heights.stage : heights.strip);
  };
  Object.assign(window, {
    expect: (/** @type {string} */ userID) => {
      expected = userID;
      const turn = new Promise((resolve, reject) => {
        done = resolve;
        setTimeout(() => reject(new Error(`${userID} was not seen to speak`)), PATIENCE_MS);
      });
      Object.assign(window, { turn });
    },
    alone: () => {
      small = false;
      for (const userID of others) if (userID !== staged) lookAway(userID, "camera");
    },
    lookAtNobody: () => {
      for (const userID of others.splice(0)) lookAway(userID, "camera");
    },
  });
  show();
}

/** @param {string} what @param {(Turn & {onset: number})[]} turns */
function report(what, turns) {
  const line = (/** @type {string} */ name, /** @type {(turn: Turn & {onset: number}) => number} */ of) => {
    const sorted = turns.map(of).sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => Math.round(sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN);
    console.log(`  ${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, slowest ${at(1)} ms; over 250 ms: ${sorted.filter((ms) => ms > 250).length}`);
  };
  console.log(`${what}, ${turns.length} turns, load ${loadavg()[0]?.toFixed(1)}`);
  line("first sound → the server's decision", ({ onset, decided }) => decided - onset);
  line("decision → their picture", ({ decided, first }) => first - decided);
  line("decision → their large picture", ({ decided, large }) => large - decided);
  line("first sound → their picture", ({ onset, first }) => first - onset);
  line("first sound → their large picture", ({ onset, large }) => large - onset);
}
