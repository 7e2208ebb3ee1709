/**
 * What a test asks inside a page: whose picture moves there, whom one hears,
 * whether a tone sounds. Runs before the page's own scripts; it listens at the
 * edges (PeerConnection, Audio, the way into the loudspeaker) and changes
 * nothing of what happens.
 *
 * @param {{name: string, wall: [number, number, number], tone: number}[]} portraits
 */
export function installProbes(portraits) {
  /** @type {RTCPeerConnection[]} */
  const connections = [];
  /** @type {HTMLAudioElement[]} */
  const players = [];

  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativeConnection {
    /** @param {RTCConfiguration} [config] */
    constructor(config) {
      super(config);
      connections.push(this);
    }
  };
  const NativeAudio = window.Audio;
  window.Audio = /** @type {any} */ (
    function (/** @type {[string?]} */ ...args) {
      const player = new NativeAudio(...args);
      players.push(player);
      return player;
    }
  );

  /** What goes into each loudspeaker. @type {Map<BaseAudioContext, AnalyserNode>} */
  const taps = new Map();
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = /** @type {any} */ (
    function (/** @type {AudioNode} */ target, /** @type {number[]} */ ...rest) {
      if (target instanceof AudioDestinationNode) connect.call(this, tap(target.context));
      return /** @type {any} */ (connect).call(this, target, ...rest);
    }
  );

  function tap(/** @type {BaseAudioContext} */ context) {
    const known = taps.get(context);
    if (known) return known;
    const made = new AnalyserNode(context, { fftSize: 2048 });
    taps.set(context, made);
    return made;
  }

  const live = () => connections.filter((pc) => pc.connectionState !== "closed");

  /** A picture's number and the name of whose it is. @param {string} testID of the video, or of the tile it is in */
  function seen(testID) {
    const place = document.querySelector(`[data-testid=${testID}]`);
    const video = /** @type {HTMLVideoElement | null} */ (place instanceof HTMLVideoElement ? place : place?.querySelector("video"));
    if (!video?.videoWidth || !video.srcObject) return null;
    const canvas = new OffscreenCanvas(160, 90);
    const c = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    c.drawImage(video, 0, 0, 160, 90);
    const at = (/** @type {number} */ x, /** @type {number} */ y) => c.getImageData(x, y, 1, 1).data;
    let number = 0;
    for (let bit = 0; bit < 16; bit++) if ((at(bit * 10 + 5, 4)[1] ?? 0) > 128) number |= 1 << bit;
    const wall = [...at(120, 40)].slice(0, 3);
    const off = (/** @type {number[]} */ colour) => Math.max(...colour.map((v, i) => Math.abs(v - (wall[i] ?? 0))));
    const whose = portraits.find((portrait) => off(portrait.wall) < 45);
    return { number, whose: whose?.name ?? `nobody (${wall.join()})`, wall, width: video.videoWidth, height: video.videoHeight };
  }

  /** When each portrait's tone was last in the sound that came. @type {Map<string, number>} */
  const lastHeard = new Map();
  /** @type {Map<MediaStreamTrack, AnalyserNode>} */
  const ears = new Map();
  /** @type {AudioContext | undefined} */
  let context;
  let listeningSince = 0;

  /** Begins to listen to what comes; by and by silentFor() knows. */
  function listen() {
    if (context) return;
    context = new AudioContext();
    listeningSince = performance.now();
    setInterval(() => live().forEach((pc) => pc.getReceivers().forEach(({ track }) => hear(track))), 40);
  }

  /** @param {MediaStreamTrack} track */
  function hear(track) {
    if (track.kind !== "audio" || !context) return;
    let ear = ears.get(track);
    if (!ear) {
      ear = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
      new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(ear);
      ears.set(track, ear);
    }
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const hertz = context.sampleRate / ear.fftSize;
    const loud = (/** @type {number} */ tone) => Math.max(...bins.slice(Math.round(tone / hertz) - 1, Math.round(tone / hertz) + 2));
    const beside = (/** @type {number} */ tone) => Math.max(...bins.slice(Math.round((tone + 150) / hertz), Math.round((tone + 250) / hertz)));
    for (const { name, tone } of portraits) {
      if (loud(tone) > -60 && loud(tone) > beside(tone) + 12) lastHeard.set(name, performance.now());
    }
  }

  /** Milliseconds since somebody was last heard; if they never were, since one listens. @param {string} name */
  const silentFor = (name) => performance.now() - (lastHeard.get(name) ?? listeningSince);
  /** Whether somebody was heard so lately. @param {string} name @param {number} ms */
  const heardWithin = (name, ms) => lastHeard.has(name) && silentFor(name) < ms;

  /** How loud the tones are that the page itself makes, 0 to 1. */
  function toneLevel() {
    let level = 0;
    for (const [context, analyser] of taps) {
      if (context.state !== "running") continue;
      const wave = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(wave);
      level = Math.max(level, ...wave.map(Math.abs));
    }
    return level;
  }

  async function stats() {
    const reports = await Promise.all(live().map((pc) => pc.getStats()));
    return reports.flatMap((report) => [...report.values()]);
  }

  /** How many packets of sound came, and how many did not. */
  async function sound() {
    const all = (await stats()).filter(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
    const sum = (/** @type {string} */ member) => all.reduce((total, report) => total + report[member], 0);
    return { received: sum("packetsReceived"), lost: sum("packetsLost") };
  }

  /** What comes in of voices. */
  const soundTracks = () => live().flatMap((pc) => pc.getReceivers().map(({ track }) => track).filter(({ kind }) => kind === "audio"));

  /** The payload types of sound. */
  function soundTypes() {
    const sections = live().flatMap((pc) => (pc.remoteDescription?.sdp ?? "").split(/^m=/m).filter((section) => section.startsWith("audio")));
    return [...new Set(sections.flatMap((section) => [...section.matchAll(/^a=rtpmap:(\d+)/gm)].map(([, type]) => Number(type))))];
  }

  const playing = () => players.some((player) => player.srcObject && !player.paused && !player.muted && player.volume > 0);

  Object.assign(window, { probe: { seen, listen, silentFor, heardWithin, toneLevel, stats, sound, soundTracks, soundTypes, playing } });
}
