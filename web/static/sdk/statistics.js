/**
 * What a PeerConnection measures, as figures for people: rates instead of
 * sums, and whose stream it is.
 *
 * @typedef {import("./wire.js").Source} Source
 *
 * @typedef {object} Statistics of the time since getStatistics() was asked last; rates in bit/s, shares from 0 to 1
 * @property {TransportStatistics} transport
 * @property {SentStatistics[]} local what is sent
 * @property {ReceivedStatistics[]} remote what comes in
 *
 * @typedef {object} TransportStatistics
 * @property {"udp" | "tcp" | "relay" | ""} path the way to the server: straight, or by a TURN server; empty before there is one
 * @property {string} relayProtocol with "relay": how the TURN server is reached, "udp", "tcp" or "tls"
 * @property {number} rttMs
 * @property {number} availableOutgoingBitrate what the browser believes the way up can take; 0 if it does not say
 * @property {number} sendBitrate
 * @property {number} receiveBitrate
 *
 * @typedef {object} SentStatistics
 * @property {Source} source
 * @property {string} codec such as "VP8"
 * @property {number} bitrate
 * @property {number} loss
 * @property {number} jitterMs
 * @property {number} rttMs
 * @property {EncodingStatistics[]} encodings one of a stream without layers
 *
 * @typedef {object} EncodingStatistics
 * @property {string} rid empty without layers
 * @property {boolean} active
 * @property {number} width
 * @property {number} height
 * @property {number} fps
 * @property {number} bitrate
 * @property {string} limitedBy "bandwidth", "cpu" or "other"; empty: nothing
 *
 * @typedef {object} ReceivedStatistics
 * @property {string} mid
 * @property {string} userID empty: nobody's now
 * @property {Source | ""} stream
 * @property {"audio" | "video"} kind
 * @property {string} layer that the server sends
 * @property {string} codec
 * @property {number} width
 * @property {number} height
 * @property {number} fps
 * @property {number} bitrate
 * @property {number} loss
 * @property {number} jitterMs
 * @property {number} bufferMs how long a frame waits to be played
 * @property {number} freezes
 * @property {number} frozenMs
 * @property {number} concealment share of the sound that was made up for what was lost
 *
 * @typedef {object} Known what the browser cannot know
 * @property {{mid: string, source: Source}[]} send
 * @property {import("./wire.js").Slot[]} slots
 */

/** @typedef {Record<string, number | string | boolean | undefined> & {id: string, type: string, timestamp: number}} Raw one entry of getStats() */

/** Turns one report after the other into figures. */
export class StatisticsMeter {
  /** @type {Map<string, Raw>} */
  #before = new Map();

  /**
   * @param {RTCStatsReport} report
   * @param {Known} known
   * @returns {Statistics}
   */
  measure(report, { send, slots }) {
    /** @type {Map<string, Raw>} */
    const now = new Map();
    report.forEach((/** @type {Raw} */ entry) => now.set(entry.id, entry));
    const reading = new Reading(now, this.#before);
    this.#before = now;
    return {
      transport: transport(reading),
      local: send.flatMap(({ mid, source }) => sent(reading, mid, source)),
      remote: reading.all("inbound-rtp").map((entry) => received(reading, entry, slots.find(({ mid }) => mid === entry["mid"]))),
    };
  }
}

/** Two reports, the later one to be read in the light of the earlier. */
class Reading {
  #now;
  #before;

  /** @param {Map<string, Raw>} now @param {Map<string, Raw>} before */
  constructor(now, before) {
    this.#now = now;
    this.#before = before;
  }

