/**
 * One direction of a bad network for datagrams: some are lost, all take time,
 * and they queue before a bottleneck, which drops what it has no room for.
 */
export class Path {
  /** Milliseconds each takes. */
  delayMs = 0;
  /** Milliseconds that some take besides. @type {(datagram: Uint8Array) => number} */
  detourMs = () => 0;
  /** Share lost, 0 to 1, whatever is sent. */
  loss = 0;
  /** Share that comes later than what was sent after it, by lateMs. */
  late = 0;
  lateMs = 30;
  /** What the bottleneck carries. */
  bitsPerSecond = Infinity;
  /** Bytes it keeps waiting. */
  queueBytes = 40_000;
  /** Datagrams that came here, lost ones too. */
  carried = 0;
  /** Of those the ones that were lost by chance. */
  lost = 0;

  /** When the bottleneck has carried all that waits, in milliseconds. */
  #free = 0;
  #random;
  /** Sorted by time. @type {{at: number, act: () => void}[]} */
  #coming = [];
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /** @param {number} seed of the losses: the same each time */
  constructor(seed) {
    this.#random = mulberry32(seed);
  }

  /** Lets a datagram through, some time. @param {Uint8Array} datagram @param {() => void} act */
  pass(datagram, act) {
    const now = performance.now();
    const bytes = datagram.length;
    this.carried++;
    if (this.#random() < this.loss) return void this.lost++;
    let at = now + this.delayMs + this.detourMs(datagram);
    if (this.bitsPerSecond < Infinity) {
      const bytesPerMs = this.bitsPerSecond / 8000;
      const waiting = Math.max(this.#free - now, 0);
      if (waiting * bytesPerMs + bytes > this.queueBytes) return;
      this.#free = now + waiting + bytes / bytesPerMs;
      at += this.#free - now;
    }
    if (this.#random() < this.late) at += this.lateMs;
    if (at <= now) return void act();
    let i = this.#coming.length;
    while (i > 0 && /** @type {{at: number}} */ (this.#coming[i - 1]).at > at) i--;
    this.#coming.splice(i, 0, { at, act });
    if (i === 0) this.#wait();
  }

  /** What waits at the bottleneck waits for what it carries now. @param {number} bitsPerSecond */
  narrow(bitsPerSecond) {
    const now = performance.now();
    const waiting = Math.max(this.#free - now, 0);
    if (Number.isFinite(this.bitsPerSecond) && waiting > 0) this.#free = now + (waiting * this.bitsPerSecond) / bitsPerSecond;
    this.bitsPerSecond = bitsPerSecond;
  }

  close() {
    clearTimeout(this.#timer);
    this.#coming = [];
  }

  #wait() {
    clearTimeout(this.#timer);
    const first = this.#coming[0];
    if (first) this.#timer = setTimeout(() => this.#deliver(), Math.max(first.at - performance.now(), 0));
  }

  #deliver() {
    const now = performance.now();
    while (this.#coming[0] && this.#coming[0].at <= now) this.#coming.shift()?.act();
    this.#wait();
  }
}

/** Numbers between 0 and 1 that look like chance. @param {number} state */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Whether a datagram is a picture's RTP (RFC 7983, RFC 5761): the header is not
 * encrypted, and of the payload types only those of sound are few.
 *
 * @param {Uint8Array} datagram
 * @param {number[]} soundTypes payload types of sound
 */
export function isVideo([first = 0, second = 0], soundTypes) {
  const isRTP = first >> 6 === 2 && !(second >= 192 && second <= 223);
  return isRTP && !soundTypes.includes(second & 0x7f);
}
