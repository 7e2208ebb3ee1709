import { CallError, Code } from "./errors.js";

/**
 * @typedef {object} RequestOptions
 * @property {number} [timeoutMs] 15 s by default, however often the socket breaks meanwhile
 * @property {boolean} [once] carries a requestID: sent again after a break, it takes effect once
 * @property {string} [requestID] this one: a later attempt under the same takes effect once with this
 * @property {boolean} [sessionBound] makes no sense in another session: fails when this one is lost
 *
 * @typedef {object} Entry
 * @property {string} frame
 * @property {boolean} sessionBound
 * @property {(result: unknown) => void} resolve
 * @property {(error: CallError) => void} reject
 * @property {ReturnType<typeof setTimeout>} timer
 *
 * @typedef {{id?: number, result?: unknown, error?: {code: number, message: string, data?: {retryAfterMs?: number}}}} Answer
 */

const TIMEOUT_MS = 15_000;

/** The JSON-RPC requests that have no answer yet, in the order they were made. */
export class PendingRequests {
  #nextID = 1;
  /** @type {Map<number, Entry>} */
  #entries = new Map();

  /**
   * @param {string} method
   * @param {object} params
   * @param {RequestOptions} options
   */
  add(method, params, { timeoutMs = TIMEOUT_MS, once = false, requestID = once ? randomID() : "", sessionBound = false }) {
    const id = this.#nextID++;
    const full = requestID ? { ...params, requestID } : params;
    const frame = JSON.stringify({ jsonrpc: "2.0", id, method, params: full });
    /** @type {Promise<unknown>} */
    const answer = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#entries.delete(id);
        reject(new CallError(Code.timedOut, `${method} had no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#entries.set(id, { frame, sessionBound, resolve, reject, timer });
    });
    return { frame, answer };
  }

  /** What has to be sent (again) on a new socket. */
  frames() {
    return [...this.#entries.values()].map((entry) => entry.frame);
  }

  /** @param {Answer} message */
  settle({ id, result, error }) {
    const entry = this.#take(id ?? 0);
    if (!entry) return; // its time was up before
    if (error) entry.reject(new CallError(error.code, error.message, error.data?.retryAfterMs));
    else entry.resolve(result);
  }

  /** @param {CallError} error */
  failSessionBound(error) {
    for (const [id, entry] of this.#entries) {
      if (entry.sessionBound) this.#take(id)?.reject(error);
    }
  }

  /** @param {CallError} error */
  failAll(error) {
    for (const id of [...this.#entries.keys()]) this.#take(id)?.reject(error);
  }

  /** @param {number} id */
  #take(id) {
    const entry = this.#entries.get(id);
    if (entry) clearTimeout(entry.timer);
    this.#entries.delete(id);
    return entry;
  }
}

/** 128 random bits; crypto.randomUUID is missing on plain http. */
export function randomID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
