import { browser } from "./platform.js";
import { tryWay, WAYS } from "./way-probe.js";

/**
 * @typedef {import("./way-probe.js").Way} Way
 * @typedef {import("./way-probe.js").WayReport} WayReport
 *
 * @typedef {object} NetworkReport
 * @property {number} serverMs a request to the server and back, on the way that signaling takes
 * @property {import("./statistics.js").Statistics["transport"]["path"]} path the best way that media can take; empty if none was found
 * @property {number} mediaMs there and back on it, as ICE measured; 0 if none was found
 * @property {readonly WayReport[]} ways each of them, the better ones first
 */

/**
 * Tries the ways that a call could take, all at once: where one is closed it
 * takes as long as one has patience to know.
 */
export class NetworkCheck {
  #connection;
  #platform;
  /** @type {Promise<NetworkReport> | null} */
  #running = null;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./platform.js").Platform} [platform]
   */
  constructor(connection, platform = browser) {
    this.#connection = connection;
    this.#platform = platform;
  }

  /**
   * Who asks while one is under way gets the report of that.
   *
   * @param {(report: WayReport) => void} [tried] hears of each way as soon as it was tried
   * @returns {Promise<NetworkReport>} rejected with a CallError where the server does not answer, or lets nobody make a meeting
   */
  run(tried = () => {}) {
    return (this.#running ??= this.#try(tried).finally(() => (this.#running = null)));
  }

  /** @param {(report: WayReport) => void} tried @returns {Promise<NetworkReport>} */
  async #try(tried) {
    const connection = this.#connection;
    const askedAt = performance.now();
    await connection.request("session.time", {});
    const serverMs = Math.round(performance.now() - askedAt);
    const { iceServers } = await connection.request("session.getICEServers", {});
    const ways = await Promise.all(WAYS.map(async (way) => {
      const report = await tryWay(way, { connection, platform: this.#platform, iceServers });
      tried(report);
      return report;
    }));
    const best = ways.find(({ result }) => result === "open");
    return { serverMs, path: best ? pathOf(best.way) : "", mediaMs: best?.rttMs ?? 0, ways };
  }
}

/** @param {Way} way @returns {"udp" | "tcp" | "relay"} */
function pathOf(way) {
  return way === "udp" || way === "tcp" ? way : "relay";
}
