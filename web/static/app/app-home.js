import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { c2cID, groupConversationID, partyOf } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";
import { followAccount } from "./follow-account.js";
import "./chats-panel.js";
import "./contact-sheet.js";
import "./conversation-pane.js";
import { ConversationPane } from "./conversation-pane.js";
import "./group-call-sheet.js";
import "./group-sheet.js";
import "./history-panel.js";
import "./new-group-sheet.js";
import "./people-panel.js";
import { readEndedCalls } from "./read-ended-calls.js";
import { renewPush } from "./renew-push.js";
import "./settings-sheet.js";

/**
 * @typedef {import("../sdk/wire.js").MediaType} MediaType
 * @typedef {import("./router.js").Tab} Tab
 *
 * @typedef {object} HomeData
 * @property {import("../sdk/index.js").Client} client
 * @property {import("./router.js").Router} router
 * @property {(userID: string, kind: MediaType) => void} call
 * @property {(groupID: string, userIDs: string[], kind: MediaType) => void} groupCall
 * @property {(call: import("../sdk/engine-types.js").RunningCall) => void} joinCall
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf the address of a user's picture; empty for none
 * @property {import("../components/preferences.js").Preferences} preferences
 * @property {() => void} checkDevices
 * @property {() => void} newMeeting
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
  #entitled = document.title;
  /** The conversation whose opening the focus follows. */
  #focusNext = false;
  #fault = "";

  /** @override */
  connected() {
    const { client, router } = this.data;
    const fail = (/** @type {unknown} */ thrown) => this.#say(faultSentence(thrown));
    this.until(
      language.on("change", () => this.update()),
      router.on("change", () => this.update()),
      client.conversations.on("change", () => this.update()),
      client.groups.on("onGroupDismissed", ({ groupID }) => this.#gone(groupID)),
      client.groups.on("onMemberKicked", ({ groupID, members }) => void (members.includes(client.connection.userID) && this.#gone(groupID))),
      client.missedCalls.on("change", () => this.update()),
      followAccount(client, fail),
      renewPush(client, fail),
      readEndedCalls(client),
      () => (document.title = this.#title),
    );
  }

  /** @override */
  template() {
    const { client, router, call, groupCall, joinCall, nameOf, pictureOf, offline, covered } = this.data;
    const { tab, conversationID, sheet } = router.route;
    const over = covered || sheet !== "";
    const shown = conversationID ? "conversation" : tab;
    const open = (/** @type {string} */ id) => this.#open(id);
    return html`<main class="home" data-shown=${shown} ?inert=${over}>
        ${offline ? html`<p class="notice offline" role="status"><span class="spinner"></span>${t("connectionLost")}</p>` : nothing}
        ${this.#fault ? html`<p class="notice offline" role="alert">${this.#fault}</p>` : nothing}
        ${this.#tabs(tab, conversationID)}
        <div class="side">
          <people-panel ?hidden=${tab === "chats"} .data=${{ client, call, write: (/** @type {string} */ userID) => open(c2cID(userID)), checkDevices: this.data.checkDevices, newMeeting: this.data.newMeeting }}></people-panel>
          <chats-panel ?hidden=${tab !== "chats"} .data=${{ client, nameOf, pictureOf, chosen: conversationID, open, newGroup: () => router.go({ sheet: "newGroup" }) }}></chats-panel>
        </div>
        <div class="pane">
          <history-panel ?hidden=${conversationID !== ""} .data=${{ client, call, groupCall, nameOf, chosen: shown === "calls" }}></history-panel>
          ${conversationID
            ? html`<conversation-pane .data=${{ client, conversationID, nameOf, pictureOf, call, joinCall, callGroup: (/** @type {MediaType} */ kind) => router.go({ sheet: kind === "video" ? "groupVideo" : "groupVoice" }), back: () => router.back(), details: () => router.go({ sheet: partyOf(conversationID).groupID ? "group" : "contact" }) }}></conversation-pane>`
            : nothing}
        </div>
      </main>
      ${covered ? nothing : this.#sheet()}`;
  }

  /** @param {Tab} current @param {string} conversationID */
  #tabs(current, conversationID) {
    const { client, router } = this.data;
    const counts = { people: 0, chats: client.conversations.totalUnread, calls: client.missedCalls.count };
    const spoken = (/** @type {Tab} */ tab) => t(tab === "calls" ? "missedCalls" : "unreadCount", { count: counts[tab] });
    const here = (/** @type {Tab} */ tab) => tab === current && (tab !== "calls" || conversationID === "");
    return html`<nav class="tabs" aria-label=${t("places")}>
      ${TABS.map(({ tab, label, icon }) => html`<button type="button" class="tab" data-tab=${tab} aria-current=${here(tab) ? "page" : nothing} @click=${() => router.go({ tab, ...(tab === "calls" && { conversationID: "" }) })}>
        <span class="tab-icon">${icons[icon]}${counts[tab] > 0 ? html`<span class="badge" aria-hidden="true">${counts[tab] > 99 ? "99+" : counts[tab]}</span>` : nothing}</span>
        <span>${t(label)}${counts[tab] > 0 ? html`<span class="visually-hidden">, ${spoken(tab)}</span>` : nothing}</span>
      </button>`)}
    </nav>`;
  }

  #sheet() {
    const { client, router, nameOf, call, preferences } = this.data;
    const { sheet, conversationID } = router.route;
    const close = () => router.back();
    const { groupID = "", peer = "" } = conversationID ? partyOf(conversationID) : {};
    if (sheet === "newGroup") {
      return html`<new-group-sheet .data=${{ client, nameOf, close, made: (/** @type {string} */ id) => this.#made(id) }}></new-group-sheet>`;
    }
    if (sheet === "group" && groupID) {
      return html`<group-sheet .data=${{ client, nameOf, groupID, close, left: () => this.#gone(groupID) }}></group-sheet>`;
    }
    if ((sheet === "groupVideo" || sheet === "groupVoice") && groupID) {
      const kind = sheet === "groupVideo" ? "video" : "audio";
      const ring = (/** @type {string[]} */ userIDs) => {
        close();
        this.data.groupCall(groupID, userIDs, kind);
      };
      return html`<group-call-sheet .data=${{ client, groupID, kind, nameOf, call: ring, close }}></group-call-sheet>`;
    }
    if (sheet === "contact" && peer) {
      return html`<contact-sheet .data=${{ client, userID: peer, nameOf, call, close }}></contact-sheet>`;
    }
    if (sheet === "settings") {
      return html`<settings-sheet .data=${{ client, preferences, nameOf, checkDevices: this.data.checkDevices, close }}></settings-sheet>`;
    }
    return nothing;
  }

  /** @param {string} fault */
  #say(fault) {
    this.#fault = fault;
    this.update();
  }

  /** @override */
  drawn() {
    this.#entitle();
    if (!this.#focusNext) return;
    this.#focusNext = false;
    this.inner("conversation-pane", ConversationPane).enter();
  }

  /** The tab of the browser says what waits. Only a change is written: while it rings, the title is another's. */
  #entitle() {
    const { conversations, missedCalls } = this.data.client;
    const unread = conversations.totalUnread > 0 ? `(${conversations.totalUnread}) ` : "";
    const missed = missedCalls.count > 0 ? `${t("missedCalls", { count: missedCalls.count })} · ` : "";
    const title = `${unread}${missed}${this.#title}`;
    if (title === this.#entitled) return;
    this.#entitled = title;
    document.title = title;
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
