import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Code, codeOf, foldCalls, partyOf } from "../sdk/index.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { bubbleOf, outgoingBubble } from "./bubbles.js";
import { conversationHead } from "./conversation-head.js";
import { faultSentence } from "./faults.js";
import "./message-composer.js";
import { MessageComposer } from "./message-composer.js";
import "./running-call.js";
import { timeline } from "./timeline.js";

/**
 * @typedef {object} ConversationData
 * @property {import("../sdk/index.js").Client} client
 * @property {string} conversationID
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {(userID: string, kind: import("../sdk/wire.js").MediaType) => void} call
 * @property {(kind: import("../sdk/wire.js").MediaType) => void} callGroup
 * @property {(call: import("../sdk/engine-types.js").RunningCall) => void} joinCall
 * @property {() => void} back
 * @property {() => void} details of the group or the user
 */

/** So near to the end one is at the end, in pixels. */
const NEAR_END = 80;
/** So near to the beginning older messages are read. */
const NEAR_START = 160;

/**
 * A conversation: what was said, and where one writes.
 *
 * @extends {Component<ConversationData>}
 */
export class ConversationPane extends Component {
  /** @type {import("../sdk/index.js").MessageList | null} */
  #list = null;
  /** Those left with a text that is not sent yet. @type {Map<string, import("../sdk/index.js").MessageList>} */
  #unsent = new Map();
  /** @type {(() => void)[]} */
  #listening = [];
  /** What was read when the conversation was opened; the rest is marked as new. */
  #readSeq = Infinity;
  /** The first messages were drawn, and scrolled to where one reads on. */
  #placed = false;
  /** The oldest message that is drawn. */
  #firstSeq = 0;
  /** Older messages are being read. */
  #paging = false;
  #behind = false;
  #marking = 0;
  #fault = "";

  /** @override */
  connected() {
    const { conversations, groups, users, blackList, connection } = this.data.client;
    const redraw = () => this.update();
    document.addEventListener("visibilitychange", redraw);
    this.until(
      language.on("change", redraw),
      conversations.on("change", redraw),
      groups.on("change", redraw),
      users.on("change", redraw),
      blackList.on("change", redraw),
      connection.on("welcome", redraw),
      () => document.removeEventListener("visibilitychange", redraw),
      () => this.#leave(),
      () => this.#unsent.forEach((list) => list.close()),
    );
  }

  #leave() {
    for (const stop of this.#listening.splice(0)) stop();
    const list = this.#list;
    if (list && list.outgoing.length > 0) this.#unsent.set(list.conversationID, list);
    else list?.close();
    this.#list = null;
  }

  /** The conversation may be another one than at the last drawing. */
  #follow() {
    const { client, conversationID } = this.data;
    if (this.#list?.conversationID === conversationID) return this.#list;
    this.#leave();
    const list = this.#unsent.get(conversationID) ?? client.openConversation(conversationID);
    this.#unsent.delete(conversationID);
    const known = client.conversations.get(conversationID);
    this.#readSeq = known && known.unread > 0 ? known.readSeq : Infinity;
    this.#placed = this.#behind = false;
    this.#marking = this.#firstSeq = 0;
    this.#fault = "";
    this.#listening = [
      list.on("change", () => this.#say("")),
      list.on("fault", (thrown) => this.#say(faultSentence(thrown))),
    ];
    this.#list = list;
    void list.load();
    return list;
  }

  /** @param {string} fault */
  #say(fault) {
    this.#fault = fault;
    this.update();
  }

