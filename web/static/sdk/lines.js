/**
 * How many receive slots a room's PeerConnection gets. They grow by steps, the
 * sizes of a grid, so that people who come one by one do not cost an offer each.
 */
const STEPS = [1, 4, 9, 16, 25, 36, 49];

/** As many voices speak at once, at most, as anybody can make out. */
const MOST_VOICES = 9;
/** Where more than two meet, this many voices are heard however few pictures are seen. */
const GROUP_VOICES = 3;

/** What is on the first screen of a room of many. @type {Partial<Record<NonNullable<import("./room-events.js").EnterOptions["scene"]>, number>>} */
const FIRST_SCREEN = { meeting: 4, class: 4 };

/**
 * @param {object} room
 * @param {number} room.pictures how many are wanted
 * @param {number} room.others how many other people are in
 * @param {import("./room-events.js").EnterOptions["scene"]} [room.scene]
 * @param {number} room.maxSlots how many receive lines the server allows
 * @returns {{voices: number, pictures: number}}
 */
export function receiveLines({ pictures: wanted, others, scene = "call", maxSlots }) {
  const least = Math.max(wanted, FIRST_SCREEN[scene] ?? 1);
  const step = STEPS.find((each) => each >= least) ?? least;
  const together = scene !== "call" || others > 1;
  const voices = Math.min(Math.max(step, together ? GROUP_VOICES : 1), MOST_VOICES, Math.ceil(maxSlots / 2));
  return { voices, pictures: Math.min(step, maxSlots - voices) };
}
