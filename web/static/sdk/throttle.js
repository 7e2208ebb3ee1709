/**
 * Tells of what changes in bursts: of the first change at once, of the last of
 * those that follow when the interval is over.
 */
export class Throttle {
  #tell;
  #intervalMs;
  #due = false;
  #waiting = false;

  /**
   * @param {number} intervalMs
   * @param {() => void} tell
   */
  constructor(intervalMs, tell) {
    this.#intervalMs = intervalMs;
    this.#tell = tell;
  }

  /** Something has changed. What changes in one go is told of together. */
  changed() {
    this.#due = true;
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => this.#go());
  }

  /** All of it has been told in another way. */
  told() {
    this.#due = false;
  }

  #go() {
    this.#waiting = this.#due;
    if (!this.#due) return;
    this.#due = false;
    this.#tell();
    setTimeout(() => this.#go(), this.#intervalMs);
  }
}
