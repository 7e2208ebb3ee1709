import { Kept } from "./kept.js";

/** @typedef {import("./wire.js").ReceiveMessageOpt} ReceiveMessageOpt */

/** What may notify the user (TIM V2TIMReceiveMessageOpt). */
export const ReceiveOpt = Object.freeze({
  receiveAndNotify: 0,
  /** Do not disturb: everything arrives, nothing rings. */
  receiveNotNotify: 2,
});

/**
 * Do-not-disturb (TIM's AllReceiveMessageOpt).
 *
 * @extends {Kept<ReceiveMessageOpt>}
 */
export class AllReceiveOpt extends Kept {
  #connection;

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    const nothing = { opt: ReceiveOpt.receiveAndNotify, startAt: 0, duration: 0 };
    super(connection, nothing, () => connection.request("user.getAllReceiveMessageOpt", {}));
    this.#connection = connection;
    connection.on("onAllReceiveMessageOptChanged", ({ opt, startAt, duration }) => this.set({ opt, startAt, duration }));
  }

  /** Nothing may ring at this moment, by the server's clock. */
  get silent() {
    const { opt, startAt, duration } = this.value;
    const now = this.#connection.clock.now();
    return opt === ReceiveOpt.receiveNotNotify && now >= startAt && (duration === 0 || now < startAt + duration * 1000);
  }

  /** The setting as the server has it now; once it has run out it is 0 again. */
  async getAllReceiveMessageOpt() {
    await this.refresh();
    return this.value;
  }

  /**
   * @param {0 | 2} opt see ReceiveOpt
   * @param {object} [bounds]
   * @param {number} [bounds.startAt] Unix ms, now by default
   * @param {number} [bounds.duration] seconds, until it is changed by default
   */
  async setAllReceiveMessageOpt(opt, bounds = {}) {
    await this.#connection.request("user.setAllReceiveMessageOpt", { opt, ...bounds }, { once: true });
    await this.refresh(); // when it began, the server knows
  }
}
