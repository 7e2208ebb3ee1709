import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./gstreamer.py", import.meta.url));
/** Debian's own, which knows GStreamer. */
const PYTHON = "/usr/bin/python3";

/** What a player has decoded so far. @typedef {{frames: number, color: number[], samples: number, loudness: number}} Heard */

/** GStreamer as a client of WHIP or WHEP. */
export class GStreamer {
  #process;
  #errors = "";

  /**
   * @param {"publish" | "play"} mode
   * @param {string} url
   * @param {string} token
   */
  constructor(mode, url, token) {
    this.#process = spawn(PYTHON, [SCRIPT, mode, url, token], { stdio: "pipe" });
    this.#process.stderr.on("data", (text) => (this.#errors += text));
  }

  /** Waits until a player has decoded enough. @param {(heard: Heard) => boolean} enough */
  async until(enough) {
    let last = "nothing";
    for await (const line of createInterface({ input: this.#process.stdout })) {
      last = line;
      if (enough(JSON.parse(line))) return;
    }
    throw new Error(`GStreamer ended; it had heard ${last}:\n${this.#errors}`);
  }

  /** Lets it delete its session and end. */
  async stop() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) throw new Error(`GStreamer ended by itself:\n${this.#errors}`);
    const ended = once(this.#process, "exit");
    this.#process.stdout.resume();
    this.#process.stdin.end();
    const [code] = await ended;
    if (code !== 0) throw new Error(`GStreamer ended with ${code}:\n${this.#errors}`);
  }
}
