/**
 * How a meeting of two fares where the network of one of them is bad: freezes
 * of the picture, repaired sound, and how long it takes until all is well
 * again. Two Chromium processes, the server, and a relay between it and the one.
 *
 *     npm ci && node measure-networks.mjs [--target callsvc,livekit] [--only "5 % loss"]… [--seconds 20] [--lines 540] [--up] [--trace]
 *
 * What is bad is the way to bo ("down"), who looks at ana; with --up, the way from
 * ana to the server. Of a camera of fewer lines Chromium sends two layers only. The losses are the same in each run.
 *
 * With more than one target each story is told of one after the other. "livekit" is the server of --livekit PATH, or of
 * $LIVEKIT_SERVER, with the npm package livekit-client in the pages, over the very same relay.
 */
import { loadavg } from "node:os";
import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { LiveKitMember, LiveKitServer } from "./support/livekit.js";
import { Member } from "./support/member.js";
import { FPS, portraits } from "./support/portraits.js";
import { Relay, hideAddresses } from "./support/relay.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "callsvc" },
    livekit: { type: "string", default: process.env.LIVEKIT_SERVER ?? "" },
    only: { type: "string", multiple: true },
    seconds: { type: "string", default: "20" },
    up: { type: "boolean", default: false },
    lines: { type: "string", default: "540" },
    trace: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const lines = Number(values.lines);
const PICTURE = { width: (lines * 16) / 9, height: lines, counter: true };

/**
 * @typedef {object} Story
 * @property {string} name
 * @property {number} [loss]
 * @property {number} [delayMs] one way
 * @property {number[]} [steps] Mbit/s, each for as long
 */
/** @type {Story[]} */
const stories = [
  { name: "good" },
  { name: "2 % loss", loss: 0.02 },
  { name: "5 % loss", loss: 0.05 },
  { name: "10 % loss", loss: 0.1 },
  { name: "200 ms round trip", delayMs: 100 },
  { name: "200 ms and 5 % loss", delayMs: 100, loss: 0.05 },
  { name: "3 → 0.3 → 3 Mbit/s", steps: [3, 0.3, 3] },
];

/** What one second of bo's was like. @typedef {Awaited<ReturnType<typeof look>>} Second */

/** @param {Member} bo */
async function look(bo) {
  return bo.page.evaluate(async () => {
    const page = /** @type {any} */ (window);
    const reports = /** @type {any[]} */ (await page.probe.stats());
    const of = (/** @type {string} */ kind) => reports.filter((r) => r.type === "inbound-rtp" && r.kind === kind);
    const sum = (/** @type {any[]} */ all, /** @type {string} */ key) => all.reduce((n, r) => n + (r[key] ?? 0), 0);
    const [video, audio] = [of("video"), of("audio")];
    return {
      frames: sum(video, "framesDecoded"),
      height: Math.max(0, ...video.map((r) => r.frameHeight ?? 0)),
      freezes: sum(video, "freezeCount"),
      frozen: sum(video, "totalFreezesDuration"),
      bytes: sum(video, "bytesReceived"),
      packets: sum([...video, ...audio], "packetsReceived"),
      nacks: sum(video, "nackCount"),
      plis: sum(video, "pliCount"),
      repaired: sum(video, "retransmittedPacketsReceived"),
      concealed: sum(audio, "concealedSamples"),
      silent: sum(audio, "silentConcealedSamples"),
      samples: sum(audio, "totalSamplesReceived"),
      told: page.statistics ?? null,
    };
  });
}

/**
 * What is measured: a server, and how somebody with or without a camera enters its room.
 *
 * @typedef {object} Target
 * @property {() => Promise<Server | LiveKitServer>} start
 * @property {(context: import("playwright-core").BrowserContext, who: {userID: string, url: string, room: string, camera: boolean}) => Promise<Member>} enter
 */
/** @type {Record<string, Target>} */
const targets = {
  callsvc: { start: () => Server.start(), enter: (context, who) => Member.enter(context, who) },
  livekit: {
    start: () => LiveKitServer.start(values.livekit),
    enter: (context, who) => LiveKitMember.enter(context, { ...who, lines, fps: FPS }),
  },
};

/** @param {string} name @param {Story} story */
async function tell(name, story) {
  const target = /** @type {Target} */ (targets[name]);
  const server = await target.start();
  const relay = await Relay.start(server);
  /** @type {import("playwright-core").Browser[]} */
  const browsers = [];
  try {
    const { ana, bo } = await meet(target, server.url, relay, browsers);
    await watch(name, story, relay, bo);
    if (values.trace) for (const { userID, complaints } of [ana, bo]) for (const complaint of complaints) console.error(userID, complaint);
  } finally {
    for (const browser of browsers) await browser.close();
    await relay.close();
    await server.stop();
  }
}