  /** @override */
  draw() {
    const log = /** @type {HTMLElement | null} */ (this.querySelector("[role=log]"));
    const before = log && { fromEnd: log.scrollHeight - log.scrollTop, atEnd: atEnd(log), firstSeq: this.#firstSeq };
    super.draw();
    this.#keepPlace(before);
    void this.#markRead();
  }

  /** @override */
  template() {
    const list = this.#follow();
    const { client, conversationID, nameOf, pictureOf, call, callGroup, joinCall, back, details } = this.data;
    const { peer = "", groupID = "" } = partyOf(conversationID);
    const group = client.groups.get(groupID);
    const title = groupID ? group?.name ?? groupID : nameOf(peer);
    const line = group ? t("members", { count: group.memberCount }) : client.users.isOnline(peer) ? t("online") : "";
    return html`<section class="conversation" aria-label=${t("conversationWith", { name: title })} data-testid="conversation">
      ${conversationHead({ title, line, peer, picture: pictureOf(peer), back, details, call: (kind) => (peer ? call(peer, kind) : callGroup(kind)) })}
      ${groupID ? html`<running-call .data=${{ client, groupID, nameOf, pictureOf, join: joinCall }}></running-call>` : nothing}
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
      ${peer && client.blackList.has(peer) ? html`<p class="notice" data-testid="blocked-notice">${t("isBlocked", { name: title })}</p>` : nothing}
      ${this.#log(list, title)}
      ${this.#behind ? html`<button type="button" class="icon-button to-latest" aria-label=${t("toLatest")} title=${t("toLatest")} @click=${() => this.#toEnd()}>${icons.down}</button>` : nothing}
      <message-composer .data=${{ conversationID, name: title, send: (/** @type {string} */ text) => this.#send(text) }}></message-composer>
    </section>`;
  }

  /**
   * @param {import("../sdk/index.js").MessageList} list
   * @param {string} title
   */
  #log(list, title) {
    const self = this.data.client.connection.userID;
    const reading = {
      self,
      nameOf: this.data.nameOf,
      pictureOf: this.data.pictureOf,
      call: this.data.call,
      retry: (/** @type {string} */ requestID) => void list.retry(requestID),
      discard: (/** @type {string} */ requestID) => list.discard(requestID),
    };
    const lines = timeline(foldCalls(list.messages, self), { self, readSeq: this.#readSeq });
    const empty = list.loaded && lines.length === 0 && list.outgoing.length === 0;
    // Only what comes while one is reading is read out, not the pages of the past.
    return html`<div class="log" role="log" aria-live=${this.#placed && !this.#paging ? "polite" : "off"} aria-label=${t("messagesIn", { name: title })} tabindex="0" data-testid="messages" @scroll=${() => this.#scrolled()}>
      ${list.more ? html`<button type="button" class="plain earlier" @click=${() => void this.#loadOlder()}>${t("earlier")}</button>` : nothing}
      ${empty ? html`<p class="empty">${t("noMessages")}</p>` : nothing}
      <ol class="lines">${repeat(lines, ({ entry }) => entry.message.messageID, (line) => bubbleOf(line, reading))}${repeat(list.outgoing, ({ requestID }) => requestID, (each) => outgoingBubble(each, reading))}</ol>
    </div>`;
  }

  get #scroller() {
    return this.inner("[role=log]", HTMLElement);
  }

  /** One goes on reading where one was, whatever came above or below. @param {{fromEnd: number, atEnd: boolean, firstSeq: number} | null} before */
  #keepPlace(before) {
    const list = this.#list;
    const log = this.#scroller;
    if (!list?.loaded) return;
    this.#firstSeq = list.messages[0]?.messageSeq ?? 0;
    if (!this.#placed) {
      this.#placed = true;
      log.scrollTop = log.scrollHeight;
      this.querySelector(".unread-line")?.scrollIntoView({ block: "center" });
      this.update(); // from now on what comes is read out
    } else if (before && this.#firstSeq < before.firstSeq) {
      log.scrollTop = log.scrollHeight - before.fromEnd;
    } else if (before?.atEnd) {
      log.scrollTop = log.scrollHeight;
    }
    this.#setBehind(!atEnd(log));
  }

  #scrolled() {
    const log = this.#scroller;
    if (this.#placed && log.scrollTop < NEAR_START) void this.#loadOlder();
    this.#setBehind(!atEnd(log));
  }

  /** @param {boolean} behind */
  #setBehind(behind) {
    if (behind === this.#behind) return;
    this.#behind = behind;
    this.update();
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  async #loadOlder() {
    const list = this.#list;
    if (!list?.more || this.#paging) return;
    this.#paging = true;
    this.draw();
    await list.loadOlder();
    this.draw();
    this.#paging = false;
    this.update();
  }

  /** @param {string} text */
  #send(text) {
    void this.#list?.send(text);
    this.#readSeq = Infinity;
    this.#toEnd();
  }

  /** What is on the screen of somebody who is there has been read. */
  async #markRead() {
    const list = this.#list;
    const { client, conversationID } = this.data;
    const unread = client.conversations.get(conversationID)?.unread ?? 0;
    const shown = this.#placed && document.visibilityState === "visible" && this.#scroller.checkVisibility();
    if (!list || !shown || unread === 0 || list.lastSeq <= this.#marking) return;
    this.#marking = list.lastSeq;
    try {
      await client.messages.markConversationAsRead(conversationID, list.lastSeq);
    } catch (thrown) {
      this.#marking = 0;
      // Without a connection the next welcome draws again, and comes here again.
      if (codeOf(thrown) !== Code.notLoggedIn && codeOf(thrown) !== Code.timedOut) this.#say(faultSentence(thrown));
    }
  }

  /** Goes to where one writes; where that would open a keyboard over the screen, to the title. */
  enter() {
    const touch = matchMedia("(pointer: coarse)").matches;
    if (touch) this.inner("h2", HTMLElement).focus();
    else this.inner("message-composer", MessageComposer).focus();
  }
}

/** @param {HTMLElement} log */
function atEnd(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
}

customElements.define("conversation-pane", ConversationPane);
