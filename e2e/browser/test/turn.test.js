import assert from "node:assert/strict";
import { certificate } from "../support/certificate.js";
import { portraits } from "../support/portraits.js";
import { freeUDPPort } from "../support/server.js";
import { story } from "../support/story.js";

const { flags, args } = certificate();

/** Everything by TCP goes to the one port of the page. @param {number} port */
const onePort = async (port) => [
  ...flags, "--turn-domain", "localhost", "--turn-udp-port", String(await freeUDPPort()),
  "--tcp-port", String(port), "--turn-tcp-port", String(port), "--turn-tls-port", String(port),
];

for (const { way, url, protocol } of [
  { way: "UDP", url: "turn:.*transport=udp", protocol: "udp" },
  { way: "TCP, on the page's own port", url: "turn:.*transport=tcp", protocol: "tcp" },
  { way: "TLS, on the page's own port", url: "turns:.*transport=tcp", protocol: "tls" },
]) {
  story(`two whose networks let out nothing but TURN over ${way} see and hear each other`, async (stage) => {
    const [ana, bo] = [await enter(stage, "ana", url), await enter(stage, "bo", url)];
    await ana.dial("bo");
    await bo.press("Accept");
    await Promise.all([ana.sees("bo"), bo.sees("ana"), ana.hears("bo"), bo.hears("ana")]);
    for (const person of [ana, bo]) assert.deepEqual(await path(person), { type: "relay", protocol });
    await bo.press("Hang up");
    await ana.comesTo("ended");
  }, { flags: onePort });
}

story("one whose network lets out nothing but the page's port gets through by ICE over TCP", async (stage) => {
  const [ana, bo] = [await enter(stage, "ana", "none"), await enter(stage, "bo", "none")];
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  for (const person of [ana, bo]) assert.deepEqual(await path(person), { type: "tcp", protocol: "" });
}, { flags: onePort });

/**
 * Lets somebody in whose PeerConnections have one way out.
 *
 * @param {import("../support/story.js").Stage} stage
 * @param {string} userID
 * @param {string} url of the TURN server, a pattern; "none": TCP without TURN
 */
function enter(stage, userID, url) {
  const portrait = portraits[/** @type {"ana" | "bo"} */ (userID)];
  return stage.enter(userID, { portrait, args }, { before: { script: confine, arg: url } });
}

/** Confines the page's PeerConnections. Runs in the page. @param {string} pattern */
function confine(pattern) {
  const Native = RTCPeerConnection;
  const none = pattern === "none";
  window.RTCPeerConnection = class extends Native {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration = {}) {
      const iceServers = (configuration.iceServers ?? [])
        .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => new RegExp(pattern).test(url)) }))
        .filter(({ urls }) => urls.length > 0);
      super({ ...configuration, iceServers, iceTransportPolicy: none ? "all" : "relay" });
    }

    get localDescription() {
      const own = super.localDescription;
      return own && new RTCSessionDescription({ type: own.type, sdp: withoutUDP(own.sdp) });
    }

    /** @param {RTCSessionDescriptionInit} description */
    setRemoteDescription({ type, sdp = "" }) {
      return super.setRemoteDescription({ type, sdp: withoutUDP(sdp) });
    }
  };
  /** @param {string} sdp */
  function withoutUDP(sdp) {
    return none ? sdp.replace(/a=candidate:\S+ \d+ udp .*\r\n/g, "") : sdp;
  }
}

/** The path media take. @param {import("../support/person.js").Person} person */
function path(person) {
  return person.page.evaluate(async () => {
    const all = await /** @type {any} */ (window).probe.stats();
    const of = (/** @type {string} */ id) => all.find((/** @type {any} */ report) => report.id === id);
    const transport = all.find((/** @type {any} */ { type }) => type === "transport");
    const local = of(of(transport.selectedCandidatePairId).localCandidateId);
    return { type: local.candidateType === "relay" ? "relay" : local.protocol, protocol: local.relayProtocol ?? "" };
  });
}
