import { adjust, encodingsOf, wantedAtFirst } from "./encodings.js";

/** @typedef {import("./wire.js").Source} Source */

/**
 * The m-line one source is sent in. Tracks come and go in it; which of its
 * encodings run, and how fast, follows what the server wants.
 */
export class Sending {
  /** What it carries. @type {Source} */
  source;

  #transceiver;
  /** @type {import("./wire.js").SenderWanted} */
  #wanted;
  #busy = false;
  #again = false;

  /**
   * @param {RTCPeerConnection} pc
   * @param {Source} source
   */
  constructor(pc, source) {
    this.source = source;
    this.#wanted = wantedAtFirst(source);
    const kind = source === "camera" || source === "screen" ? "video" : "audio";
    this.#transceiver = pc.addTransceiver(kind, { direction: "sendonly", sendEncodings: encodingsOf(source) });
  }

  get transceiver() {
    return this.#transceiver;
  }

  /** Empty before the first offer. */
  get mid() {
    return this.#transceiver.mid ?? "";
  }

  /**
   * Puts a track into the line, or takes it out.
   *
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(track) {
    await this.#transceiver.sender.replaceTrack(track);
    if (track) await this.#apply();
  }

  /**
   * What the server wants of it from now on.
   *
   * @param {import("./wire.js").SenderWanted} wanted
   */
  async want(wanted) {
    this.#wanted = wanted;
    await this.#apply();
  }

  /** An answer has been taken: what could not be set before may be now, and what it set by itself is put right. */
  async negotiated() {
    await this.#apply();
  }

  /**
   * One change at a time, since a sender's parameters are only good for one
   * setParameters(); the last wish holds.
   */
  async #apply() {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#change();
      }
    } finally {
      this.#busy = false;
    }
  }

  async #change() {
    const { sender } = this.#transceiver;
    const parameters = sender.getParameters();
    if (!this.#edit(parameters)) return;
    try {
      await sender.setParameters(parameters);
    } catch (thrown) {
      // In the middle of a negotiation: negotiated() tries again. Of a closed PeerConnection: nobody minds.
      if (!(thrown instanceof DOMException && thrown.name === "InvalidStateError")) throw thrown;
    }
  }

  /** @param {RTCRtpSendParameters} parameters @returns {boolean} whether anything is different now */
  #edit(parameters) {
    const changed = adjust(parameters, this.source, this.#wanted, this.#transceiver.sender.track?.getSettings());
    if (this.source !== "screen" || parameters.degradationPreference === "maintain-resolution") return changed;
    parameters.degradationPreference = "maintain-resolution"; // rather fewer frames than fewer pixels
    return true;
  }
}
