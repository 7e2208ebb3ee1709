/**
 * What a source is sent as, and how what the server wants of it is put into a
 * sender's parameters.
 *
 * @typedef {import("./wire.js").Source} Source
 * @typedef {import("./wire.js").SenderWanted} SenderWanted
 */

/** Below this a layer is not worth its packets. */
const LEAST_BITS_PER_SECOND = 50_000;

/**
 * Until the server says what is looked at, the whole picture alone is sent:
 * a call between two then costs what one stream costs, and its first frame
 * waits for no other.
 *
 * @type {Record<Source, RTCRtpEncodingParameters[]>}
 */
const ENCODINGS = {
  mic: [{ priority: "high", networkPriority: "high" }],
  screenAudio: [{ priority: "high", networkPriority: "high", maxBitrate: 128_000 }],
  camera: [
    { rid: "q", active: false, scaleResolutionDownBy: 4, maxBitrate: 150_000 },
    { rid: "h", active: false, scaleResolutionDownBy: 2, maxBitrate: 500_000 },
    { rid: "f", active: true, scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
  ],
  // Text must stay sharp: fewer frames, never fewer pixels. The small one is for thumbnails.
  screen: [
    { rid: "h", active: false, scaleResolutionDownBy: 2, maxBitrate: 400_000, maxFramerate: 5 },
    { rid: "f", active: true, scaleResolutionDownBy: 1, maxBitrate: 2_500_000, maxFramerate: 15 },
  ],
};

/** What a source begins with. @param {Source} source */
export function encodingsOf(source) {
  return ENCODINGS[source].map((encoding) => ({ ...encoding }));
}

/** The same as a wish, for as long as the server has none. @param {Source} source @returns {SenderWanted} */
export function wantedAtFirst(source) {
  const encodings = ENCODINGS[source].map(({ rid = "", active = true }) => ({ rid, active, maxBitrate: 0 }));
  return { mid: "", encodings, maxBitrate: 0 };
}

/**
 * Puts a wish into parameters as RTCRtpSender.getParameters() gave them. What
 * the source's own limits are it never exceeds.
 *
 * @param {RTCRtpSendParameters} parameters changed in place
 * @param {Source} source
 * @param {SenderWanted} wanted
 * @returns {boolean} whether anything is different now
 */
export function adjust({ encodings }, source, { encodings: wanted, maxBitrate: total }) {
  let left = total > 0 ? total : Infinity;
  let changed = false;
  for (const encoding of encodings) { // from the smallest
    const wish = wanted.find(({ rid }) => rid === (encoding.rid ?? ""));
    if (!wish) continue;
    const own = ENCODINGS[source].find(({ rid }) => rid === encoding.rid) ?? ENCODINGS[source].at(-1);
    const limit = Math.min(own?.maxBitrate ?? Infinity, wish.maxBitrate || Infinity, Math.max(left, LEAST_BITS_PER_SECOND));
    if (wish.active) left -= limit;
    changed = set(encoding, wish.active, limit) || changed;
  }
  return changed;
}

/**
 * @param {RTCRtpEncodingParameters} encoding
 * @param {boolean} active
 * @param {number} maxBitrate
 */
function set(encoding, active, maxBitrate) {
  const limited = Number.isFinite(maxBitrate) ? Math.round(maxBitrate) : undefined;
  if (encoding.active === active && encoding.maxBitrate === limited) return false;
  encoding.active = active;
  if (limited === undefined) delete encoding.maxBitrate;
  else encoding.maxBitrate = limited;
  return true;
}
