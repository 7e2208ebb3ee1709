import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { c2cID, groupConversationID, partyOf } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import "./chats-panel.js";
import "./conversation-pane.js";
import { ConversationPane } from "./conversation-pane.js";
import "./group-sheet.js";
import "./history-panel.js";
import "./new-group-sheet.js";
import "./people-panel.js";
import { readEndedCalls } from "./read-ended-calls.js";

/**
 * @typedef {import("../sdk/wire.js").MediaType} MediaType
 * @typedef {import("./router.js").Tab} Tab
 *
 * @typedef {object} HomeData
 * @property {import("../sdk/index.js").Client} client
 * @property {import("./router.js").Router} router
 * @property {(userID: string, kind: MediaType) => void} call
 * @property {(userID: string) => string} nameOf
 * @property {() => void} checkDevices
 * @property {boolean} offline
 * @property {boolean} covered something lies over it: it is out of reach
 */

/** @type {readonly {tab: Tab, label: import("../components/i18n.js").Key, icon: keyof typeof icons}[]} */
const TABS = [
  { tab: "people", label: "people", icon: "people" },
  { tab: "chats", label: "chats", icon: "chats" },
  { tab: "calls", label: "history", icon: "history" },
];

/**
 * Signed in: the list of people or of conversations, and beside it, on a phone
 * over it, an open conversation or else the calls.
 *
 * @extends {Component<HomeData>}
 */
export class AppHome extends Component {
  #title = document.title;
  /** The conversation whose opening the focus follows. */
  #focusNext = false;

  /** @override */
  connected() {
    const { client, router } = this.data;
    this.until(
      language.on("change", () => this.update()),
      router.on("change", () => this.update()),
      client.conversations.on("change", () => this.update()),
      client.groups.on("onGroupDismissed", ({ groupID }) => this.#gone(groupID)),
      client.groups.on("onMemberKicked", ({ groupID, members }) => void (members.includes(client.connection.userID) && this.#gone(groupID))),
      readEndedCalls(client),
      () => (document.title = this.#title),
    );
  }

  /** @override */
  template() {
    const { client, router, call, nameOf, offline, covered } = this.data;
    const { tab, conversationID, sheet } = router.route;
    const over = covered || sheet !== "";
    const shown = conversationID ? "conversation" : tab;
    const open = (/** @type {string} */ id) => this.#open(id);
    return html`<main class="home" data-shown=${shown} ?inert=${over}>
        ${offline ? html`<p class="notice offline" role="status"><span class="spinner"></span>${t("connectionLost")}</p>` : nothing}
        ${this.#tabs(tab, conversationID)}
        <div class="side">
          <people-panel ?hidden=${tab === "chats"} .data=${{ client, call, write: (/** @type {string} */ userID) => open(c2cID(userID)), checkDevices: this.data.checkDevices }}></people-panel>
          <chats-panel ?hidden=${tab !== "chats"} .data=${{ client, nameOf, chosen: conversationID, open, newGroup: () => router.go({ sheet: "newGroup" }) }}></chats-panel>
        </div>
        <div class="pane">
          <history-panel ?hidden=${conversationID !== ""} .data=${{ client, call, nameOf }}></history-panel>
          ${conversationID
            ? html`<conversation-pane .data=${{ client, conversationID, nameOf, call, back: () => router.back(), details: () => router.go({ sheet: "group" }) }}></conversation-pane>`
            : nothing}
        </div>
      </main>
      ${covered ? nothing : this.#sheet()}`;
  }

  /** @param {Tab} current @param {string} conversationID */
  #tabs(current, conversationID) {
    const { client, router } = this.data;
    const unread = client.conversations.totalUnread;
    const counts = { people: 0, chats: unread, calls: 0 };
    const here = (/** @type {Tab} */ tab) => tab === current && (tab !== "calls" || conversationID === "");
    return html`<nav class="tabs" aria-label=${t("places")}>
      ${TABS.map(({ tab, label, icon }) => html`<button type="button" class="tab" data-tab=${tab} aria-current=${here(tab) ? "page" : nothing} @click=${() => router.go({ tab, ...(tab === "calls" && { conversationID: "" }) })}>
        <span class="tab-icon">${icons[icon]}${counts[tab] > 0 ? html`<span class="badge" aria-hidden="true">${counts[tab] > 99 ? "99+" : counts[tab]}</span>` : nothing}</span>
        <span>${t(label)}${counts[tab] > 0 ? html`<span class="visually-hidden">, ${t("unreadCount", { count: counts[tab] })}</span>` : nothing}</span>
      </button>`)}
    </nav>`;
  }

  #sheet() {
    const { client, router, nameOf } = this.data;
    const { sheet, conversationID } = router.route;
    const close = () => router.back();
    const { groupID = "" } = conversationID ? partyOf(conversationID) : {};
    if (sheet === "newGroup") {
      return html`<new-group-sheet .data=${{ client, nameOf, close, made: (/** @type {string} */ id) => this.#made(id) }}></new-group-sheet>`;
    }
    if (sheet === "group" && groupID) {
      return html`<group-sheet .data=${{ client, nameOf, groupID, close, left: () => this.#gone(groupID) }}></group-sheet>`;
    }
    return nothing;
  }

  /** @override */
  drawn() {
    const unread = this.data.client.conversations.totalUnread;
    document.title = unread > 0 ? `(${unread}) ${this.#title}` : this.#title;
    if (!this.#focusNext) return;
    this.#focusNext = false;
    this.inner("conversation-pane", ConversationPane).enter();
  }

  /** @param {string} conversationID */
  #open(conversationID) {
    this.#focusNext = true;
    this.data.router.go({ conversationID });
    this.update();
  }

  /** A group was made or joined: on to its conversation. @param {string} groupID */
  #made(groupID) {
    this.#focusNext = true;
    this.data.router.replace({ tab: "chats", conversationID: groupConversationID(groupID), sheet: "" });
  }

  /** One is not in this group any more. @param {string} groupID */
  #gone(groupID) {
    const conversationID = groupConversationID(groupID);
    this.data.client.conversations.forget(conversationID);
    if (this.data.router.route.conversationID === conversationID) this.data.router.replace({ conversationID: "", sheet: "" });
  }
}

customElements.define("app-home", AppHome);
