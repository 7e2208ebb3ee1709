import { Emitter } from "./emitter.js";
import { codeOf } from "./errors.js";
import { randomID } from "./requests.js";

/**
 * @typedef {import("./wire.js").Message} Message
 *
 * @typedef {object} Outgoing a text that is not in the conversation yet
 * @property {string} requestID
 * @property {string} text
 * @property {number} createdAt by this device's clock
 * @property {"sending" | "failed"} status
 * @property {number} code why it failed
 */

const PAGE = 50;
/** A longer gap than this is not filled: the list begins anew at its end. */
const LONGEST_GAP = 400;

/**
 * One conversation as it is read: the messages that were fetched, without a
 * gap, and one's own that are on their way. It keeps itself up to date until
 * close().
 *
 * @extends {Emitter<{change: null, fault: unknown}>}
 */
export class MessageList extends Emitter {
  /** Oldest first. @type {Message[]} */
  messages = [];
  /** In the order they were written. @type {Outgoing[]} */
  outgoing = [];
  /** There are older messages to load. */
  more = false;
  /** The first page is there. */
  loaded = false;

  #of;
  #conversationID;
  /** @type {(() => void)[]} */
  #stops;
  #busy = false;
  #again = false;

  /**
   * @param {import("./messages.js").Messages} messages
   * @param {import("./connection.js").Connection} connection
   * @param {string} conversationID
   */
  constructor(messages, connection, conversationID) {
    super();
    this.#of = messages;
    this.#conversationID = conversationID;
    /** @param {{conversationID: string, message: Message}} event */
    const came = (event) => void (event.conversationID === conversationID && this.#came(event.message));
    this.#stops = [
      messages.on("onRecvNewMessage", came),
      messages.on("sent", came),
      messages.on("signaled", ({ conversationIDs }) => {
        if (conversationIDs.length === 0 || conversationIDs.includes(conversationID)) void this.load();
      }),
      connection.on("welcome", ({ resumed }) => void (!resumed && this.load())),
    ];
  }

  get conversationID() {
    return this.#conversationID;
  }

  /** The number of the newest message; 0 if there is none. */
  get lastSeq() {
    return this.messages.at(-1)?.messageSeq ?? 0;
  }

  /** Nothing more is heard or said. */
  close() {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Reads what is new: the first time a page, later all that has come since. */
  async load() {
    if (this.#busy) return void (this.#again = true);
    this.#busy = true;
    try {
      do {
        this.#again = false;
        await this.#catchUp();
      } while (this.#again);
    } catch (thrown) {
      this.emit("fault", thrown);
    } finally {
      this.#busy = false;
    }
  }

  /** Reads the page before the oldest message there is. */
  async loadOlder() {
    const beforeSeq = this.messages[0]?.messageSeq;
    if (this.#busy || !this.more || !beforeSeq) return;
    this.#busy = true;
    try {
      const { messages, more } = await this.#of.getHistoryMessageList(this.#conversationID, { beforeSeq, limit: PAGE });
      this.more = more;
      this.#merge(messages);
    } catch (thrown) {
      this.emit("fault", thrown);
    } finally {
      this.#busy = false;
    }
    if (this.#again) await this.load();
  }

  /** Sends a text; it is in `outgoing` until the server has it. @param {string} text */
  send(text) {
    const requestID = randomID();
    this.outgoing = [...this.outgoing, { requestID, text, createdAt: Date.now(), status: "sending", code: 0 }];
    return this.#deliver(requestID, text);
  }

  /** Tries a text again that failed. Had it arrived after all, it stands there once. @param {string} requestID */
  async retry(requestID) {
    const failed = this.outgoing.find((each) => each.requestID === requestID && each.status === "failed");
    if (!failed) return;
    this.#mark(requestID, { status: "sending", code: 0 });
    await this.#deliver(requestID, failed.text);
  }

  /** Forgets a text that failed. @param {string} requestID */
  discard(requestID) {
    this.outgoing = this.outgoing.filter((each) => each.requestID !== requestID);
    this.emit("change", null);
  }

  /** @param {string} requestID @param {string} text */
  async #deliver(requestID, text) {
    this.emit("change", null);
    try {
      await this.#of.sendTextMessage(this.#conversationID, text, requestID);
      this.discard(requestID);
    } catch (thrown) {
      this.#mark(requestID, { status: "failed", code: codeOf(thrown) });
    }
  }

  /** @param {string} requestID @param {Partial<Outgoing>} changes */
  #mark(requestID, changes) {
    this.outgoing = this.outgoing.map((each) => (each.requestID === requestID ? { ...each, ...changes } : each));
    this.emit("change", null);
  }

  /** @param {Message} message */
  #came(message) {
    const fits = this.loaded && message.messageSeq <= this.lastSeq + 1;
    if (fits) this.#merge([message]);
    else void this.load();
  }

  /** Pages backwards from the end until what is there already is met. */
  async #catchUp() {
    const known = this.lastSeq;
    /** @type {Message[]} */
    const news = [];
    let page;
    do {
      const beforeSeq = news.at(-1)?.messageSeq;
      page = await this.#of.getHistoryMessageList(this.#conversationID, { limit: PAGE, ...(beforeSeq && { beforeSeq }) });
      news.push(...page.messages);
    } while (known > 0 && page.more && oldest(news) > known + 1 && news.length < LONGEST_GAP);
    const joined = known > 0 && oldest(news) <= known + 1;
    if (!joined) {
      this.messages = [];
      this.more = page.more;
    }
    this.loaded = true;
    this.#merge(news);
  }

  /** @param {Message[]} news */
  #merge(news) {
    const bySeq = new Map([...this.messages, ...news].map((message) => [message.messageSeq, message]));
    this.messages = [...bySeq.values()].sort((a, b) => a.messageSeq - b.messageSeq);
    this.emit("change", null);
  }
}

/** @param {Message[]} newestFirst */
function oldest(newestFirst) {
  return newestFirst.at(-1)?.messageSeq ?? 0;
}
