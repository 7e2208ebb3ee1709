import { CLAP_EVERY_MS } from "./clapper.js";

/**
 * How much later each clap was seen than heard, in milliseconds; negative if it
 * was seen first. What was only seen, or only heard, does not count.
 *
 * @param {{seen: number[], heard: number[]}} claps
 */
export function compare({ seen, heard }) {
  return heard.flatMap((at) => {
    const nearest = seen.toSorted((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
    return nearest !== undefined && Math.abs(nearest - at) < CLAP_EVERY_MS / 2 ? [nearest - at] : [];
  });
}

/** How much later the picture that is shown now was taken than the sound that is played; the sign as above. Runs in the page. */
export async function playoutDifference() {
  const reports = /** @type {any[]} */ (await /** @type {any} */ (window).probe.stats());
  const newest = (/** @type {string} */ kind) =>
    Math.max(...reports.filter((r) => r.type === "inbound-rtp" && r.kind === kind && r.packetsReceived > 0).map((r) => r.estimatedPlayoutTimestamp ?? NaN));
  const difference = newest("audio") - newest("video");
  return Number.isFinite(difference) ? difference : null;
}
