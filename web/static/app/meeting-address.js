/**
 * @typedef {object} MeetingAddress
 * @property {string} invite from /?meet=…; empty if the address has none
 * @property {string} roomID from /?room=…
 */

const LETTERS = "abcdefghijkmnpqrstuvwxyz";

/** The meeting the page was opened for; null for none. @returns {MeetingAddress | null} */
export function meetingInAddress() {
  const said = new URL(location.href).searchParams;
  const invite = said.get("meet") ?? "";
  const roomID = said.get("room") ?? "";
  return invite || roomID ? { invite, roomID } : null;
}

/** The address an invitation is opened by, anywhere. @param {string} invite */
export function linkOf(invite) {
  const link = new URL(location.pathname, location.href);
  link.searchParams.set("meet", invite);
  return link.href;
}

/** Says in the address which meeting one is in, so that the page comes back to it; or that one is in none. @param {string} roomID */
export function showMeeting(roomID) {
  const url = new URL(location.href);
  url.searchParams.delete("meet");
  if (roomID) url.searchParams.set("room", roomID);
  else url.searchParams.delete("room");
  history.replaceState(history.state, "", url);
}

/** A meeting's id nobody guesses, such as kqv-xwpt-mhd. */
export function newMeetingID() {
  const drawn = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  return `${drawn.slice(0, 4)}-${drawn.slice(4, 8)}-${drawn.slice(8)}`;
}
