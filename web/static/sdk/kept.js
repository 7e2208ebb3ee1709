import { Emitter } from "./emitter.js";
import { Code, codeOf } from "./errors.js";

/**
 * Something the server keeps for this user, up to date: read when it is
 * watched, set by an event when another session changes it, read anew in a new
 * session. What this session changes itself is told by no event.
 *
 * @template T
 * @extends {Emitter<{change: T, fault: unknown}>}
 */
export class Kept extends Emitter {
  #value;
  #read;
  #watching = false;
  #changes = 0;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {T} value what it is taken for until it is read
   * @param {() => Promise<T>} read
   */
  constructor(connection, value, read) {
    super();
    this.#value = value;
    this.#read = read;
    connection.on("welcome", ({ resumed }) => {
      if (this.#watching && !resumed) void this.#tryRefresh();
    });
  }

  /** As far as it is known; see watch(). */
  get value() {
    return this.#value;
  }

  /** Reads it and follows its changes from now on. */
  async watch() {
    this.#watching = true;
    await this.refresh();
  }

  /** Reads it. An event that overtakes the answer is the newer of the two. */
  async refresh() {
    const before = this.#changes;
    const value = await this.#read();
    if (before === this.#changes) this.set(value);
  }

  /**
   * @protected
   * @param {T} value
   */
  set(value) {
    this.#changes++;
    this.#value = value;
    this.emit("change", value);
  }

  async #tryRefresh() {
    try {
      await this.refresh();
    } catch (thrown) {
      // Lost again on the way: the next welcome comes here once more.
      if (codeOf(thrown) !== Code.notLoggedIn) this.emit("fault", thrown);
    }
  }
}
