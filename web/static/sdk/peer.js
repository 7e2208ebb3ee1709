import { preferred, preferredForSound, VIDEO_CODECS } from "./codecs.js";
import { Emitter } from "./emitter.js";
import { Sending } from "./sending.js";
import { withSoundRepair } from "./sound-repair.js";
import { withStartBitrate } from "./start-bitrate.js";

/**
 * @typedef {import("./wire.js").Source} Source
 * @typedef {"new" | "connecting" | "connected" | "disconnected" | "failed" | "closed"} TransportState
 *
 * @typedef {object} PeerEvents
 * @property {TransportState} state the media transport's state has changed
 *
 * @typedef {object} ReceiveSlot what comes in one recvonly m-line
 * @property {RTCRtpTransceiver} line
 * @property {MediaStream} stream
 *
 * @typedef {object} Lines how many m-lines there should be
 * @property {number} voices
 * @property {number} pictures
 * @property {Source[]} sources what is sent
 */

const GATHERING_CAP_MS = 250;

/**
 * The one PeerConnection of a room. This side always offers, with all its
 * sending lines and its receive slots, and devices come into their lines later
 * (replaceTrack), so that the offer waits for nobody.
 *
 * @extends {Emitter<PeerEvents>}
 */
export class Peer extends Emitter {
  /** Where voices come in. The i-th is of whom the i-th picture shows. @type {ReceiveSlot[]} */
  voices = [];
  /** Where pictures come in. @type {ReceiveSlot[]} */
  pictures = [];

  #platform;
  #codecs;
  #pc;
  /** @type {Map<Source, Sending>} */
  #sending = new Map();
  /** @type {Promise<void> | null} */
  #offered = null;

  /**
   * @param {import("./platform.js").Platform} platform
   * @param {object} options
   * @param {import("./wire.js").ICEServer[]} options.iceServers
   * @param {readonly import("./codecs.js").VideoCodec[]} [options.codecs] of its video lines, the one that is sent first
   */
  constructor(platform, { iceServers, codecs = VIDEO_CODECS }) {
    super();
    this.#platform = platform;
    this.#codecs = codecs;
    const pc = platform.createPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#pc = pc;
    pc.onconnectionstatechange = () => this.emit("state", pc.connectionState);
  }

  /** @returns {TransportState} */
  get state() {
    return this.#pc.connectionState;
  }

