import { asking } from "./engine-asking.js";
import { meeting } from "./engine-meeting.js";
import { anyJoined, ids, those } from "./participants.js";

/**
 * The life of a call as one side sees it, without clock, socket or media: an
 * event goes in, the next state and what has to be done come out. A call with
 * one other is the same as one with many.
 *
 * @typedef {import("./engine-types.js").State} State
 * @typedef {import("./engine-types.js").Event} Event
 * @typedef {import("./engine-types.js").Step} Step
 * @typedef {import("./engine-types.js").Command} Command
 * @typedef {import("./engine-types.js").Outcome} Outcome
 * @typedef {import("./engine-types.js").RunningCall} RunningCall
 */

export { initial, isDirect, peerOf } from "./engine-steps.js";

/** @type {import("./engine-types.js").Handlers<Event["type"]>} */
const handlers = { ...asking, ...meeting };

/** How much longer than the server one waits for its word. */
const SLACK_MS = 8_000;

/**
 * @param {State} state
 * @param {Event} event
 * @returns {Step}
 */
export function step(state, event) {
  const handle = /** @type {(state: State, event: Event) => Step} */ (handlers[event.type]);
  return handle(state, event);
}

/**
 * How long the state may last before a "deadline" event is due; 0 = for ever.
 * The server ends calls by itself: these are for when it can no longer say so.
 *
 * @param {State} state
 * @returns {number} milliseconds
 */
export function deadline(state) {
  switch (state.phase) {
    case "idle":
      return 0;
    case "calling":
    case "ringing":
      if (state.unconfirmed) return 3_000;
      return ringing(state);
    case "connecting":
      return 30_000 + SLACK_MS;
    case "connected":
      return connected(state);
  }
}

/** @param {State} state */
function connected(state) {
  if (state.lost) return 60_000;
  if (those(state.participants, "inviting").length > 0) return ringing(state);
  const settled = anyJoined(state.participants) && those(state.participants, "accepted").length === 0;
  return settled ? 0 : 20_000 + SLACK_MS;
}

/** @param {State} state */
function ringing({ ringMs }) {
  return ringMs > 0 ? ringMs + SLACK_MS : 0;
}

/**
 * What a deadline hangs on: while this is the same, it runs on.
 *
 * @param {State} state
 */
export function deadlineKey(state) {
  const { key, phase, lost, unconfirmed, participants } = state;
  const waiting = ids(those(participants, "inviting", "accepted"));
  return [key, phase, lost, unconfirmed, anyJoined(participants), ...waiting].join();
}
