import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Path } from "./path.js";
import { freeUDPPort } from "./server.js";

const HOST = "127.0.0.1";

/** @typedef {{url: string, udpPort: number}} Reachable a server by its two ports */

/**
 * A network between one browser and the server, in which things take time and
 * connections break: all the TCP and all the media of who opens `url` go
 * through it. In the answers it puts its own UDP port for the server's, and the
 * page runs hideAddresses(), so that neither knows of another way.
 */
export class Relay {
  /** The page's address for whoever lives behind this network. */
  url = "";
  /** Media on their way to the server. */
  up = new Path(1);
  /** Media on their way to the browser. */
  down = new Path(2);
  #delayMs;
  #upstream;
  #mediaPort;
  #cut = false;
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  /** One socket to the server for each of the browser's ports. @type {Map<string, import("node:dgram").Socket>} */
  #media = new Map();
  #tcp;
  #udp;
  #ownPort = 0;

  /**
   * @param {Reachable} server
   * @param {number} delayMs one way
   */
  constructor(server, delayMs) {
    this.#delayMs = this.up.delayMs = this.down.delayMs = delayMs;
    this.#upstream = Number(new URL(server.url).port);
    this.#mediaPort = server.udpPort;
    this.#tcp = createServer({ noDelay: true }, (socket) => this.#carry(socket));
    this.#udp = createSocket("udp4", (packet, { port }) => this.#outward(packet, port));
  }

  /**
   * @param {Reachable} server
   * @param {{delayMs?: number}} [options] one way
   */
  static async start(server, { delayMs = 0 } = {}) {
    const relay = new Relay(server, delayMs);
    await relay.#listen();
    return relay;
  }

  /** Breaks every connection and takes no new one. Media go on. */
  cut() {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes connections again. */
  mend() {
    this.#cut = false;
  }

  async close() {
    this.cut();
    this.up.close();
    this.down.close();
    this.#udp.close();
    for (const socket of this.#media.values()) socket.close();
    await new Promise((closed) => this.#tcp.close(closed));
  }

  async #listen() {
    // The two ports change places inside frames whose length is fixed, so they must be equally long.
    do this.#ownPort = await freeUDPPort();
    while (String(this.#ownPort).length !== String(this.#mediaPort).length);
    this.#udp.bind(this.#ownPort, HOST);
    this.#tcp.listen(0, HOST);
    await Promise.all([once(this.#udp, "listening"), once(this.#tcp, "listening")]);
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#tcp.address());
    this.url = `http://${HOST}:${port}`;
  }

  /** @param {import("node:net").Socket} browser */
  #carry(browser) {
    if (this.#cut) return void browser.destroy();
    const server = connect({ host: HOST, port: this.#upstream, noDelay: true });
    const rewrite = rewriter(`${HOST} ${this.#mediaPort} typ`, `${HOST} ${this.#ownPort} typ`);
    // What is compressed cannot be rewritten, so no extension that compresses is asked for (RFC 7692).
    this.#pass(browser, server, rewriter("permessage-deflate", "permessage-refused"));
    this.#pass(server, browser, rewrite);
  }

  /**
   * @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} to
   * @param {(data: Buffer) => Buffer} change
   */
  #pass(from, to, change) {
    this.#sockets.add(from);
    from.on("data", (data) => this.#later(() => to.write(change(data))));
    from.on("end", () => this.#later(() => to.end()));
    from.on("error", () => to.destroy()); // the other end learns of a reset by one
    from.on("close", () => {
      this.#sockets.delete(from);
      if (this.#cut) to.destroy();
    });
  }

  /** @param {Buffer} packet @param {number} port the browser's */
  #outward(packet, port) {
    let socket = this.#media.get(String(port));
    if (!socket) {
      socket = createSocket("udp4", (back) => this.down.pass(back, () => this.#udp.send(back, port, HOST)));
      this.#media.set(String(port), socket);
    }
    const way = socket;
    this.up.pass(packet, () => way.send(packet, this.#mediaPort, HOST));
  }

  /** Timers of the same length keep their order. @param {() => void} act */
  #later(act) {
    if (this.#delayMs === 0) act();
    else setTimeout(act, this.#delayMs);
  }
}

/**
 * Leaves a browser's own addresses out of everything it describes itself by, or
 * else the server, which is on the same machine, would answer past the relay. Runs in the page.
 */
export function hideAddresses() {
  const { prototype } = RTCPeerConnection;
  const without = (/** @type {RTCSessionDescriptionInit | null | undefined} */ description) =>
    description && { type: description.type, sdp: description.sdp?.replace(/^a=candidate:.*\r\n/gm, "") };
  const own = Object.getOwnPropertyDescriptor(prototype, "localDescription");
  Object.defineProperty(prototype, "localDescription", {
    get() {
      return without(own?.get?.call(this));
    },
  });
  for (const name of /** @type {const} */ (["createOffer", "createAnswer"])) {
    const create = prototype[name];
    prototype[name] = /** @type {any} */ (async function (/** @type {any[]} */ ...args) {
      return without(await create.apply(this, /** @type {any} */ (args)));
    });
  }
  // Who sends its candidates one by one has none to send, in whichever way they listen.
  Object.defineProperty(prototype, "onicecandidate", { set() {} });
  const listen = prototype.addEventListener;
  prototype.addEventListener = function (/** @type {string} */ type, /** @type {any[]} */ ...rest) {
    if (type !== "icecandidate") listen.apply(this, /** @type {any} */ ([type, ...rest]));
  };
}

/**
 * Replaces a text by another of the same length. The server writes a frame at
 * once, so the text is not cut in two; if it were, no media would flow.
 *
 * @param {string} text
 * @param {string} by
 */
function rewriter(text, by) {
  return (/** @type {Buffer} */ data) => {
    for (let at = data.indexOf(text); at >= 0; at = data.indexOf(text, at + by.length)) data.write(by, at, "latin1");
    return data;
  };
}
