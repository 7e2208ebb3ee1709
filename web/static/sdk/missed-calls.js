import { Kept } from "./kept.js";

/**
 * How many calls one has missed since one looked last, on whichever device.
 *
 * @extends {Kept<import("./wire.js").MissedCalls>}
 */
export class MissedCalls extends Kept {
  #connection;

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    super(connection, { count: 0, seenAt: 0 }, () => connection.request("history.getMissed", {}));
    this.#connection = connection;
    connection.on("onMissedCallsChanged", ({ count, seenAt }) => this.set({ count, seenAt }));
  }

  /** Up to 99; more are 99. */
  get count() {
    return this.value.count;
  }

  /** One has seen them: the badge goes away on all devices. */
  async markMissedSeen() {
    await this.#connection.request("history.markMissedSeen", {}, { once: true });
    await this.refresh();
  }
}
