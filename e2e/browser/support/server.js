import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, ROOT } from "./places.js";

/** The program under test: one that is there already, or else what is built from this tree. */
const BINARY = process.env.CALLSVC_BINARY ?? join(CACHE, "callsvc");
const READY_WITHIN_MS = 60_000;

/**
 * @typedef {object} ServerOptions
 * @property {string} [host] the address it listens on and advertises
 * @property {string[]} [prefix] a command that starts commands elsewhere, such as nsenter
 * @property {string[] | ((port: number) => Promise<string[]>)} [flags] more of `callsvc serve`, if need be for the port it listens on
 */

/** The real program on ports and data of its own. */
export class Server {
  /** Everything it has written. */
  log = "";

  #process;
  #data;

  /**
   * @param {string} url of the page
   * @param {number} udpPort
   * @param {import("node:child_process").ChildProcess} process
   * @param {string} data
   */
  constructor(url, udpPort, process, data) {
    this.url = url;
    this.udpPort = udpPort;
    this.#process = process;
    this.#data = data;
    process.stderr?.on("data", (text) => (this.log += text));
  }

  /**
   * Builds the program if it has changed (or takes that of $CALLSVC_BINARY), starts it and waits until it is ready.
   *
   * @param {ServerOptions} [options]
   */
  static async start({ host = "127.0.0.1", prefix = [], flags = [] } = {}) {
    if (!process.env.CALLSVC_BINARY) execFileSync("go", ["build", "-o", BINARY, "./cmd/callsvc"], { cwd: ROOT, stdio: "inherit" });
    const [port, udpPort] = [await freePort(), await freeUDPPort()];
    const url = `http://${host}:${port}`;
    const data = mkdtempSync(join(tmpdir(), "callsvc-e2e-"));
    const args = ["serve", "--dev", "--listen", `${host}:${port}`, "--udp-port", String(udpPort), "--node-ip", host, "--data", data, "--drain-timeout", "500ms"];
    const [command = "", ...rest] = [...prefix, BINARY, ...args, ...(typeof flags === "function" ? await flags(port) : flags)];
    const server = new Server(url, udpPort, spawn(command, rest, { stdio: ["ignore", "ignore", "pipe"] }), data);
    try {
      await server.#ready(prefix);
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
    return server;
  }

  /** SIGTERM, and its end; the data goes with it. May be called again. */
  async stop() {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#data, { recursive: true, force: true });
    return this.#process.exitCode;
  }

  /**
   * Asks from where the server is, which need not be here.
   *
   * @param {string[]} prefix
   */
  async #ready(prefix) {
    const ask = `
      const until = Date.now() + ${READY_WITHIN_MS};
      for (;;) {
        const ready = await fetch("${this.url}/readyz").then((r) => r.ok, () => false);
        if (ready) break;
        if (Date.now() > until) process.exit(1);
        await new Promise((r) => setTimeout(r, 20));
      }`;
    const [command = "", ...rest] = [...prefix, process.execPath, "--input-type=module", "-e", ask];
    const asking = spawn(command, rest, { stdio: "inherit" });
    const code = await Promise.race([once(asking, "exit"), once(this.#process, "exit").then(() => "gone")]);
    if (code === "gone") asking.kill();
    if (code === "gone" || code[0] !== 0) throw new Error(`the server did not become ready:\n${this.log}`);
  }
}

/** A TCP port of 127.0.0.1 that nobody uses now. */
export function freePort() {
  return free(async (port) => {
    const probe = createServer().listen(port, "127.0.0.1");
    await once(probe, "listening");
    await new Promise((closed) => probe.close(closed));
  });
}

/** The same for UDP. */
export function freeUDPPort() {
  return free(async (port) => {
    const probe = createSocket("udp4").bind(port, "127.0.0.1");
    await once(probe, "listening");
    await new Promise((closed) => probe.close(() => closed(null)));
  });
}

/**
 * One below those that the kernel gives to whoever names none, as browsers do by
 * the dozen: of those it might be somebody's before the server has it.
 *
 * @param {(port: number) => Promise<void>} use throws if somebody has it
 */
async function free(use) {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    try {
      await use(port);
      return port;
    } catch (thrown) {
      if (/** @type {NodeJS.ErrnoException} */ (thrown).code !== "EADDRINUSE") throw thrown;
    }
  }
}
