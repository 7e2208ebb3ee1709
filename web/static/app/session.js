import { CallError, Client } from "../sdk/index.js";

const STORE = "callsvc.token";
const REMEMBERED = "callsvc.remembered";

/** @typedef {{userID: string, name: string, token: string}} Remembered how a user came in: by name or by token */

/**
 * How a person comes to a token: from the address (#token=…), from this tab's
 * memory, or on a development server just by a name (?user=…).
 */
export class Session {
  /** How one came in. */
  static #way = { name: "", token: "" };

  /** The token of the address or of this tab; empty if there is none. */
  static savedToken() {
    const fromHash = new URLSearchParams(location.hash.slice(1)).get("token");
    if (fromHash) {
      sessionStorage.setItem(STORE, fromHash);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return fromHash ?? sessionStorage.getItem(STORE) ?? "";
  }

  /** Whether anything here says who it is. */
  static known() {
    return Boolean(Session.savedToken() || Session.nameInAddress() || Session.remembered());
  }

  /** The name in the address; empty if there is none. */
  static nameInAddress() {
    return new URLSearchParams(location.search).get("user") ?? "";
  }

  /**
   * Signs in on a development server.
   *
   * @param {string} userID
   * @returns {Promise<Client>} rejected with code 404 where names are not given away
   */
  static async byName(userID) {
    const response = await fetch(`/dev/token?userID=${encodeURIComponent(userID)}`);
    if (!response.ok) throw await refusal(response);
    const { token } = await response.json();
    const url = new URL(location.href);
    url.searchParams.set("user", userID);
    history.replaceState(null, "", url);
    Session.#way = { name: userID, token: "" };
    return connect(token);
  }

  /** @param {string} token */
  static async byToken(token) {
    const client = await connect(token);
    sessionStorage.setItem(STORE, token);
    Session.#way = { name: "", token };
    return client;
  }

  /**
   * Keeps in this browser how the user came in, for pages that are opened by a notification.
   *
   * @param {string} userID
   */
  static remember(userID) {
    localStorage.setItem(REMEMBERED, JSON.stringify({ userID, ...Session.#way }));
  }

  /** Who is remembered. @returns {Remembered | null} */
  static remembered() {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "null");
  }

  static forgetRemembered() {
    localStorage.removeItem(REMEMBERED);
  }

  /** Forgets who it was. */
  static forget() {
    sessionStorage.removeItem(STORE);
    Session.forgetRemembered();
    history.replaceState(null, "", location.pathname);
  }
}

/** @param {string} token */
async function connect(token) {
  const client = new Client({ token });
  await client.connect();
  return client;
}

/** @param {Response} response */
async function refusal(response) {
  if (response.status === 404) return new CallError(404, "this server gives no tokens away");
  const { error } = await response.json();
  return new CallError(error.code, error.message);
}
