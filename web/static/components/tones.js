/**
 * @typedef {"ringing" | "ringback"} Tone `ringing` for a call that comes in, `ringback` for one that goes out
 */

/** Notes of one round: [start s, length s, hertz]; then silence until the round is over. */
const ROUNDS = {
  ringing: { seconds: 2.4, volume: 0.22, notes: [[0, 0.18, 784], [0.2, 0.18, 988], [0.4, 0.36, 1175], [1, 0.18, 784], [1.2, 0.18, 988], [1.4, 0.36, 1175]] },
  ringback: { seconds: 3, volume: 0.09, notes: [[0, 1, 425]] },
};

/** Those that sound once: a call is over, a hand was raised. */
const SIGNALS = {
  over: { volume: 0.12, notes: [[0, 0.14, 494], [0.16, 0.22, 370]] },
  hand: { volume: 0.1, notes: [[0, 0.1, 659], [0.12, 0.2, 880]] },
};

/** The tones of a call, made by WebAudio; no file is needed. */
export class Tones {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {GainNode | null} */
  #playing = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #rounds;
  /** @type {Tone | null} */
  #tone = null;
  /** Something sounds that ends by itself. */
  #signalling = false;

  /** What sounds now. */
  get tone() {
    return this.#tone;
  }

  /** @param {Tone} tone */
  start(tone) {
    if (this.#tone === tone) return;
    this.#signalling = false;
    this.stop();
    this.#tone = tone;
    const { seconds } = ROUNDS[tone];
    const round = () => this.#round(ROUNDS[tone]);
    round();
    this.#rounds = setInterval(round, seconds * 1000);
  }

  /** No more of a tone, in this very instant: whatever was scheduled is cut off. */
  stop() {
    clearInterval(this.#rounds);
    this.#tone = null;
    if (!this.#signalling) this.#silence();
  }

  /** A short sound for something that has happened. @param {keyof typeof SIGNALS} signal */
  signal(signal) {
    if (this.#tone === null) this.#once(SIGNALS[signal]);
  }

  /** One short sound, to try a speaker. @param {string} speakerID */
  async test(speakerID) {
    const context = this.#open();
    if ("setSinkId" in context) await /** @type {{setSinkId(id: string): Promise<void>}} */ (context).setSinkId(speakerID);
    this.#once({ volume: 0.25, notes: [[0, 0.25, 523], [0.25, 0.25, 659], [0.5, 0.5, 784]] });
  }

  /** @param {{volume: number, notes: number[][]}} round */
  #once(round) {
    this.#signalling = true;
    this.#round(round, () => {
      this.#signalling = false;
      if (this.#tone === null) this.#silence();
    });
  }

  /** A context that makes no sound need not run. */
  #silence() {
    this.#playing?.disconnect();
    this.#playing = null;
    void this.#context?.suspend();
  }

  #open() {
    this.#context ??= new AudioContext();
    // Without a gesture the browser keeps it suspended: the ringing stays silent, the picture tells.
    void this.#context.resume();
    return this.#context;
  }

  /** @param {{volume: number, notes: number[][]}} round @param {() => void} [ended] */
  #round({ volume, notes }, ended) {
    const context = this.#open();
    this.#playing?.disconnect();
    const out = new GainNode(context, { gain: volume });
    out.connect(context.destination);
    this.#playing = out;
    for (const [i, [start = 0, length = 0, hertz = 0]] of notes.entries()) {
      const from = context.currentTime + start;
      const envelope = new GainNode(context, { gain: 0 });
      envelope.gain.setValueAtTime(0, from);
      envelope.gain.linearRampToValueAtTime(1, from + 0.02);
      envelope.gain.setValueAtTime(1, from + length - 0.04);
      envelope.gain.linearRampToValueAtTime(0, from + length);
      const oscillator = new OscillatorNode(context, { frequency: hertz });
      oscillator.connect(envelope).connect(out);
      oscillator.start(from);
      oscillator.stop(from + length);
      if (ended && i === notes.length - 1) oscillator.onended = ended;
    }
  }
}
