import { Code, codeOf } from "../sdk/index.js";
import { faultSentence } from "./faults.js";

/** How often who stands before a meeting looks in. */
const EVERY_MS = 10_000;

/** Looks into a meeting from outside until one goes in, or away. */
export class LookInside {
  /** What was seen last; null before. @type {import("../sdk/wire.js").FetchRoomInfoResult | null} */
  seen = null;
  /** Why nothing is seen; empty if something is. */
  fault = "";

  #changed;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * @param {import("../sdk/index.js").Client} client
   * @param {import("./meeting-address.js").MeetingAddress} where
   */
  begin(client, where) {
    this.end();
    void this.#look(client, where);
    this.#timer = setInterval(() => void this.#look(client, where), EVERY_MS);
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.seen = null;
    this.fault = "";
  }

  /** @param {import("../sdk/index.js").Client} client @param {import("./meeting-address.js").MeetingAddress} where */
  async #look({ room }, { invite, roomID }) {
    try {
      const id = invite ? (await room.openLink(invite)).roomID : roomID;
      const seen = await room.fetchRoomInfo(id, { invite });
      if (this.#timer === undefined) return; // gone in, or away
      this.seen = seen;
      this.fault = "";
    } catch (thrown) {
      // The page says itself that there is no connection.
      if (this.#timer === undefined || codeOf(thrown) === Code.notLoggedIn || codeOf(thrown) === Code.timedOut) return;
      this.seen = null;
      this.fault = faultSentence(thrown);
    }
    this.#changed();
  }
}
