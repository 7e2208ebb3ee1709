/**
 * How long the picture stays away after a network that lost every packet, both
 * ways, for 10 s is back. Two Chromium processes, the second in a network
 * namespace of its own at the other end of a cable; needs root.
 *
 *     npm ci && node measure-recovery.mjs [--times 10] [--seconds 10]
 *
 * The time is that from the end of the loss to the first new frame presented
 * (requestVideoFrameCallback), at the one whose network it was and at the other.
 */
import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { Network } from "./support/network.js";
import { Person } from "./support/person.js";
import { portraits } from "./support/portraits.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({ options: { times: { type: "string", default: "10" }, seconds: { type: "string", default: "10" } } });
const lostMs = Number(values.seconds) * 1000;
const network = await Network.start();
const server = await Server.start({ host: network.host, prefix: network.home });

/** @param {"ana" | "bo"} userID @param {"home" | "abroad"} where */
async function enter(userID, where) {
  const args = [`--unsafely-treat-insecure-origin-as-secure=${server.url}`];
  const browser = await launch({ portrait: portraits[userID], args, executablePath: network.chromium(where) });
  return Person.enter(await browser.newContext({ viewport: { width: 900, height: 640 } }), { userID, url: server.url });
}

const ana = await enter("ana", "home");
const bo = await enter("bo", "abroad");
/** @type {{ana: number[], bo: number[]}} */
const times = { ana: [], bo: [] };

for (let time = 0; time < Number(values.times); time++) {
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  network.lose();
  await pass(lostMs);
  const frames = [ana.nextFrame(), bo.nextFrame()];
  const restoredAt = Date.now();
  network.restore();
  const [hers = NaN, his = NaN] = await Promise.all(frames);
  times.ana.push(Math.round(hers - restoredAt));
  times.bo.push(Math.round(his - restoredAt));
  await ana.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  await Promise.all([ana.closesCard(), bo.closesCard()]);
}
for (const [who, all] of Object.entries(times)) {
  const sorted = all.toSorted((a, b) => a - b);
  console.log(`${who}: p50 ${sorted[Math.floor((sorted.length - 1) / 2)]} ms, max ${sorted.at(-1)} ms (${all.join(" ")})`);
}
const { calls } = await ana.api("/v1/calls");
console.log(`${calls.length} records: ${calls.map((/** @type {any} */ { result }) => result).join(" ")}`);
await Promise.all([ana, bo].map(({ page }) => page.context().browser()?.close()));
await server.stop();
network.close();
