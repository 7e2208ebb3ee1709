import { backoff } from "./backoff.js";
import { ServerClock } from "./clock.js";
import { Emitter } from "./emitter.js";
import { CallError, Code } from "./errors.js";
import { browser } from "./platform.js";
import { PendingRequests } from "./requests.js";

/**
 * @typedef {import("./wire.js").Methods} Methods
 * @typedef {import("./wire.js").Events} ServerEvents
 * @typedef {import("./wire.js").Welcome} Welcome
 *
 * @typedef {object} OwnEvents
 * @property {Welcome} welcome a socket is open and the server has greeted; `resumed` says whether the session went on
 * @property {{code: number}} lost the socket is gone; attempts to come back begin
 * @property {{attempt: number, delayMs: number}} retry an attempt to come back is planned
 * @property {{code: number, reason: string}} closed for good: signed out, kicked, taken over or refused
 *
 * @typedef {ServerEvents & OwnEvents} ConnectionEvents the server's events under their own names, and the connection's
 *
 * @typedef {object} ConnectionOptions
 * @property {string} token a JWT
 * @property {string} [server] origin such as "https://calls.example.com"; by default the page's own
 * @property {Pick<import("./platform.js").Platform, "openSocket" | "onWake">} [platform]
 * @property {typeof fetch} [fetch]
 * @property {() => number} [random]
 */

/** Close codes after which the server does not want this session back. */
const FINAL = new Set([4001, 4003, 4008]);
const CONNECT_TIMEOUT_MS = 4_000;
const PROBE_TIMEOUT_MS = 2_500;
const IDLE_CAP_MS = 10_000;
const URGENT_CAP_MS = 1_000;

/**
 * The WebSocket to the server, kept alive: JSON-RPC requests out, numbered
 * events in. When the socket breaks it comes back by itself and takes the
 * session up where it was; requests made meanwhile wait, and those that were
 * on their way are sent again under the same requestID, so that nothing
 * happens twice.
 *
 * @extends {Emitter<ConnectionEvents>}
 */
export class Connection extends Emitter {
  /** In a call: come back within a second or so, again and again. */
  urgent = false;
  /** The server's clock. */
  clock = new ServerClock();

  #options;
  #platform;
  #requests = new PendingRequests();
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {"idle" | "waiting" | "connecting" | "open" | "closed"} */
  #state = "idle";
  /** @type {Welcome | null} */
  #welcome = null;
  #lastSeq = 0;
  #attempt = 0;
  #heardAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stopWaking = () => {};

  /** @param {ConnectionOptions} options */
  constructor(options) {
    super();
    this.#options = options;
    this.#platform = options.platform ?? browser;
  }

  /** "open" once the server has greeted, "closed" for good; anything else is on its way. */
  get state() {
    return this.#state;
  }

  /** The last greeting; null before the first. */
  get welcome() {
    return this.#welcome;
  }

  /** The user this connection speaks for; empty before the first greeting. */
  get userID() {
    return this.#welcome?.userID ?? "";
  }