  /** @param {string} type */
  all(type) {
    return [...this.#now.values()].filter((entry) => entry.type === type);
  }

  /** The entry another names. @param {Raw | undefined} entry @param {string} member */
  named(entry, member) {
    return this.#now.get(String(entry?.[member]));
  }

  /** How much a sum has grown since the last report, or since it began. @param {Raw | undefined} entry @param {string} sum */
  growth(entry, sum) {
    if (!entry) return 0;
    return Math.max(0, num(entry, sum) - num(this.#before.get(entry.id), sum));
  }

  /** Growth a second. @param {Raw | undefined} entry @param {string} sum */
  rate(entry, sum) {
    const before = entry && this.#before.get(entry.id);
    if (!before || entry.timestamp <= before.timestamp) return 0;
    return (this.growth(entry, sum) * 1000) / (entry.timestamp - before.timestamp);
  }

  /** Bits a second of a sum of bytes. @param {Raw | undefined} entry @param {string} bytes */
  bitrate(entry, bytes) {
    return Math.round(8 * this.rate(entry, bytes));
  }

  /** @param {Raw} entry */
  codec(entry) {
    const [, name = ""] = text(this.named(entry, "codecId"), "mimeType").split("/");
    return name;
  }
}

/** @param {Reading} reading @returns {TransportStatistics} */
function transport(reading) {
  const pairs = reading.all("candidate-pair");
  const chosen = reading.named(reading.all("transport")[0], "selectedCandidatePairId");
  const pair = chosen ?? pairs.find((each) => each["selected"] ?? (each["nominated"] && each["state"] === "succeeded"));
  const local = reading.named(pair, "localCandidateId");
  const relayed = text(local, "candidateType") === "relay";
  const protocol = text(local, "protocol") === "tcp" ? "tcp" : "udp";
  return {
    path: !local ? "" : relayed ? "relay" : protocol,
    relayProtocol: relayed ? text(local, "relayProtocol") : "",
    rttMs: milliseconds(pair, "currentRoundTripTime"),
    availableOutgoingBitrate: Math.round(num(pair, "availableOutgoingBitrate")),
    sendBitrate: reading.bitrate(pair, "bytesSent"),
    receiveBitrate: reading.bitrate(pair, "bytesReceived"),
  };
}

/** @param {Reading} reading @param {string} mid @param {Source} source @returns {SentStatistics[]} none of what is not sent */
function sent(reading, mid, source) {
  const layers = reading.all("outbound-rtp").filter((each) => each["mid"] === mid);
  const [first] = layers;
  if (!first) return [];
  const heard = layers.map((layer) => reading.all("remote-inbound-rtp").find((each) => each["localId"] === layer.id));
  const encodings = layers.map((layer) => encoding(reading, layer));
  return [{
    source,
    codec: layers.map((layer) => reading.codec(layer)).find(Boolean) ?? "",
    bitrate: encodings.reduce((sum, { bitrate }) => sum + bitrate, 0),
    loss: Math.max(...heard.map((each) => num(each, "fractionLost"))),
    jitterMs: Math.max(...heard.map((each) => milliseconds(each, "jitter"))),
    rttMs: Math.max(...heard.map((each) => milliseconds(each, "roundTripTime"))),
    encodings,
  }];
}

/** @param {Reading} reading @param {Raw} layer @returns {EncodingStatistics} */
function encoding(reading, layer) {
  const limit = text(layer, "qualityLimitationReason");
  return {
    rid: text(layer, "rid"),
    active: layer["active"] !== false,
    ...size(layer),
    // Bandwidth is probed with packets sent again; they are no part of the picture.
    bitrate: Math.max(0, reading.bitrate(layer, "bytesSent") - reading.bitrate(layer, "retransmittedBytesSent")),
    limitedBy: limit === "none" ? "" : limit,
  };
}

/** @param {Reading} reading @param {Raw} entry @param {import("./wire.js").Slot | undefined} slot @returns {ReceivedStatistics} */
function received(reading, entry, slot) {
  const lost = reading.growth(entry, "packetsLost");
  const made = reading.growth(entry, "concealedSamples") - reading.growth(entry, "silentConcealedSamples");
  const emitted = reading.growth(entry, "jitterBufferEmittedCount");
  return {
    mid: text(entry, "mid"),
    userID: slot?.userID ?? "",
    stream: slot?.stream ?? "",
    kind: entry["kind"] === "audio" ? "audio" : "video",
    layer: slot?.layer ?? "",
    codec: reading.codec(entry),
    ...size(entry),
    bitrate: reading.bitrate(entry, "bytesReceived"),
    loss: share(lost, lost + reading.growth(entry, "packetsReceived")),
    jitterMs: milliseconds(entry, "jitter"),
    bufferMs: Math.round(1000 * share(reading.growth(entry, "jitterBufferDelay"), emitted)),
    freezes: reading.growth(entry, "freezeCount"),
    frozenMs: Math.round(1000 * reading.growth(entry, "totalFreezesDuration")),
    concealment: share(Math.max(0, made), reading.growth(entry, "totalSamplesReceived")),
  };
}

/** @param {Raw} entry */
function size(entry) {
  return { width: num(entry, "frameWidth"), height: num(entry, "frameHeight"), fps: Math.round(num(entry, "framesPerSecond")) };
}

/** @param {Raw | undefined} entry @param {string} member */
function num(entry, member) {
  const value = entry?.[member];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** @param {Raw | undefined} entry @param {string} member */
function text(entry, member) {
  return String(entry?.[member] ?? "");
}

/** @param {Raw | undefined} entry @param {string} member in seconds */
function milliseconds(entry, member) {
  return Math.round(1000 * num(entry, member));
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  return whole > 0 ? part / whole : 0;
}
