import { conversationIDOf, conversationOf } from "./conversation-id.js";
import { Emitter } from "./emitter.js";
import { Code, codeOf } from "./errors.js";

/**
 * @typedef {import("./wire.js").Message} Message
 * @typedef {import("./wire.js").Conversation & {conversationID: string}} Conversation
 */

/** Several changes at once are read once. */
const SOON_MS = 100;
/** A whole group hears of its signaling in the same instant: not everybody asks in it. */
const GROUP_SPREAD_MS = 2_000;

/**
 * One's conversations with what is unread, kept up to date.
 *
 * @extends {Emitter<{change: Conversation[], fault: unknown}>}
 */
export class Conversations extends Emitter {
  #messages;
  /** @type {Map<string, Conversation>} */
  #all = new Map();
  #cursor = "";
  #watching = false;
  #random;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #dueAt = Infinity;

  /**
   * @param {import("./messages.js").Messages} messages
   * @param {import("./connection.js").Connection} connection
   * @param {() => number} [random] in [0, 1)
   */
  constructor(messages, connection, random = Math.random) {
    super();
    this.#messages = messages;
    this.#random = random;
    messages.on("onRecvNewMessage", ({ message }) => this.#came(message));
    messages.on("sent", ({ message }) => this.#came(message));
    messages.on("onConversationChanged", ({ conversationID, readSeq }) => this.#read(conversationID, readSeq));
    messages.on("read", ({ conversationID, readSeq }) => this.#read(conversationID, readSeq));
    messages.on("signaled", ({ groupID }) => this.#soon(SOON_MS + (groupID ? this.#random() * GROUP_SPREAD_MS : 0)));
    for (const name of /** @type {const} */ (["onGroupDismissed", "onMemberKicked", "onMemberLeave", "onMemberEnter", "onMemberInvited"])) {
      connection.on(name, ({ members }) => void ((members.length === 0 || members.includes(messages.self)) && this.#soon(SOON_MS)));
    }
    connection.on("welcome", ({ resumed }) => void (!resumed && this.#soon(0)));
    connection.on("closed", () => clearTimeout(this.#timer));
  }

  /** Those read so far, that with the newest message first. */
  list() {
    return [...this.#all.values()].sort((a, b) => b.lastMessage.createdAt - a.lastMessage.createdAt);
  }

  /** @param {string} conversationID */
  get(conversationID) {
    return this.#all.get(conversationID);
  }

  /** There are older conversations to load. */
  get more() {
    return this.#cursor !== "";
  }

  /** How many messages are unread in those read so far (TIM getTotalUnreadMessageCount). */
  get totalUnread() {
    let sum = 0;
    for (const { unread } of this.#all.values()) sum += unread;
    return sum;
  }

  /** Reads the list and follows its changes from now on. */
  async watch() {
    this.#watching = true;
    await this.#reload();
  }

  /** Reads the next page. */
  async loadMore() {
    if (!this.more) return;
    const { conversations, cursor } = await this.#messages.getConversationList({ cursor: this.#cursor });
    this.#cursor = cursor;
    this.#put(conversations);
  }

  /** Forgets a conversation one is not in any more. @param {string} conversationID */
  forget(conversationID) {
    if (this.#all.delete(conversationID)) this.emit("change", this.list());
  }

  /** @param {number} ms */
  #soon(ms) {
    if (!this.#watching) return;
    const dueAt = Date.now() + ms;
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#dueAt = Infinity;
      void this.#tryReload();
    }, ms);
  }

  async #tryReload() {
    try {
      await this.#reload();
    } catch (thrown) {
      // Lost again on the way: the next welcome comes here once more.
      if (codeOf(thrown) !== Code.notLoggedIn) this.emit("fault", thrown);
    }
  }

  /** The first page anew; what came by later pages stays below it. */
  async #reload() {
    const { conversations, cursor } = await this.#messages.getConversationList();
    const oldest = conversations.at(-1)?.lastMessage.createdAt ?? 0;
    for (const [id, { lastMessage }] of this.#all) {
      if (cursor === "" || lastMessage.createdAt >= oldest) this.#all.delete(id);
    }
    if (this.#all.size === 0) this.#cursor = cursor;
    this.#put(conversations);
  }

  /** @param {import("./wire.js").Conversation[]} conversations */
  #put(conversations) {
    for (const each of conversations) {
      const conversationID = conversationIDOf(each);
      this.#all.set(conversationID, { ...each, conversationID });
    }
    this.emit("change", this.list());
  }

  /** A message that follows the last one needs no question to the server. @param {Message} message */
  #came(message) {
    const { self } = this.#messages;
    const conversationID = conversationOf(message, self);
    const known = this.#all.get(conversationID);
    if (!known || message.messageSeq > known.lastSeq + 1) return this.#soon(0);
    if (message.messageSeq <= known.lastSeq) return;
    const unread = known.unread + (message.from === self ? 0 : 1);
    this.#all.set(conversationID, { ...known, lastMessage: message, lastSeq: message.messageSeq, unread });
    this.emit("change", this.list());
  }

  /** @param {string} conversationID @param {number} readSeq */
  #read(conversationID, readSeq) {
    const known = this.#all.get(conversationID);
    if (!known || readSeq <= known.readSeq) return;
    if (readSeq < known.lastSeq) return this.#soon(0); // how much is left, the server knows
    this.#all.set(conversationID, { ...known, readSeq, unread: 0 });
    this.emit("change", this.list());
  }
}
