/**
 * The codecs named in the offer's video lines: every one costs each line some
 * 300 bytes of SDP, and all of a room should know what the others send.
 *
 * @typedef {"VP8" | "H264" | "VP9" | "AV1"} VideoCodec
 */

/** What everybody can send and receive (RFC 7742), and what gateways send: the first is sent. @type {readonly VideoCodec[]} */
export const VIDEO_CODECS = Object.freeze(["VP8", "H264"]);

/** Of each codec's many profiles the one that everybody has. @type {Record<VideoCodec, RegExp>} */
const PROFILE = {
  VP8: /^/,
  H264: /packetization-mode=1.*profile-level-id=42e01f|profile-level-id=42e01f.*packetization-mode=1/i,
  VP9: /^$|profile-id=0/,
  AV1: /^$|profile=0/,
};

/**
 * A list for setCodecPreferences(), with the retransmissions; empty if the
 * browser has none of them, and then its own order must do.
 *
 * @param {RTCRtpCodec[]} all what the browser has, in its own order
 * @param {readonly VideoCodec[]} wanted best first
 * @returns {RTCRtpCodec[]}
 */
export function preferred(all, wanted) {
  const named = wanted.flatMap((codec) => {
    const first = all.find((each) => is(each, codec) && PROFILE[codec].test(each.sdpFmtpLine ?? ""));
    return first ? [first] : [];
  });
  if (named.length === 0) return [];
  return [...named, ...all.filter(({ mimeType }) => /^video\/rtx$/i.test(mimeType))];
}

/** @param {RTCRtpCodec} codec @param {VideoCodec} name */
function is({ mimeType }, name) {
  return mimeType.toLowerCase() === `video/${name.toLowerCase()}`;
}

/**
 * The same for sound: Opus, and Opus that repeats the packet before (RFC 2198).
 * What is first is sent.
 *
 * @param {RTCRtpCodec[]} all
 * @param {boolean} repeated sends what repeats
 */
export function preferredForSound(all, repeated) {
  const named = (/** @type {RegExp} */ name) => all.filter(({ mimeType }) => name.test(mimeType));
  const [plain, red] = [named(/^audio\/opus$/i), named(/^audio\/red$/i)];
  return repeated ? [...red, ...plain] : [...plain, ...red];
}
