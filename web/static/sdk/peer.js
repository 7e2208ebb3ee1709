import { Emitter } from "./emitter.js";

/**
 * @typedef {import("./wire.js").Source} Source
 * @typedef {"new" | "connecting" | "connected" | "disconnected" | "failed" | "closed"} TransportState
 *
 * @typedef {object} PeerEvents
 * @property {TransportState} state the media transport's state has changed
 *
 * @typedef {object} ReceiveSlot a pair: the voice of whoever is shown in its picture comes in its sound
 * @property {RTCRtpTransceiver} audio
 * @property {RTCRtpTransceiver} video
 * @property {MediaStream} audioStream
 * @property {MediaStream} videoStream
 */

const GATHERING_CAP_MS = 250;
const CAMERA_BITS_PER_SECOND = 1_700_000;

/**
 * The one PeerConnection of a room. This side always offers, with all its
 * sending lines and its receive slots, and devices come into their lines later
 * (replaceTrack), so that the offer waits for nobody.
 *
 * @extends {Emitter<PeerEvents>}
 */
export class Peer extends Emitter {
  #platform;
  #pc;
  #mic;
  #camera;
  /** @type {Promise<void> | null} */
  #offered = null;
  /** Grows by addSlots(). @type {ReceiveSlot[]} */
  slots = [];

  /**
   * @param {import("./platform.js").Platform} platform
   * @param {{iceServers: import("./wire.js").ICEServer[], slots: number}} options
   */
  constructor(platform, { iceServers, slots }) {
    super();
    this.#platform = platform;
    const pc = platform.createPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#pc = pc;
    this.#mic = pc.addTransceiver("audio", { direction: "sendonly" });
    this.#camera = pc.addTransceiver("video", {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: CAMERA_BITS_PER_SECOND }],
    });
    this.#preferVP8([this.#camera]);
    this.addSlots(slots);
    pc.onconnectionstatechange = () => this.emit("state", pc.connectionState);
  }

  /** @returns {TransportState} */
  get state() {
    return this.#pc.connectionState;
  }

  /** Names the sending lines; their mids exist once offer() is done. */
  get send() {
    return [
      { mid: this.#mic.mid ?? "", source: /** @type {const} */ ("mic") },
      { mid: this.#camera.mid ?? "", source: /** @type {const} */ ("camera") },
    ];
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
   * Makes more receive slots; they come to life with the next offer.
   *
   * @param {number} count
   */
  addSlots(count) {
    const pc = this.#pc;
    // All voices first, then all pictures: the i-th of each are a pair.
    const audio = Array.from({ length: count }, () => pc.addTransceiver("audio", { direction: "recvonly" }));
    const video = Array.from({ length: count }, () => pc.addTransceiver("video", { direction: "recvonly" }));
    this.#preferVP8(video);
    this.slots.push(...audio.map((line, i) => this.#pair(line, /** @type {RTCRtpTransceiver} */ (video[i]))));
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
  answer(sdp) {
    return this.#pc.setRemoteDescription({ type: "answer", sdp });
  }

  /**
   * Puts a device's track into its sending line, or takes it out.
   *
   * @param {"mic" | "camera"} source
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(source, track) {
    const line = source === "mic" ? this.#mic : this.#camera;
    try {
      await line.sender.replaceTrack(track);
    } catch (thrown) {
      if (this.#pc.connectionState !== "closed") throw thrown;
    }
  }

  close() {
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  /** @param {RTCOfferOptions} options */
  async #describe(options) {
    const pc = this.#pc;
    await pc.setLocalDescription(await pc.createOffer(options));
    if (this.#platform.waitsForCandidates()) await gathered(pc);
  }

  #sdp() {
    return this.#pc.localDescription?.sdp ?? "";
  }

  /**
   * Everyone's pictures are VP8: naming only that keeps the offer a third as long.
   *
   * @param {RTCRtpTransceiver[]} lines
   */
  #preferVP8(lines) {
    const codecs = this.#platform.videoCodecs();
    const vp8 = codecs.filter(({ mimeType }) => /^video\/(vp8|rtx)$/i.test(mimeType));
    if (!vp8.some(({ mimeType }) => /vp8/i.test(mimeType))) return;
    for (const line of lines) line.setCodecPreferences?.(vp8);
  }

  /**
   * @param {RTCRtpTransceiver} audio
   * @param {RTCRtpTransceiver} video
   * @returns {ReceiveSlot}
   */
  #pair(audio, video) {
    return {
      audio,
      video,
      audioStream: this.#platform.createStream([audio.receiver.track]),
      videoStream: this.#platform.createStream([video.receiver.track]),
    };
  }
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
