import { avatar } from "../components/avatar.js";
import { Component } from "../components/component.js";
import { shortMoment } from "../components/format.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { chatRows } from "./chat-rows.js";
import { faultSentence } from "./faults.js";

/**
 * @typedef {import("./chat-rows.js").ChatRow} ChatRow
 *
 * @typedef {object} ChatsData
 * @property {import("../sdk/index.js").Client} client
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {string} chosen the conversation that is open
 * @property {(conversationID: string) => void} open
 * @property {() => void} newGroup
 */

/**
 * The conversations: who, what was said last, what is unread.
 *
 * @extends {Component<ChatsData>}
 */
export class ChatsPanel extends Component {
  #loaded = false;
  #fault = "";

  /** @override */
  connected() {
    const { conversations, groups } = this.data.client;
    const fail = (/** @type {unknown} */ thrown) => this.#say(faultSentence(thrown));
    this.until(
      language.on("change", () => this.update()),
      conversations.on("change", () => this.#say("")),
      groups.on("change", () => this.update()),
      conversations.on("fault", fail),
      groups.on("fault", fail),
    );
    void this.#watch();
  }

  async #watch() {
    const { conversations, groups } = this.data.client;
    try {
      await Promise.all([conversations.watch(), groups.watch()]);
      this.#loaded = true;
      this.update();
    } catch (thrown) {
      this.#say(faultSentence(thrown));
    }
  }

  /** @param {string} fault */
  #say(fault) {
    this.#fault = fault;
    this.update();
  }

  /** @override */
  template() {
    const { client, nameOf, newGroup } = this.data;
    const { conversations, groups, connection } = client;
    const rows = chatRows({ conversations: conversations.list(), groups: groups.list(), self: connection.userID, nameOf });
    return html`<section class="card chats" aria-labelledby="chats-title">
      <header class="card-head">
        <h2 id="chats-title">${t("chats")}</h2>
        <span class="spacer"></span>
        <button type="button" class="quiet" @click=${newGroup}>${icons.plus}${t("newGroup")}</button>
      </header>
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
      ${rows.length > 0 ? html`<ul class="rows" data-testid="conversations">${repeat(rows, ({ conversationID }) => conversationID, (row) => this.#row(row))}</ul>` : nothing}
      ${this.#loaded && rows.length === 0 ? html`<p class="empty">${t("noChats")}</p>` : nothing}
      ${conversations.more ? html`<button type="button" class="plain wide" @click=${() => void this.#loadMore()}>${t("loadMoreChats")}</button>` : nothing}
    </section>`;
  }

  /** @param {ChatRow} row */
  #row({ conversationID, groupID, peer, title, line, call, at, unread }) {
    const { chosen, open, pictureOf } = this.data;
    return html`<li>
      <button type="button" class="row chat-row ${unread > 0 ? "unread" : ""}" data-conversation=${conversationID} aria-current=${conversationID === chosen ? "true" : nothing} @click=${() => open(conversationID)}>
        ${groupID ? html`<span class="group-face">${avatar(title)}</span>` : avatar(title, "small", pictureOf(peer))}
        <span class="row-main">
          <span class="row-title" dir="auto">${title}</span>
          <span class="row-sub ${call?.missed ? "missed-line" : ""}">${call && call.kind !== "other" ? (call.mediaType === "video" ? icons.camera : icons.phone) : nothing}${line}</span>
        </span>
        <span class="row-side">
          <time class="row-time" datetime=${new Date(at).toISOString()}>${shortMoment(at, Date.now())}</time>
          ${unread > 0 ? html`<span class="badge" data-testid="unread"><span aria-hidden="true">${unread > 99 ? "99+" : unread}</span><span class="visually-hidden">${t("unreadCount", { count: unread })}</span></span>` : nothing}
        </span>
      </button>
    </li>`;
  }

  async #loadMore() {
    try {
      await this.data.client.conversations.loadMore();
    } catch (thrown) {
      this.#say(faultSentence(thrown));
    }
  }
}

customElements.define("chats-panel", ChatsPanel);
