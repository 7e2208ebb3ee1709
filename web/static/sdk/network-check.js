import { LocalMedia } from "./localmedia.js";
import { browser } from "./platform.js";
import { randomID } from "./requests.js";
import { Room } from "./room.js";

/**
 * @typedef {object} NetworkReport
 * @property {number} serverMs a request to the server and back, on the way that signaling takes
 * @property {import("./statistics.js").Statistics["transport"]["path"]} path the way that media takes; empty if none was found
 * @property {number} mediaMs there and back on it, as ICE measured; 0 if none was found
 */

/** Media that is not there by then has no way: ICE has tried all by TURN, too. */
const PATIENCE_MS = 15_000;

/**
 * Tries the ways that a call would take. For media it goes into an empty meeting
 * of its own and sends nothing there: what comes about is a transport like that
 * of a call, to the same ports, and no guess.
 */
export class NetworkCheck {
  #connection;
  #platform;
  /** @type {Room | null} */
  #room = null;
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
   * @returns {Promise<NetworkReport>} rejected with a CallError where the server does not answer, or lets nobody make a meeting
   */
  run() {
    return (this.#running ??= this.#try().finally(() => (this.#running = null)));
  }

  async #try() {
    const askedAt = performance.now();
    await this.#connection.request("session.time", {});
    const serverMs = Math.round(performance.now() - askedAt);
    const room = (this.#room ??= new Room(this.#connection, { platform: this.#platform, media: new LocalMedia(this.#platform) }));
    const up = this.#connected(room);
    try {
      await room.enterRoom({ roomID: `check-${randomID()}`, scene: "meeting" });
      const transport = (await up.came) ? (await room.getStatistics())?.transport : null;
      return { serverMs, path: transport?.path ?? "", mediaMs: transport?.rttMs ?? 0 };
    } finally {
      up.stop();
      await room.exitRoom();
    }
  }

  /** Whether media came to be connected while one had patience. @param {Room} room */
  #connected(room) {
    let stop = () => {};
    const came = new Promise((/** @type {(came: boolean) => void} */ resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS, false);
      const forget = room.on("onMediaConnected", () => resolve(true));
      stop = () => {
        clearTimeout(timer);
        forget();
      };
    });
    return { came, stop };
  }
}
