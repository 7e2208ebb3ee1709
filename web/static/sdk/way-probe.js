import { randomID } from "./requests.js";

/**
 * A way that media may take to the server: straight, or by its TURN server.
 *
 * @typedef {"udp" | "tcp" | "turnUDP" | "turnTCP" | "turnTLS"} Way
 *
 * @typedef {object} WayReport
 * @property {Way} way
 * @property {"open" | "blocked" | "notOffered"} result whether media gets through by it; this server may not have it
 * @property {number} rttMs there and back, as ICE measured; 0 if it is not open
 * @property {string} address where the server is to be reached by it, as "192.0.2.1:7882"; empty if it is not offered
 */

/** All ways, the better ones first. @type {readonly Way[]} */
export const WAYS = Object.freeze(["udp", "tcp", "turnUDP", "turnTCP", "turnTLS"]);

/** Media that is not there by then does not come. */
const PATIENCE_MS = 10_000;
/** How long a browser may gather candidates that the server has to know of. */
const GATHERING_MS = 1_000;

/** What leads to a TURN server by it; nothing does to the server itself. @type {Readonly<Record<Way, RegExp | null>>} */
const TURN_URLS = Object.freeze({ udp: null, tcp: null, turnUDP: /^turn:(?!.*transport=tcp)/, turnTCP: /^turn:.*transport=tcp/, turnTLS: /^turns:/ });

/**
 * Tries one way: goes into an empty meeting of its own by that way alone, sends
 * nothing, and leaves. What comes about is a transport like that of a call, to
 * the same ports.
 *
 * @param {Way} way
 * @param {object} by
 * @param {import("./connection.js").Connection} by.connection
 * @param {import("./platform.js").Platform} by.platform
 * @param {readonly import("./wire.js").ICEServer[]} by.iceServers
 * @returns {Promise<WayReport>} rejected with a CallError where the server lets nobody make a meeting
 */
export async function tryWay(way, { connection, platform, iceServers }) {
  const turn = TURN_URLS[way];
  const servers = turn ? iceServers.map((server) => ({ ...server, urls: server.urls.filter((url) => turn.test(url)) })).filter(({ urls }) => urls.length > 0) : [];
  const [server] = servers;
  if (turn && !server) return { way, result: "notOffered", rttMs: 0, address: "" };
  const pc = platform.createPeerConnection({ iceServers: servers, iceTransportPolicy: turn ? "relay" : "all", bundlePolicy: "max-bundle" });
  const roomID = `check-${randomID()}`;
  let inside = false;
  try {
    pc.addTransceiver("audio", { direction: "recvonly" });
    await pc.setLocalDescription(await pc.createOffer());
    if (platform.waitsForCandidates()) await gathered(pc);
    const only = (/** @type {string} */ sdp) => (turn ? sdp : onlyBy(way, sdp));
    const { answer = "" } = await connection.request("room.enter", { roomID, scene: "meeting", offer: only(pc.localDescription?.sdp ?? "") });
    inside = true;
    const address = turn ? String(server?.urls[0]).replace(/^turns?:|\?.*/g, "") : addressIn(only(answer));
    if (!address) return { way, result: "notOffered", rttMs: 0, address };
    const up = connected(pc);
    await pc.setRemoteDescription({ type: "answer", sdp: only(answer) });
    return (await up) ? { way, result: "open", rttMs: await roundTrip(pc), address } : { way, result: "blocked", rttMs: 0, address };
  } finally {
    pc.close();
    if (inside) await connection.request("room.exit", { roomID });
  }
}

/** A description with the candidates of one transport. @param {Way} way @param {string} sdp */
function onlyBy(way, sdp) {
  return sdp.replace(/^a=candidate:\S+ \d+ (\S+) .*\r?\n/gm, (line, /** @type {string} */ transport) => (transport.toLowerCase() === way ? line : ""));
}

/** Where the first candidate is; empty without one. @param {string} sdp */
function addressIn(sdp) {
  const [, address = "", port = ""] = /^a=candidate:\S+ \d+ \S+ \d+ (\S+) (\d+)/m.exec(sdp) ?? [];
  return address && `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** Whether the transport comes up while one has patience. @param {RTCPeerConnection} pc @returns {Promise<boolean>} */
function connected(pc) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS, false);
    pc.onconnectionstatechange = () => {
      const { connectionState: state } = pc;
      if (state !== "connected" && state !== "failed") return;
      clearTimeout(timer);
      resolve(state === "connected");
    };
  });
}

/** Waits for all candidates, but not for ever. @param {RTCPeerConnection} pc @returns {Promise<void>} */
function gathered(pc) {
  return new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") return resolve();
    const timer = setTimeout(resolve, GATHERING_MS);
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Milliseconds there and back, on the pair in use. @param {RTCPeerConnection} pc */
async function roundTrip(pc) {
  const reports = await pc.getStats();
  let seconds = 0;
  reports.forEach((report) => {
    if (report.type !== "transport") return;
    seconds = reports.get(report.selectedCandidatePairId)?.currentRoundTripTime ?? 0;
  });
  return Math.round(seconds * 1000);
}
