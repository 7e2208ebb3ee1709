/**
 * The server's clock, as well as this side can know it. Each sample is a
 * question and its answer; the answer that took the shortest time is the one
 * believed, since half its trip is the largest error it can carry.
 */
export class ServerClock {
  #offset = 0;
  #bestTrip = Infinity;

  /**
   * @param {number} sentAt local Unix ms when the question left
   * @param {number} receivedAt local Unix ms when the answer came
   * @param {number} serverAt the server's Unix ms in the answer
   */
  sample(sentAt, receivedAt, serverAt) {
    const trip = receivedAt - sentAt;
    if (trip < 0 || trip > this.#bestTrip) return;
    this.#bestTrip = trip;
    this.#offset = serverAt + trip / 2 - receivedAt;
  }

  /**
   * A one-way hint (the welcome): used only until something was measured.
   *
   * @param {number} receivedAt
   * @param {number} serverAt
   */
  hint(receivedAt, serverAt) {
    if (this.#bestTrip === Infinity) this.#offset = serverAt - receivedAt;
  }

  /** Forgets how good the last sample was; the machine may have slept since. */
  expire() {
    this.#bestTrip = Infinity;
  }

  /** The server's Unix milliseconds, now. */
  now() {
    return Date.now() + this.#offset;
  }
}
