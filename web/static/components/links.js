const ADDRESS = /\bhttps?:\/\/[^\s<>"']+/g;
/** What ends a sentence is no part of an address. */
const TRAILING = /[.,;:!?)\]}。，；：！？）】]+$/;

/**
 * A text in pieces, of which some are web addresses.
 *
 * @param {string} text
 * @returns {{text: string, href: string}[]} href is empty where there is no link
 */
export function splitLinks(text) {
  const pieces = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const href = found.replace(TRAILING, "");
    if (!URL.canParse(href)) continue;
    if (index > at) pieces.push({ text: text.slice(at, index), href: "" });
    pieces.push({ text: href, href });
    at = index + href.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), href: "" });
  return pieces;
}
