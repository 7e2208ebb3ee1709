/**
 * What there is to say about the way to the server: that it is gone, for how
 * long, and that it is back. Knows no document.
 *
 * @typedef {"" | "late" | "lost" | "offline" | "gone" | "back"} LinkNews empty: all is well. late: media has not come
 *   about; lost: it was there, offline: there is no socket, and it is tried again; gone: that has taken long; back: it has passed
 */

/** Media that takes longer to come about has no good way. */
const LATE_MS = 8_000;
/** What takes longer than this will not be over in a moment: it is for people to do something. */
const LONG_MS = 10_000;
/** How long it is said that all is well again. */
const BACK_MS = 4_000;

/** Watches the media transport and the socket of who is in a room. */
export class LinkWatch {
  /** Media was there once. */
  #up = false;
  /** Since when media is awaited for the first time; 0 where it is not. */
  #awaited = 0;
  /** Since when it is gone; 0 while it is there. */
  #lost = 0;
  #offline = 0;
  #backAt = -Infinity;
  #changed;

  /**
   * @param {import("../sdk/room.js").Room} room
   * @param {import("../sdk/connection.js").Connection} connection
   * @param {() => void} changed
   */
  constructor(room, connection, changed) {
    this.#changed = changed;
    room.on("onEnterRoom", () => void (this.#lost || this.#up || this.#set({ awaited: Date.now() })));
    room.on("onMediaConnected", () => {
      this.#up = true;
      this.#set({ awaited: 0 });
    });
    room.on("onConnectionLost", () => this.#set({ lost: Date.now() }));
    room.on("onConnectionRecovery", () => this.#set({ lost: 0 }));
    connection.on("lost", () => this.#set({ offline: Date.now() }));
    connection.on("welcome", () => this.#set({ offline: 0 }));
  }

  /** What there is to say at that moment, in ms. */
  news(now = Date.now()) {
    const since = Math.min(this.#lost || Infinity, this.#offline || Infinity);
    if (since < Infinity && now - since >= LONG_MS) return "gone";
    if (this.#awaited && now - this.#awaited >= LATE_MS) return "late";
    if (this.#lost) return this.#up ? "lost" : "late";
    if (this.#offline) return "offline";
    return now - this.#backAt < BACK_MS ? "back" : "";
  }

  /** The room is over: what comes next begins anew. */
  forget() {
    this.#up = false;
    this.#awaited = this.#lost = 0;
    this.#backAt = -Infinity;
  }

  /** @param {{awaited?: number, lost?: number, offline?: number}} what */
  #set({ awaited = this.#awaited, lost = this.#lost, offline = this.#offline }) {
    const wasAway = this.#lost || this.#offline;
    this.#awaited = awaited;
    this.#lost = lost;
    this.#offline = offline;
    if (wasAway && !lost && !offline) this.#backAt = Date.now();
    this.#changed();
  }
}
