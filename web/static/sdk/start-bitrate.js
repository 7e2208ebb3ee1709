/**
 * What Chromium takes the way up for before it has measured it. With its own
 * 300 kbit/s a camera begins with a quarter of its lines, and takes half a
 * minute to find out that the network carries them all.
 */
const START_KILOBITS_PER_SECOND = 600;

/**
 * An answer that has a video line begin with that. The parameter is libwebrtc's;
 * others pass over it.
 *
 * @param {string} sdp
 * @param {string} mid of the line
 */
export function withStartBitrate(sdp, mid) {
  const sections = sdp.split(/(?=^m=)/m);
  return sections.map((section) => (mid && section.includes(`\r\na=mid:${mid}\r\n`) ? begin(section) : section)).join("");
}

/** @param {string} section */
function begin(section) {
  const [, type] = /^m=video \d+ \S+ (\d+)/.exec(section) ?? [];
  if (!type) return section;
  const parameter = `x-google-start-bitrate=${START_KILOBITS_PER_SECOND}`;
  const line = new RegExp(`^a=fmtp:${type} .*$`, "m");
  if (line.test(section)) return section.replace(line, (found) => `${found};${parameter}`);
  return section.replace(new RegExp(`^a=rtpmap:${type} .*$`, "m"), (found) => `${found}\r\na=fmtp:${type} ${parameter}`);
}