/**
 * Ana, and bo who sees her at her best.
 *
 * @param {Target} target
 * @param {string} home the server's own address
 * @param {Relay} relay
 * @param {import("playwright-core").Browser[]} browsers
 */
async function meet(target, home, relay, browsers) {
  /** @param {"ana" | "bo"} userID @param {boolean} far */
  const enter = async (userID, far) => {
    const browser = await launch({ portrait: portraits[userID], picture: PICTURE });
    browsers.push(browser);
    const context = await browser.newContext({ viewport: { width: 900, height: 640 }, permissions: ["camera", "microphone"] });
    if (far) await context.addInitScript(hideAddresses);
    return target.enter(context, { userID, url: far ? relay.url : home, room: "r", camera: userID === "ana" });
  };
  const ana = await enter("ana", values.up);
  const bo = await enter("bo", !values.up);
  await bo.page.evaluate(() => {
    const page = /** @type {any} */ (window);
    page.client?.room.on("onStatistics", (/** @type {unknown} */ detail) => (page.statistics = detail));
  });
  await bo.looksAt("ana", { height: lines });
  await bo.sees("ana");
  await bo.seesLines("ana", lines);
  return { ana, bo };
}

/** @param {string} name @param {Story} story @param {Relay} relay @param {Member} bo */
async function watch(name, story, relay, bo) {
  const path = values.up ? relay.up : relay.down;
  const other = values.up ? relay.down : relay.up;
  path.loss = story.loss ?? 0;
  path.delayMs = other.delayMs = story.delayMs ?? 0;
  const rows = [await look(bo)];
  const carried = path.carried;
  const steps = story.steps ?? [Infinity];
  for (const rate of steps) {
    path.narrow(rate * 1e6);
    for (let second = 0; second < seconds; second++) {
      await pass(1000);
      rows.push(await look(bo));
      if (values.trace) trace(rows);
    }
  }
  const came = (rows.at(-1)?.packets ?? 0) - (rows[0]?.packets ?? 0);
  if (!values.up && path.carried - carried < came) throw new Error(`${came} packets came, ${path.carried - carried} over the relay`);
  judge(`${story.name} | ${name}`, rows, steps.length);
}

/** @param {Second[]} rows */
function trace(rows) {
  const [before, now] = /** @type {[Second, Second]} */ (rows.slice(-2));
  const { told } = now;
  const down = told ? `estimate ${told.down.estimate} target ${told.down.target} sent ${told.down.bitrate} loss ${told.down.loss.toFixed(3)}` : "";
  console.log(`${rows.length - 1} s: ${now.height} lines, ${now.frames - before.frames} fps, ${(now.bytes - before.bytes) * 8} bit/s, ` +
    `frozen ${(now.frozen - before.frozen).toFixed(1)} s, nacks ${now.nacks - before.nacks}, concealed ${now.concealed - before.concealed} ${down}`);
}

/** @param {string} title @param {Second[]} rows @param {number} steps */
function judge(title, rows, steps) {
  const [first, last] = /** @type {[Second, Second]} */ ([rows[0], rows.at(-1)]);
  const since = (/** @type {Exclude<keyof Second, "told">} */ key) => last[key] - first[key];
  const back = rows.slice(1 + (steps - 1) * seconds).findIndex(({ height }) => height >= first.height);
  const small = rows.filter(({ height }) => height < first.height).length;
  console.log(
    [
      title,
      `${(since("frames") / (rows.length - 1)).toFixed(1)} fps`,
      `${since("freezes")} freezes, ${since("frozen").toFixed(1)} s`,
      `${((100 * (since("concealed") - since("silent"))) / since("samples")).toFixed(2)} % of sound concealed`,
      `${since("nacks")} NACKs, ${since("repaired")} repaired, ${since("plis")} PLIs`,
      `smaller for ${small} s, ${last.height} lines in the end`,
      ...(steps > 1 ? [`back after ${back < 0 ? `more than ${seconds}` : back + 1} s`] : []),
      `load ${loadavg()[0]?.toFixed(1)}`,
    ].join(" | "),
  );
}

for (const story of stories.filter(({ name }) => values.only?.includes(name) ?? true)) {
  for (const name of values.target.split(",")) await tell(name, story);
}
