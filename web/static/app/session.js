import { CallError, Client } from "../sdk/index.js";

const STORE = "callsvc.token";

/**
 * How a person comes to a token: from the address (#token=…), from this tab's
 * memory, or on a development server just by a name (?user=…).
 */
export class Session {
  /** The token of the address or of this tab; empty if there is none. */
  static savedToken() {
    const fromHash = new URLSearchParams(location.hash.slice(1)).get("token");
    if (fromHash) {
      sessionStorage.setItem(STORE, fromHash);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return fromHash ?? sessionStorage.getItem(STORE) ?? "";
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
    return connect(token);
  }

  /** @param {string} token */
  static async byToken(token) {
    const client = await connect(token);
    sessionStorage.setItem(STORE, token);
    return client;
  }

  /** Forgets who it was. */
  static forget() {
    sessionStorage.removeItem(STORE);
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
