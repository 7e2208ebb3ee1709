/**
 * How long it takes from pressing Accept to the first frame of the other one's
 * picture on the screen, between two Chromium processes and the real server.
 *
 *     npm ci && node measure-connect.mjs [--calls 20] [--rtt 0] [--timeline]
 *
 * --calls N     so many calls, one after another, after one that is not counted
 * --rtt MS      all TCP and all media of both go through a relay that holds each packet for half of that
 * --timeline    also says what happened when, as medians over the calls
 *
 * The time is that between the page's own marks: callsvc:accept is set in the
 * handler of the click, callsvc:first-remote-frame when the browser presents the
 * frame (requestVideoFrameCallback). Nothing else should run on the machine.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { launch } from "./support/browsers.js";
import { Person } from "./support/person.js";
import { portraits } from "./support/portraits.js";
import { Relay, hideAddresses } from "./support/relay.js";
import { Server } from "./support/server.js";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "20" },
    rtt: { type: "string", default: "0" },
    timeline: { type: "boolean", default: false },
  },
});
const calls = Number(values.calls);
const rtt = Number(values.rtt);
const PICTURE = { width: 640, height: 360, counter: true };

const server = await Server.start();
const browsers = [];
const relays = [];

/** @param {"ana" | "bo"} userID */
async function enter(userID) {
  const browser = await launch({ portrait: portraits[userID], picture: PICTURE });
  browsers.push(browser);
  let url = server.url;
  if (rtt > 0) {
    const relay = await Relay.start(server, { delayMs: rtt / 2 });
    relays.push(relay);
    url = relay.url;
  }
  const context = await browser.newContext({ viewport: { width: 900, height: 640 }, permissions: ["camera", "microphone"] });
  if (rtt > 0) await context.addInitScript(hideAddresses);
  if (values.timeline) await context.addInitScript(markEverything);
  return Person.enter(context, { userID, url });
}

const ana = await enter("ana");
const bo = await enter("bo");
/** @type {number[]} */
const times = [];
/** @type {number[]} */
const trips = [];
/** @type {Map<string, number[]>} */
const timeline = new Map();

for (let call = 0; call <= calls; call++) {
  const { connect, marks, trip } = await once();
  if (call === 0) continue;
  trips.push(trip);
  times.push(connect);
  for (const [name, at] of marks) timeline.set(name, [...(timeline.get(name) ?? []), at]);
}

const sorted = times.toSorted((a, b) => a - b);
const quantile = (/** @type {number} */ q) => Math.round(sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? NaN);
console.log(`accept to first frame, n=${calls}, rtt ${rtt} ms, load ${loadavg()[0]?.toFixed(1)}:`);
console.log(`p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms, min ${quantile(0)} ms, max ${quantile(1)} ms`);
console.log(`round trip as bo's ICE measured it: ${Math.min(...trips)} to ${Math.max(...trips)} ms`);
if (Math.min(...trips) < rtt) throw new Error("media found a way past the relay");
console.log(`all: ${times.map(Math.round).join(" ")}`);
if (values.timeline) {
  const median = (/** @type {number[]} */ all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
  const rows = [...timeline].map(([name, all]) => ({ name, at: median(all), seen: all.length })).toSorted((a, b) => a.at - b.at);
  for (const { name, at, seen } of rows) console.log(`${at.toFixed(0).padStart(6)} ms  ${name}${seen < calls ? ` (${seen} of ${calls})` : ""}`);
}

for (const browser of browsers) await browser.close();
for (const relay of relays) await relay.close();
await server.stop();

/** One call. @returns {Promise<{connect: number, marks: [string, number][], trip: number}>} */
async function once() {
  await bo.page.evaluate(() => performance.clearMarks());
  await ana.dial("bo");
  await bo.comesTo("ringing");
  await bo.page.locator(".incoming-preview").waitFor();
  await bo.press("Accept");
  await bo.page.waitForFunction(() => performance.getEntriesByName("callsvc:first-remote-frame").length > 0);
  const marks = await bo.page.evaluate(() => {
    const start = performance.getEntriesByName("callsvc:accept")[0]?.startTime ?? NaN;
    const last = performance.getEntriesByName("callsvc:first-remote-frame")[0]?.startTime ?? NaN;
    /** @type {Map<string, number>} */
    const first = new Map();
    for (const { name, startTime } of performance.getEntriesByType("mark")) {
      if (startTime >= start && startTime <= last && !first.has(name)) first.set(name, startTime - start);
    }
    return [...first];
  });
  await ana.comesTo("connected");
  const trip = await bo.roundTrip();
  await ana.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  await Promise.all([ana.closesCard(), bo.closesCard()]);
  return { connect: new Map(marks).get("callsvc:first-remote-frame") ?? NaN, marks, trip };
}

/** Marks what goes over the socket and how the transport comes up; runs in the page. */
function markEverything() {
  const mark = (/** @type {string} */ name) => void performance.mark(name);
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (frame) {
    const { id, method } = JSON.parse(String(frame));
    mark(`> ${method}`);
    asked.set(id, method);
    send.call(this, frame);
  };
  /** @type {Map<number, string>} */
  const asked = new Map();
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    /** @param {string} url @param {string} [protocol] */
    constructor(url, protocol) {
      super(url, protocol);
      this.addEventListener("message", ({ data }) => {
        const { id, method } = JSON.parse(String(data));
        mark(method ? `< ${method}` : `< answer to ${asked.get(id)}`);
      });
    }
  };
  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativeConnection {
    /** @param {RTCConfiguration} [config] */
    constructor(config) {
      super(config);
      mark("PeerConnection made");
      this.addEventListener("iceconnectionstatechange", () => mark(`ICE ${this.iceConnectionState}`));
      this.addEventListener("connectionstatechange", () => mark(`connection ${this.connectionState}`));
      this.addEventListener("track", ({ track }) => track.addEventListener("unmute", () => mark(`${track.kind} unmuted`)));
    }
    /** @param {any[]} args */
    async setRemoteDescription(...args) {
      mark("setRemoteDescription");
      await /** @type {any} */ (super.setRemoteDescription)(...args);
      mark("setRemoteDescription done");
    }
  };
}
