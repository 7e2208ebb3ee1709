import { Emitter } from "./emitter.js";
import { browser } from "./platform.js";

/**
 * @typedef {"mic" | "camera"} Device
 * @typedef {"denied" | "notFound" | "inUse" | "insecure" | "failed"} DeviceFault why there is no picture or no sound from a device
 *
 * @typedef {object} LocalMediaEvents
 * @property {{source: Device, track: MediaStreamTrack | null}} track what is to be sent has changed
 * @property {{source: Device, fault: DeviceFault}} fault a device could not be opened
 * @property {{source: Device}} unplugged the device went away; the default one is tried next
 * @property {null} change anything that a page may show has changed
 */

/** @type {Record<Device, MediaTrackConstraints>} */
const CONSTRAINTS = {
  mic: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};

/** @type {Record<string, DeviceFault>} */
const FAULTS = {
  NotAllowedError: "denied",
  NotFoundError: "notFound",
  OverconstrainedError: "notFound",
  NotReadableError: "inUse",
  AbortError: "inUse",
  SecurityError: "insecure",
};

/**
 * One's own microphone and camera: which devices, open or not, muted or not.
 * Without any of them a call still works, one way.
 *
 * The microphone's track is kept twice: `monitor` always carries sound, for a
 * level meter and to notice speaking while muted; the clone that is sent is
 * the one that muting silences.
 *
 * @extends {Emitter<LocalMediaEvents>}
 */
export class LocalMedia extends Emitter {
  /** The microphone as it hears, muted or not; null while closed. @type {MediaStreamTrack | null} */
  monitor = null;

  #platform;
  /** @type {Record<Device, MediaStreamTrack | null>} */
  #tracks = { mic: null, camera: null };
  /** @type {Record<Device, string>} */
  #deviceIDs = { mic: "", camera: "" };
  /** @type {Record<Device, DeviceFault | null>} */
  #faults = { mic: null, camera: null };
  /** Counts what was wanted of a device, so that a late answer of the browser is recognised. */
  #wishes = { mic: 0, camera: 0 };
  /** Devices asked for and not yet there. @type {Set<Device>} */
  #opening = new Set();
  #muted = false;

  /** @param {Pick<import("./platform.js").Platform, "getUserMedia">} [platform] */
  constructor(platform = browser) {
    super();
    this.#platform = platform;
  }

  /** True while the microphone is silenced; it may be closed too. */
  get muted() {
    return this.#muted;
  }

  /** @param {Device} source */
  track(source) {
    return this.#tracks[source];
  }

  /** @param {Device} source */
  fault(source) {
    return this.#faults[source];
  }

  /** True while the browser, or the user, has not answered yet. @param {Device} source */
  opening(source) {
    return this.#opening.has(source);
  }

  /** The chosen device's id; empty for the browser's default. @param {Device} source */
  deviceID(source) {
    return this.#deviceIDs[source];
  }

  /**
   * Opens what is not open yet, in one question to the user.
   *
   * @param {{mic?: boolean, camera?: boolean}} wanted
   * @returns {Promise<void>} never rejected: see fault() and the fault event
   */
  async open({ mic = false, camera = false }) {
    /** @type {Device[]} */
    const all = ["mic", "camera"];
    const wanted = { mic, camera };
    const missing = all.filter((source) => wanted[source] && !this.#tracks[source] && !this.#opening.has(source));
    if (missing.length === 0) return;
    const wishes = missing.map((source) => ++this.#wishes[source]);
    missing.forEach((source) => this.#opening.add(source));
    const got = await this.#capture(missing);
    missing.forEach((source, i) => {
      if (this.#wishes[source] !== wishes[i]) return got[i]?.stop(); // closed in the meantime
      this.#opening.delete(source);
      this.#set(source, got[i] ?? null);
    });
  }

  /**
   * Stops a device: its light goes out.
   *
   * @param {Device} source
   */
  close(source) {
    this.#wishes[source]++;
    this.#opening.delete(source);
    this.#faults[source] = null;
    if (this.#tracks[source]) this.#set(source, null);
  }

  /** Stops both and forgets the mute. */
  closeAll() {
    this.close("mic");
    this.close("camera");
    this.#muted = false;
    this.emit("change", null);
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.#muted = muted;
    if (this.#tracks.mic) this.#tracks.mic.enabled = !muted;
    this.emit("change", null);
  }

  /**
   * Chooses a device, now and for the next time it is opened.
   *
   * @param {Device} source
   * @param {string} deviceID empty for the browser's default
   */
  async setDevice(source, deviceID) {
    if (this.#deviceIDs[source] === deviceID) return;
    this.#deviceIDs[source] = deviceID;
    if (!this.#tracks[source] && !this.#opening.has(source)) return;
    this.close(source);
    await this.open({ [source]: true });
  }

  /**
   * Asks for all at once; if that is refused, for each alone, so that a
   * missing camera does not cost the microphone.
   *
   * @param {Device[]} sources
   * @returns {Promise<(MediaStreamTrack | null)[]>} in the order of sources
   */
  async #capture(sources) {
    try {
      const stream = await this.#platform.getUserMedia(this.#constraints(sources));
      const tracks = { mic: stream.getAudioTracks()[0], camera: stream.getVideoTracks()[0] };
      return sources.map((source) => tracks[source] ?? null);
    } catch (thrown) {
      if (sources.length > 1) {
        const each = await Promise.all(sources.map((source) => this.#capture([source])));
        return each.map(([track]) => track ?? null);
      }
      for (const source of sources) this.#fail(source, thrown);
      return [null];
    }
  }

  /** @param {Device[]} sources */
  #constraints(sources) {
    /** @param {Device} source */
    const of = (source) => {
      if (!sources.includes(source)) return false;
      const id = this.#deviceIDs[source];
      return id ? { ...CONSTRAINTS[source], deviceId: { ideal: id } } : CONSTRAINTS[source];
    };
    return { audio: of("mic"), video: of("camera") };
  }

  /**
   * @param {Device} source
   * @param {unknown} thrown
   */
  #fail(source, thrown) {
    const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
    const fault = FAULTS[name] ?? "failed";
    this.#faults[source] = fault;
    this.emit("fault", { source, fault });
  }

  /**
   * @param {Device} source
   * @param {MediaStreamTrack | null} captured
   */
  #set(source, captured) {
    this.#tracks[source]?.stop();
    if (source === "mic") this.monitor?.stop();
    if (captured) {
      this.#faults[source] = null;
      captured.onended = () => void this.#unplugged(source);
    }
    let track = captured;
    if (source === "mic") {
      this.monitor = captured;
      track = captured?.clone() ?? null;
      if (track) track.enabled = !this.#muted;
    }
    this.#tracks[source] = track;
    this.emit("track", { source, track });
    this.emit("change", null);
  }

  /** @param {Device} source */
  async #unplugged(source) {
    this.#deviceIDs[source] = "";
    this.close(source);
    this.emit("unplugged", { source });
    await this.open({ [source]: true });
  }
}
