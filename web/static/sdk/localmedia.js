import { Emitter } from "./emitter.js";
import { browser } from "./platform.js";

/**
 * @typedef {"mic" | "camera"} Device
 * @typedef {import("./wire.js").Source} Source
 * @typedef {"denied" | "notFound" | "inUse" | "insecure" | "unsupported" | "failed"} DeviceFault why there is no picture or
 *   no sound from a device; of the screen, "denied" is also that its user chose nothing
 *
 * @typedef {object} LocalMediaEvents
 * @property {{source: Source, track: MediaStreamTrack | null}} track what is to be sent has changed
 * @property {{source: Device | "screen", fault: DeviceFault}} fault a device could not be opened, or no screen be had
 * @property {null} screenEnded the screen is no longer shared: its window was closed, or the browser's own bar was used
 * @property {{source: Device}} unplugged the device went away; the default one is tried next
 * @property {null} change anything that a page may show has changed
 */

/** @type {Record<Device, MediaTrackConstraints>} */
const CONSTRAINTS = {
  mic: { echoCancellation: true, autoGainControl: true },
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
  NotSupportedError: "unsupported",
};

/**
 * One's own microphone, camera and screen: which devices, open or not, muted
 * or not. Without any of them a call still works, one way.
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
  /** @type {Record<Source, MediaStreamTrack | null>} */
  #tracks = { mic: null, camera: null, screen: null, screenAudio: null };
  /** @type {Record<Device, string>} */
  #deviceIDs = { mic: "", camera: "" };
  /** @type {Record<Device | "screen", DeviceFault | null>} */
  #faults = { mic: null, camera: null, screen: null };
  /** Counts what was wanted of a device, so that a late answer of the browser is recognised. */
  #wishes = { mic: 0, camera: 0, screen: 0 };
  /** What was asked for and is not there yet. @type {Set<Device | "screen">} */
  #opening = new Set();
  #muted = false;
  #noiseSuppression = true;

  /** @param {Pick<import("./platform.js").Platform, "getUserMedia" | "getDisplayMedia">} [platform] */
  constructor(platform = browser) {
    super();
    this.#platform = platform;
  }

  /** True while the microphone is silenced; it may be closed too. */
  get muted() {
    return this.#muted;
  }

  /** What is sent of it; null while it is closed. @param {Source} source */
  track(source) {
    return this.#tracks[source];
  }

  /** Why it could not be opened the last time. @param {Device | "screen"} source */
  fault(source) {
    return this.#faults[source];
  }

  /** True while the browser, or the user, has not answered yet. @param {Device | "screen"} source */
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
   * Asks for a screen, a window or a tab; the browser lets its user choose.
   * Needs a click (transient activation).
   *
   * @param {{audio: boolean}} what with its sound, where there is any
   * @returns {Promise<boolean>} whether it is shared now; if not, see fault("screen")
   */
  async openScreen({ audio }) {
    if (this.#tracks.screen || this.#opening.has("screen")) return this.#tracks.screen !== null;
    const wish = ++this.#wishes.screen;
    this.#opening.add("screen");
    const got = await this.#captureScreen(audio);
    if (this.#wishes.screen !== wish) {
      got?.getTracks().forEach((track) => track.stop());
      return false;
    }
    this.#opening.delete("screen");
    if (got) this.#share(got);
    return got !== null;
  }

  /** Ends the sharing. */
  closeScreen() {
    this.#wishes.screen++;
    this.#opening.delete("screen");
    this.#faults.screen = null;
    for (const source of /** @type {const} */ (["screen", "screenAudio"])) {
      const track = this.#tracks[source];
      if (!track) continue;
      track.onended = null;
      track.stop();
      this.#put(source, null);
    }
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

  /** Stops everything and forgets the mute. */
  closeAll() {
    this.close("mic");
    this.close("camera");
    this.closeScreen();
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
    await this.#reopen(source);
  }

  /**
   * Whether the browser takes noise out of what the microphone hears, now and
   * for the next time it is opened: music is better without.
   *
   * @param {boolean} suppress
   */
  async setNoiseSuppression(suppress) {
    if (this.#noiseSuppression === suppress) return;
    this.#noiseSuppression = suppress;
    await this.#reopen("mic");
  }

  /** @param {Device} source */
  async #reopen(source) {
    if (!this.#tracks[source] && !this.#opening.has(source) && !this.#faults[source]) return; // one that failed was wanted
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
      const clean = source === "mic" && { noiseSuppression: this.#noiseSuppression };
      return { ...CONSTRAINTS[source], ...clean, ...(id && { deviceId: { ideal: id } }) };
    };
    return { audio: of("mic"), video: of("camera") };
  }

  /** @param {boolean} audio @returns {Promise<MediaStream | null>} */
  async #captureScreen(audio) {
    try {
      return await this.#platform.getDisplayMedia(screenOptions(audio));
    } catch (thrown) {
      this.#fail("screen", thrown);
      return null;
    }
  }

  /** @param {MediaStream} captured */
  #share(captured) {
    const [picture] = captured.getVideoTracks();
    const [sound] = captured.getAudioTracks();
    if (!picture) return;
    this.#faults.screen = null;
    picture.contentHint = "detail"; // encoders keep the pixels and drop frames
    if (sound) sound.contentHint = "music";
    picture.onended = () => {
      this.closeScreen();
      this.emit("screenEnded", null);
    };
    this.#put("screen", picture);
    if (sound) this.#put("screenAudio", sound);
  }

  /**
   * @param {Device | "screen"} source
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
    this.#put(source, track);
  }

  /**
   * @param {Source} source
   * @param {MediaStreamTrack | null} track
   */
  #put(source, track) {
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

/**
 * Text needs pixels, not frames. The sound is what the machine plays, so
 * nothing may be taken out of it.
 *
 * @param {boolean} audio
 * @returns {DisplayMediaStreamOptions}
 */
function screenOptions(audio) {
  const options = {
    video: { width: { max: 2560 }, height: { max: 1440 }, frameRate: { ideal: 15, max: 15 } },
    audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 2 },
    // Chromium's: to share the page of the call itself would show the call in the call.
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
    systemAudio: audio ? "include" : "exclude",
  };
  return options;
}
