import assert from "node:assert/strict";
import test from "node:test";
import { networkQuality } from "../static/sdk/network-quality.js";
import { StatisticsMeter } from "../static/sdk/statistics.js";

const report = (timestamp, ...entries) => new Map(entries.map((entry) => [entry.id, { timestamp, ...entry }]));
const known = {
  send: [{ mid: "0", source: "mic" }, { mid: "1", source: "camera" }],
  slots: [{ mid: "3", userID: "bo", stream: "camera", layer: "h" }, { mid: "2", userID: "bo", stream: "mic" }],
};
/** The figures of the second of two reports. */
const figures = (first, second) => {
  const meter = new StatisticsMeter();
  meter.measure(first, known);
  return meter.measure(second, known);
};

const vp8 = { id: "C", type: "codec", mimeType: "video/VP8" };
const layer = (rid, bytesSent, more = {}) => ({ id: `O${rid}`, type: "outbound-rtp", kind: "video", mid: "1", rid, codecId: "C", bytesSent, active: true, ...more });
const picture = (bytesReceived, more = {}) => ({ id: "I3", type: "inbound-rtp", kind: "video", mid: "3", codecId: "C", bytesReceived, ...more });

test("sums become rates of the time between two reports", () => {
  const { local } = figures(
    report(1_000, vp8, layer("h", 10_000), layer("f", 20_000)),
    report(3_000, vp8, layer("h", 10_000, { active: false }), layer("f", 270_000, { frameWidth: 1280, frameHeight: 720, framesPerSecond: 29.97, qualityLimitationReason: "bandwidth" })),
  );
  assert.equal(local.length, 1, "the microphone is not sent");
  const [{ source, codec, bitrate, encodings }] = local;
  assert.deepEqual([source, codec, bitrate], ["camera", "VP8", 1_000_000]);
  assert.deepEqual(encodings, [
    { rid: "h", active: false, width: 0, height: 0, fps: 0, bitrate: 0, limitedBy: "" },
    { rid: "f", active: true, width: 1280, height: 720, fps: 30, bitrate: 1_000_000, limitedBy: "bandwidth" },
  ]);
});

test("what is sent again is not counted twice", () => {
  const [{ bitrate }] = figures(
    report(0, vp8, layer("q", 0, { retransmittedBytesSent: 0 })),
    report(1_000, vp8, layer("q", 100_000, { retransmittedBytesSent: 85_000 })),
  ).local;
  assert.equal(bitrate, 120_000);
});

test("what the other end reports of a stream is taken from its worst layer", () => {
  const [{ loss, rttMs, jitterMs }] = figures(report(1), report(2, vp8, layer("h", 0), layer("f", 0),
    { id: "R1", type: "remote-inbound-rtp", localId: "Oh", fractionLost: 0.01, roundTripTime: 0.05, jitter: 0.002 },
    { id: "R2", type: "remote-inbound-rtp", localId: "Of", fractionLost: 0.04, roundTripTime: 0.06, jitter: 0.001 },
  )).local;
  assert.deepEqual([loss, rttMs, jitterMs], [0.04, 60, 2]);
});

test("a received stream has its user, its layer, and the losses of the interval alone", () => {
  const before = { packetsLost: 90, packetsReceived: 10, freezeCount: 7, totalFreezesDuration: 3, jitterBufferDelay: 10, jitterBufferEmittedCount: 100 };
  const after = { packetsLost: 95, packetsReceived: 105, freezeCount: 8, totalFreezesDuration: 3.4, jitterBufferDelay: 13, jitterBufferEmittedCount: 160, jitter: 0.012 };
  const [bo] = figures(report(0, vp8, picture(0, before)), report(1_000, vp8, picture(62_500, after))).remote;
  assert.deepEqual(bo, {
    mid: "3", userID: "bo", stream: "camera", kind: "video", layer: "h", codec: "VP8",
    width: 0, height: 0, fps: 0, bitrate: 500_000, loss: 0.05, jitterMs: 12, bufferMs: 50, freezes: 1, frozenMs: 400, concealment: 0,
  });
});

test("made-up silence is no concealment that anybody hears", () => {
  const sound = (concealedSamples, silentConcealedSamples, totalSamplesReceived) => ({ id: "I2", type: "inbound-rtp", kind: "audio", mid: "2", concealedSamples, silentConcealedSamples, totalSamplesReceived });
  const [voice] = figures(report(0, sound(0, 0, 0)), report(1_000, sound(6_000, 3_600, 48_000))).remote;
  assert.equal(voice.concealment, 0.05);
  assert.deepEqual([voice.userID, voice.stream], ["bo", "mic"]);
});

test("a slot nobody is in is nobody's", () => {
  const [slot] = figures(report(0), report(1, { id: "I9", type: "inbound-rtp", kind: "video", mid: "9" })).remote;
  assert.deepEqual([slot.userID, slot.stream, slot.bitrate, slot.loss], ["", "", 0, 0]);
});

const way = (candidate) => report(1,
  { id: "T", type: "transport", selectedCandidatePairId: "P2" },
  { id: "P1", type: "candidate-pair", localCandidateId: "L1", nominated: true, state: "succeeded" },
  { id: "P2", type: "candidate-pair", localCandidateId: "L2", currentRoundTripTime: 0.08, availableOutgoingBitrate: 1_234_567.8 },
  { id: "L1", type: "local-candidate", candidateType: "host", protocol: "udp" },
  { id: "L2", type: "local-candidate", ...candidate });

for (const [candidate, path, relayProtocol] of [
  [{ candidateType: "host", protocol: "udp" }, "udp", ""],
  [{ candidateType: "host", protocol: "tcp" }, "tcp", ""],
  [{ candidateType: "relay", protocol: "udp", relayProtocol: "tls" }, "relay", "tls"],
]) {
  test(`the way of ${JSON.stringify(candidate)} is ${path}${relayProtocol && ` by ${relayProtocol}`}`, () => {
    const { transport } = new StatisticsMeter().measure(way(candidate), known);
    assert.deepEqual([transport.path, transport.relayProtocol, transport.rttMs, transport.availableOutgoingBitrate], [path, relayProtocol, 80, 1_234_568]);
  });
}

test("a browser that names no transport says by the pair which was chosen", () => {
  const entries = [{ id: "P", type: "candidate-pair", localCandidateId: "L", nominated: true, state: "succeeded" }, { id: "L", type: "local-candidate", candidateType: "srflx", protocol: "udp" }];
  assert.equal(new StatisticsMeter().measure(report(1, ...entries), known).transport.path, "udp");
  assert.equal(new StatisticsMeter().measure(report(1), known).transport.path, "");
});

for (const [figures, quality] of [[{}, 1], [{ rttMs: 150 }, 2], [{ rttMs: 20, loss: 0.05 }, 3], [{ jitterMs: 240, loss: 0.01 }, 4], [{ loss: 0.5 }, 5]]) {
  test(`a network with ${JSON.stringify(figures)} has grade ${quality}`, () => assert.equal(networkQuality(figures), quality));
}
