import { CallError } from "./errors.js";

/**
 * @typedef {{token: string, userID: string, roomID: string}} Guest
 * @typedef {{server?: string, fetch?: typeof fetch}} Where
 */

/**
 * Turns the invitation of a meeting link into the token of a guest, who may
 * enter that one room.
 *
 * @param {{invite: string, name: string} & Where} options name: what others shall see
 * @returns {Promise<Guest>} rejected with a CallError: Code.tokenExpired or Code.tokenInvalid for the invitation,
 *   Code.invalidParameter for the name, Code.rateLimited
 */
export async function becomeGuest({ invite, name, server = globalThis.location?.origin, fetch: ask = fetch }) {
  const response = await ask(new URL("/v1/guests", server), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ invite, name }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const { code, message, data } = answer.error;
  throw new CallError(code, message, data?.retryAfterMs);
}
