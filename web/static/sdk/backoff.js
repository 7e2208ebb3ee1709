const FIRST_MS = 250;
const LEAST_SPREAD_MS = 100;

/**
 * How long to wait before the next attempt: almost none before the first, then
 * twice as long each time up to a cap, and a random half of it taken away so
 * that a thousand clients of a restarted server do not come back in the same
 * instant. For a server with more of them the first attempts are spread over
 * the time that it has asked for.
 *
 * @param {number} attempt 0 for the first
 * @param {number} capMs
 * @param {() => number} random in [0, 1)
 * @param {number} [spreadMs] limits.reconnectSpreadMs of session.welcome
 * @returns {number} milliseconds
 */
export function backoff(attempt, capMs, random, spreadMs = 0) {
  if (attempt === 0) return Math.round(random() * Math.max(LEAST_SPREAD_MS, Math.min(spreadMs, capMs)));
  const full = Math.min(capMs, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}
