import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { reels } from "./fixtures.js";
import { CACHE, ROOT } from "./places.js";

const BINARY = join(CACHE, "participants");

/** Participants of a meeting who need no browser: they send pictures that move, and beeps. */
export class Cast {
  #process;

  /** @param {import("node:child_process").ChildProcess} process */
  constructor(process) {
    this.#process = process;
  }

  /**
   * Lets them into a room and waits until all of them send.
   *
   * @param {import("./server.js").Server} server
   * @param {string} room
   * @param {import("./portraits.js").Portrait[]} portraits
   */
  static async enter(server, room, portraits) {
    execFileSync("go", ["build", "-o", BINARY, "./e2e/participants"], { cwd: ROOT, stdio: "inherit" });
    const who = [];
    for (const portrait of portraits) {
      const { film, sound } = await reels(portrait);
      who.push(`${portrait.name}=${film},${sound}`);
    }
    const process = spawn(BINARY, ["-url", server.url, "-room", room, ...who], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: /** @type {import("node:stream").Readable} */ (process.stdout) });
    const [word] = await Promise.race([once(lines, "line"), once(process, "exit").then(() => ["gone"])]);
    if (word !== "ready") throw new Error("the participants did not get into the room");
    return new Cast(process);
  }

  /** Lets them out. */
  async leave() {
    const ended = once(this.#process, "exit");
    this.#process.stdin?.end();
    const [code] = await ended;
    if (code !== 0) throw new Error(`the participants ended with ${code}`);
  }
}
