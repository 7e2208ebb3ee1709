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

/**
 * What a camera's encodings are where it has too few pixels for all of them. Browsers
 * built on libwebrtc send no more than the first two, or the first, of what is active
 * then, and would leave out just the whole picture.
 *
 * @type {readonly {pixels: number, encodings: Readonly<Record<string, {scaleResolutionDownBy: number, maxBitrate: number}>>}[]}
 */
const SMALL_CAMERAS = [
  { pixels: 480 * 270, encodings: { q: { scaleResolutionDownBy: 1, maxBitrate: 300_000 } } },
  { pixels: 960 * 540, encodings: { q: { scaleResolutionDownBy: 2, maxBitrate: 200_000 }, h: { scaleResolutionDownBy: 1, maxBitrate: 900_000 } } },
];

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
 * the source's own limits are it never exceeds. In place of an encoding that the
 * picture is too small for goes the largest there is.
 *
 * @param {RTCRtpSendParameters} parameters changed in place
 * @param {Source} source
 * @param {SenderWanted} wanted
 * @param {{width?: number, height?: number}} [size] of the picture, as far as it is known
 * @returns {boolean} whether anything is different now
 */
export function adjust({ encodings }, source, { encodings: wanted, maxBitrate: total }, size = {}) {
  const fit = fitting(source, encodings, size);
  const largest = fit.findLastIndex((own) => own !== undefined);
  const tooLarge = encodings.some(({ rid = "" }, i) => !fit[i] && wanted.find((wish) => wish.rid === rid)?.active);
  let left = total > 0 ? total : Infinity;
  let changed = false;
  for (const [i, encoding] of encodings.entries()) { // from the smallest
    const wish = wanted.find(({ rid }) => rid === (encoding.rid ?? ""));
    if (!wish) continue;
    const own = fit[i];
    const active = own !== undefined && (wish.active || tooLarge && i === largest);
    const limit = Math.min(own?.maxBitrate ?? Infinity, wish.maxBitrate || Infinity, Math.max(left, LEAST_BITS_PER_SECOND));
    if (active) left -= limit;
    changed = set(encoding, { active, scaleResolutionDownBy: own?.scaleResolutionDownBy, maxBitrate: limit }) || changed;
  }
  return changed;
}

/**
 * What each encoding of a picture is to be; undefined for those it is too small for.
 *
 * @param {Source} source
 * @param {RTCRtpEncodingParameters[]} encodings
 * @param {{width?: number, height?: number}} size
 * @returns {({scaleResolutionDownBy?: number, maxBitrate?: number} | undefined)[]}
 */
function fitting(source, encodings, { width = 0, height = 0 }) {
  const pixels = width * height;
  const small = source === "camera" && encodings.length > 1 && pixels > 0 && SMALL_CAMERAS.find((each) => pixels < each.pixels);
  if (small) return encodings.map(({ rid = "" }) => small.encodings[rid]);
  return encodings.map(({ rid }) => ENCODINGS[source].find((own) => own.rid === rid) ?? ENCODINGS[source].at(-1));
}

/**
 * @param {RTCRtpEncodingParameters} encoding
 * @param {{active: boolean, scaleResolutionDownBy: number | undefined, maxBitrate: number}} wanted
 */
function set(encoding, { active, scaleResolutionDownBy, maxBitrate }) {
  const limited = Number.isFinite(maxBitrate) ? Math.round(maxBitrate) : undefined;
  const scale = encoding.rid ? scaleResolutionDownBy ?? encoding.scaleResolutionDownBy : encoding.scaleResolutionDownBy;
  if (encoding.active === active && encoding.maxBitrate === limited && encoding.scaleResolutionDownBy === scale) return false;
  encoding.active = active;
  if (scale !== undefined) encoding.scaleResolutionDownBy = scale;
  if (limited === undefined) delete encoding.maxBitrate;
  else encoding.maxBitrate = limited;
  return true;
}
