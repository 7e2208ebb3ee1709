import { CallError } from "./errors.js";

/**
 * @typedef {import("./wire.js").QueryHistory} HistoryFilter
 * @typedef {import("./wire.js").CallRecord} CallRecord
 * @typedef {{blob: Blob, filename: string}} ExportedFile
 */

/** The calls that were, as the server recorded them. */
export class History {
  #connection;
  #fetch;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {typeof fetch} [http]
   */
  constructor(connection, http = (...args) => globalThis.fetch(...args)) {
    this.#connection = connection;
    this.#fetch = http;
  }

  /**
   * A page of calls, newest first; `cursor` of the answer asks for the next.
   *
   * @param {HistoryFilter} [filter]
   */
  query(filter = {}) {
    return this.#connection.request("history.query", filter);
  }

  /**
   * All calls that the filter lets through, as a file.
   *
   * @param {"csv" | "jsonl"} format
   * @param {HistoryFilter} [filter]
   * @returns {Promise<ExportedFile>}
   */
  async export(format, filter = {}) {
    const { server, token } = this.#connection.credential;
    const url = new URL("/v1/calls/export", server);
    url.searchParams.set("format", format);
    for (const [name, value] of Object.entries(filter)) url.searchParams.set(name, String(value));
    const response = await this.#fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    if (!response.ok) {
      const { error } = await response.json();
      throw new CallError(error.code, error.message, error.data?.retryAfterMs);
    }
    return { blob: await response.blob(), filename: `calls.${format}` };
  }
}
