/**
 * An offer that lets lost packets of voices be asked for again (RFC 4585). Browsers
 * can do that with sound as with pictures, and do not offer it.
 *
 * @param {string} sdp
 */
export function withSoundRepair(sdp) {
  const sections = sdp.split(/(?=^m=)/m);
  return sections.map((section) => (section.startsWith("m=audio") ? repaired(section) : section)).join("");
}

/** @param {string} section */
function repaired(section) {
  const [line, type] = /^a=rtpmap:(\d+) opus\/48000\/2\r$/im.exec(section) ?? [];
  if (!line || section.includes(`a=rtcp-fb:${type} nack\r`)) return section;
  return section.replace(line, `${line}\na=rtcp-fb:${type} nack\r`);
}
