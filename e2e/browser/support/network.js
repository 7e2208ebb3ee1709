import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "./places.js";

const HOME = "10.77.0.1";
const ABROAD = "10.77.0.2";

/** Two networks of the kernel's own, joined by one cable; needs root. */
export class Network {
  /** The server's address, which both reach. */
  host = HOME;

  #home;
  #abroad;
  #scripts = mkdtempSync(join(tmpdir(), "callsvc-net-"));

  constructor() {
    this.#home = spawn("unshare", ["-n", "sleep", "600"]);
    this.#abroad = spawn("unshare", ["-n", "sleep", "600"]);
  }

  static async start() {
    const network = new Network();
    await network.#connect();
    return network;
  }

  /** May this process make networks? */
  static get possible() {
    return process.getuid?.() === 0;
  }

  /** What starts a command where the server is. */
  get home() {
    return enter(this.#home);
  }

  /**
   * A Chromium that lives at one end of the cable, as a path.
   *
   * @param {"home" | "abroad"} where
   */
  chromium(where) {
    const path = join(this.#scripts, where);
    const prefix = where === "home" ? this.home : enter(this.#abroad);
    writeFileSync(path, `#!/bin/sh\nexec ${prefix.join(" ")} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
    return path;
  }

  /** From now on every packet is lost on the way, in both directions; or those of UDP. @param {"all" | "udp"} [which] */
  lose(which = "all") {
    // Lost on arrival: who sends is not told.
    const those = which === "udp" ? "meta l4proto udp" : "";
    const table = `table inet lost { chain arriving { type filter hook input priority 0; iifname cable ${those} drop; }; }`;
    for (const end of [this.#home, this.#abroad]) execFileSync(...command(end, "nft", table));
  }

  /** And from now on none. */
  restore() {
    for (const end of [this.#home, this.#abroad]) execFileSync(...command(end, "nft", "delete table inet lost"));
  }

  close() {
    this.#home.kill();
    this.#abroad.kill();
    rmSync(this.#scripts, { recursive: true });
  }

  async #connect() {
    for (const end of [this.#home, this.#abroad]) await inItsOwn(end);
    const ip = (/** @type {Namespace} */ end, /** @type {string} */ words) => execFileSync(...command(end, "ip", ...words.split(" ")));
    ip(this.#home, `link add cable type veth peer name cable netns ${this.#abroad.pid}`);
    for (const [end, address] of /** @type {const} */ ([[this.#home, HOME], [this.#abroad, ABROAD]])) {
      ip(end, `address add ${address}/24 dev cable`);
      // An IPv6 address would come seconds later, when nobody else is found to have
      // it, and Chromium breaks off what it loads when an address comes.
      ip(end, "link set cable addrgenmode none");
      ip(end, "link set cable up");
      ip(end, "link set lo up");
    }
    for (const end of [this.#home, this.#abroad]) await isUp(end);
  }
}

/** A process that does nothing but hold a network namespace open. @typedef {import("node:child_process").ChildProcess} Namespace */

/** @param {Namespace} end */
function enter(end) {
  return ["nsenter", `--net=/proc/${end.pid}/ns/net`];
}

/** @param {Namespace} end @param {...string} words @returns {[string, string[]]} */
function command(end, ...words) {
  const [first = "", ...rest] = [...enter(end), ...words];
  return [first, rest];
}

/** unshare has done its work when the namespace is no longer ours. @param {Namespace} end */
async function inItsOwn(end) {
  const namespaceOf = (/** @type {number | string | undefined} */ pid) => execFileSync("readlink", [`/proc/${pid}/ns/net`], { encoding: "utf8" });
  const ours = namespaceOf("self");
  while (namespaceOf(end.pid) === ours) await new Promise((again) => setTimeout(again, 5));
}

/**
 * The kernel tells up to a second later that a cable is plugged in at both ends,
 * and that, too, breaks off what Chromium loads.
 *
 * @param {Namespace} end
 */
async function isUp(end) {
  const link = () => execFileSync(...command(end, "ip", "-o", "link", "show", "cable"), { encoding: "utf8" });
  while (!/,LOWER_UP[,>].* state UP /.test(link())) await new Promise((again) => setTimeout(again, 20));
}
