const FIRST_MS = 250;

/**
 * How long to wait before the next attempt: none before the first, then twice
 * as long each time up to a cap, and a random half of it taken away so that a
 * thousand clients of a restarted server do not come back in the same instant.
 *
 * @param {number} attempt 0 for the first
 * @param {number} capMs
 * @param {() => number} random in [0, 1)
 * @returns {number} milliseconds
 */
export function backoff(attempt, capMs, random) {
  if (attempt === 0) return Math.round(random() * 100);
  const full = Math.min(capMs, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random() / 2));
}