  /** Names the sending lines; their mids exist once offer() is done. */
  get send() {
    return [...this.#sending.values()].map(({ mid, source }) => ({ mid, source }));
  }

  /**
   * Makes the lines that are missing; they come to life with the next offer.
   * There are never fewer afterwards.
   *
   * @param {Lines} lines
   * @returns {boolean} whether any was missing
   */
  extend({ voices, pictures, sources }) {
    const fresh = sources.filter((source) => !this.#sending.has(source));
    const more = { voices: voices - this.voices.length, pictures: pictures - this.pictures.length };
    for (const source of fresh) {
      const sending = new Sending(this.#pc, source);
      this.#sending.set(source, sending);
      if (isVideo(source)) this.#preferVideo([sending.transceiver], this.#codecs.slice(0, 1));
      else this.#preferAudio([sending.transceiver], source === "mic");
    }
    this.voices.push(...this.#receive("audio", more.voices));
    this.pictures.push(...this.#receive("video", more.pictures));
    return fresh.length > 0 || more.voices > 0 || more.pictures > 0;
  }

  /**
   * The offer, with whatever candidates there are by now. May be called long
   * before it is needed: the second call gives the same offer at once.
   *
   * @returns {Promise<string>} SDP
   */
  async offer() {
    this.#offered ??= this.#describe({});
    await this.#offered;
    return this.#sdp();
  }

  /**
   * A new offer. With iceRestart it opens the transport afresh; media goes on
   * meanwhile where it still can.
   *
   * @param {{iceRestart: boolean}} options
   * @returns {Promise<string>} SDP
   */
  async offerAgain(options) {
    await this.#describe(options);
    return this.#sdp();
  }

  /** @param {string} sdp */
  async answer(sdp) {
    const camera = this.#sending.get("camera")?.mid ?? "";
    await this.#pc.setRemoteDescription({ type: "answer", sdp: withStartBitrate(sdp, camera) });
    await Promise.all([...this.#sending.values()].map((sending) => sending.negotiated()));
  }

  /**
   * Other servers to reach the media server by, from the next ICE restart on.
   *
   * @param {import("./wire.js").ICEServer[]} iceServers
   */
  useServers(iceServers) {
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  /**
   * Puts a track into its source's line, or takes it out. Without a line there is nothing to do.
   *
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(source, track) {
    try {
      await this.#sending.get(source)?.setTrack(track);
    } catch (thrown) {
      if (this.#pc.connectionState !== "closed") throw thrown;
    }
  }

  /**
   * What the server wants of the lines.
   *
   * @param {import("./wire.js").SenderWanted[]} wanted
   */
  async want(wanted) {
    const all = [...this.#sending.values()];
    await Promise.all(wanted.map((each) => all.find(({ mid }) => mid === each.mid)?.want(each)));
  }

  /** What the browser has measured. */
  getStats() {
    return this.#pc.getStats();
  }

  close() {
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  /** @param {RTCOfferOptions} options */
  async #describe(options) {
    const pc = this.#pc;
    const { type, sdp = "" } = await pc.createOffer(options);
    try {
      await pc.setLocalDescription({ type, sdp: withSoundRepair(sdp) });
    } catch {
      await pc.setLocalDescription({ type, sdp }); // browsers need not take another offer than theirs (RFC 9429 section 5.9)
    }
    if (this.#platform.waitsForCandidates()) await gathered(pc);
  }

  #sdp() {
    return this.#pc.localDescription?.sdp ?? "";
  }

  /**
   * @param {"audio" | "video"} kind
   * @param {number} count none if it is not above 0
   * @returns {ReceiveSlot[]}
   */
  #receive(kind, count) {
    const lines = Array.from({ length: Math.max(0, count) }, () => this.#pc.addTransceiver(kind, { direction: "recvonly" }));
    if (kind === "video") this.#preferVideo(lines, this.#codecs);
    else this.#preferAudio(lines, false);
    return lines.map((line) => ({ line, stream: this.#platform.createStream([line.receiver.track]) }));
  }

  /** @param {RTCRtpTransceiver[]} lines @param {readonly import("./codecs.js").VideoCodec[]} codecs */
  #preferVideo(lines, codecs) {
    prefer(lines, preferred(this.#platform.codecs("video"), codecs));
  }

  /**
   * A microphone sends each packet twice: that costs some 40 kbit/s, and of ten
   * words in a hundred that the way up loses one is left. Browsers take it for
   * what the answer names first, and do not change it without another offer.
   *
   * @param {RTCRtpTransceiver[]} lines
   * @param {boolean} repeated
   */
  #preferAudio(lines, repeated) {
    prefer(lines, preferredForSound(this.#platform.codecs("audio"), repeated));
  }
}

/** Nothing where a browser has none of them. @param {RTCRtpTransceiver[]} lines @param {RTCRtpCodec[]} list */
function prefer(lines, list) {
  if (list.length === 0) return;
  for (const line of lines) line.setCodecPreferences?.(list);
}

/** @param {Source} source */
function isVideo(source) {
  return source === "camera" || source === "screen";
}

/**
 * Waits until all candidates are known, but not for ever.
 *
 * @param {RTCPeerConnection} pc
 * @returns {Promise<void>}
 */
function gathered(pc) {
  return new Promise((resolve) => {
    if (pc.iceGatheringState === "complete") return resolve();
    const timer = setTimeout(resolve, GATHERING_CAP_MS);
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
