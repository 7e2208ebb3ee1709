import { callMessage } from "./callmessage.js";

/**
 * @typedef {import("./wire.js").Message} Message
 * @typedef {import("./callmessage.js").CallMessage} CallMessage
 * @typedef {import("./calltexts.js").CallTextKey} CallTextKey
 *
 * @typedef {object} CallCard one call of a conversation, however many messages it left
 * @property {CallMessage} call what it says now
 * @property {boolean} missed somebody called the reader in vain
 * @property {{key: CallTextKey, params: {userIDs: string[], duration: string}}[]} lines of a group's call: who did what
 *
 * @typedef {object} Entry a line of the conversation
 * @property {Message} message the first of a call that is shown, or a message as it is
 * @property {CallCard | null} card
 */

/** In the order in which they are told. @type {readonly (readonly [CallMessage["kind"], CallTextKey])[]} */
const LINES = [
  ["accept", "groupAccepted"],
  ["reject", "groupDeclined"],
  ["busy", "groupBusy"],
  ["timeout", "groupNoAnswer"],
];

/**
 * The lines of a conversation: hidden messages are left out, and the messages
 * of one call are one card that says how the call stands.
 *
 * @param {readonly Message[]} messages oldest first
 * @param {string} self the reader
 * @returns {Entry[]}
 */
export function foldCalls(messages, self) {
  const calls = new Calls();
  /** @type {{message: Message, call: OpenCall | null}[]} */
  const lines = [];
  for (const message of messages) {
    const read = callMessage(message, self);
    if (!read || read.kind === "other" || read.kind === "switch") {
      if (!read?.hidden) lines.push({ message, call: null });
      continue;
    }
    const call = calls.of(read);
    call.note(read);
    if (!read.hidden && !call.shown) {
      call.shown = true;
      lines.push({ message, call });
    }
  }
  return lines.map(({ message, call }) => ({ message, card: call && call.card(Boolean(message.groupID)) }));
}

/** The calls of a conversation while it is read. */
class Calls {
  /** @type {Map<string, OpenCall>} */
  #byInvite = new Map();
  /** @type {Map<string, OpenCall>} */
  #byRoom = new Map();
  /** @type {OpenCall | undefined} */
  #latest;

  /**
   * The call a message belongs to: that of its invitation, or that of the room,
   * which an invitation to a running call and its end name again.
   *
   * @param {CallMessage} read
   */
  of({ kind, inviteID, roomID }) {
    const inRoom = roomID ? this.#byRoom.get(roomID) : undefined;
    const running = kind === "hangup" && !roomID && this.#latest?.answered ? this.#latest : inRoom;
    const call = this.#byInvite.get(inviteID) ?? (running?.over ? undefined : running) ?? new OpenCall();
    this.#byInvite.set(inviteID, call);
    if (roomID) this.#byRoom.set(roomID, call);
    return (this.#latest = call);
  }
}

class OpenCall {
  shown = false;
  #missed = false;
  /** @type {CallMessage | undefined} */
  #invite;
  /** @type {CallMessage | undefined} */
  #last;
  /** Those asked, and what they did last: "invite" is nothing yet. @type {Map<string, CallMessage["kind"]>} */
  #people = new Map();

  get answered() {
    return this.#last?.kind !== "hangup" && [...this.#people.values()].includes("accept");
  }

  /** Nobody is in it and nobody is asked: its room may meet for another call. */
  get over() {
    const states = [...this.#people.values()];
    const going = states.includes("invite") || states.includes("accept");
    return this.#last !== undefined && (this.#last.kind === "hangup" || !going);
  }

  /** @param {CallMessage} read */
  note(read) {
    const { kind, inviteeList, userIDs, missed } = read;
    this.#last = read;
    this.#missed ||= missed;
    if (kind === "hangup") return;
    if (kind === "invite") this.#invite ??= read;
    const whom = kind === "invite" || kind === "cancel" ? inviteeList : userIDs;
    for (const userID of whom) this.#people.set(userID, kind);
  }

  /** @param {boolean} ofGroup @returns {CallCard} */
  card(ofGroup) {
    const last = /** @type {CallMessage} */ (this.#last);
    if (!ofGroup) return { call: last, missed: this.#missed, lines: [] };
    const over = last.kind === "hangup" || (last.kind === "cancel" && !this.answered);
    const call = over ? last : this.#invite ?? last;
    const lines = LINES.map(([kind, key]) => ({ key, params: { userIDs: this.#those(kind), duration: "" } }));
    return { call, missed: this.#missed, lines: lines.filter(({ key, params }) => params.userIDs.length > 0 && key !== call.key) };
  }

  /** @param {CallMessage["kind"]} kind */
  #those(kind) {
    return [...this.#people].filter(([, did]) => did === kind).map(([userID]) => userID);
  }
}