  /** The token and the origin, for requests by HTTP. */
  get credential() {
    return { server: this.#server(), token: this.#options.token };
  }

  /**
   * Connects and stays connected until close().
   *
   * @returns {Promise<Welcome>} the first greeting
   */
  connect() {
    if (this.#state !== "idle") return Promise.reject(new Error("connect() was called before"));
    this.#stopWaking = this.#platform.onWake(() => this.wake());
    return new Promise((resolve, reject) => {
      const stop = [
        this.on("welcome", (welcome) => (settle(), resolve(welcome))),
        this.on("closed", ({ code, reason }) => (settle(), reject(new CallError(code, reason)))),
      ];
      const settle = () => stop.forEach((each) => each());
      this.#open();
    });
  }

  /**
   * Sends a request; while there is no socket it waits for one.
   *
   * @template {keyof Methods & string} K
   * @param {K} method
   * @param {Methods[K]["params"]} params
   * @param {import("./requests.js").RequestOptions} [options]
   * @returns {Promise<Methods[K]["result"]>} rejected with a CallError
   */
  request(method, params, options = {}) {
    if (this.#state === "closed" || this.#state === "idle") {
      return Promise.reject(new CallError(Code.notLoggedIn, "not connected: call connect() first"));
    }
    const { frame, answer } = this.#requests.add(method, params, options);
    if (this.#state === "open") this.#socket?.send(frame);
    return /** @type {Promise<Methods[K]["result"]>} */ (answer);
  }

  /** Ends the session now: the server forgets it and leaves its rooms. */
  async logout() {
    try {
      if (this.#state === "open") await this.request("user.logout", {}, { timeoutMs: 2_000 });
    } finally {
      this.close();
    }
  }

  /** Closes the socket for good. The session itself lives on at the server for its minute. */
  close() {
    this.#finish(1000, "closed by this side");
  }

  /** The network may be back: tries at once, or makes sure that an open socket still answers. */
  wake() {
    if (this.#state === "waiting") {
      this.#attempt = 0;
      this.#open();
    } else if (this.#state === "open") {
      void this.#probe();
    }
  }

  /**
   * Whether the server answers now, as an open socket alone does not prove. If
   * not, the socket is given up and replaced, and a welcome follows.
   *
   * @returns {Promise<boolean>}
   */
  async answers() {
    return this.#state === "open" && (await this.#probe());
  }

  #server() {
    return this.#options.server ?? globalThis.location.origin;
  }

  #url() {
    const url = new URL("/ws", this.#server());
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", this.#options.token);
    if (this.#welcome) {
      url.searchParams.set("session", this.#welcome.sessionID);
      url.searchParams.set("after", String(this.#lastSeq));
    }
    return url.href;
  }

  #open() {
    clearTimeout(this.#timer);
    this.#state = "connecting";
    const socket = this.#platform.openSocket(this.#url());
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#drop(), CONNECT_TIMEOUT_MS);
    socket.onmessage = ({ data }) => this.#receive(String(data));
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
  }

  /** Gives up on the socket without waiting for a peer that may never answer the close. */
  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lost(1006, "no answer");
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #lost(code, reason) {
    clearTimeout(this.#timer);
    const wasOpen = this.#state === "open";
    this.#socket = null;
    if (this.#state === "closed") return;
    if (FINAL.has(code)) return this.#finish(code, reason);
    this.#state = "waiting";
    if (wasOpen) this.emit("lost", { code });
    else void this.#askWhyRefused();
    const cap = this.urgent ? URGENT_CAP_MS : IDLE_CAP_MS;
    const spread = this.urgent ? 0 : (this.#welcome?.limits.reconnectSpreadMs ?? 0);
    this.#retryIn(backoff(this.#attempt, cap, this.#random(), spread));
  }

  /** @param {number} delayMs */
  #retryIn(delayMs) {
    clearTimeout(this.#timer);
    this.emit("retry", { attempt: this.#attempt++, delayMs });
    if (this.#state === "waiting") this.#timer = setTimeout(() => this.#open(), delayMs);
  }

  #random() {
    return this.#options.random ?? Math.random;
  }

  /** A refused upgrade looks like a dead network to a script; HTTP says which it was. */
  async #askWhyRefused() {
    const ask = this.#options.fetch ?? globalThis.fetch;
    const headers = { Authorization: `Bearer ${this.#options.token}` };
    try {
      const response = await ask(new URL("/ws", this.#server()), { headers });
      const { error } = await response.json();
      if (response.status === 401) return this.#finish(error.code, error.message);
      const waitMs = error.data?.retryAfterMs;
      if (waitMs && this.#state === "waiting") this.#retryIn(waitMs * (1 + this.#random()() / 2));
    } catch {
      // No HTTP either: it is the network, and the attempts go on.
    }
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #finish(code, reason) {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#stopWaking();
    this.#requests.failAll(new CallError(Code.notLoggedIn, reason));
    this.#socket?.close(1000);
    this.#socket = null;
    this.emit("closed", { code, reason });
  }

  /** @param {string} text */
  #receive(text) {
    this.#heardAt = Date.now();
    const message = JSON.parse(text);
    if (message.method === undefined) return this.#requests.settle(message);
    if (message.method === "session.welcome") return this.#greeted(message.params);
    const { seq } = message.params;
    if (seq !== undefined) {
      if (seq <= this.#lastSeq) return; // sent again after a resume; it was heard the first time
      this.#lastSeq = seq;
    }
    this.emit(/** @type {keyof ServerEvents} */ (message.method), message.params);
  }

  /** @param {Welcome} welcome */
  #greeted(welcome) {
    clearTimeout(this.#timer);
    this.#state = "open";
    this.#attempt = 0;
    this.#welcome = welcome;
    this.clock.hint(Date.now(), welcome.serverAt);
    if (!welcome.resumed) {
      this.#lastSeq = 0;
      this.#requests.failSessionBound(new CallError(Code.notLoggedIn, "the session was lost"));
    }
    for (const frame of this.#requests.frames()) this.#socket?.send(frame);
    this.#watch();
    this.emit("welcome", welcome);
    this.clock.expire();
    void this.#probe();
  }

  /** Asks for a sign of life when nothing was heard for a heartbeat. */
  #watch() {
    const beat = (this.#welcome?.heartbeat ?? 20) * 1000;
    this.#timer = setTimeout(async () => {
      if (Date.now() - this.#heardAt >= beat) await this.#probe();
      if (this.#state === "open") this.#watch();
    }, beat);
  }

  /**
   * Asks the time; a socket that does not answer is dropped and replaced.
   *
   * @returns {Promise<boolean>} it answered
   */
  async #probe() {
    const socket = this.#socket;
    const sentAt = Date.now();
    try {
      const { serverAt } = await this.request("session.time", {}, { timeoutMs: PROBE_TIMEOUT_MS });
      if (this.#socket === socket) this.clock.sample(sentAt, Date.now(), serverAt);
      return true;
    } catch {
      if (this.#state === "open" && this.#socket === socket) this.#drop();
      return false;
    }
  }
}
