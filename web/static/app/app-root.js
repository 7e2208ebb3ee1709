import "../components/call-kit.js";
import { CallKit } from "../components/call-kit.js";
import { avatar } from "../components/avatar.js";
import { Component } from "../components/component.js";
import { language, t, tOr } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Preferences } from "../components/preferences.js";
import { html, nothing } from "../vendor/lit-html.js";
import { switchLanguage } from "./choose-language.js";
import { acceptFromNotification } from "./accept-from-notification.js";
import "./app-home.js";
import "./device-check.js";
import { candidatesOf } from "./known-people.js";
import "./meeting-door.js";
import { meetingInAddress } from "./meeting-address.js";
import { MeetingDoor } from "./meeting-door.js";
import { Router } from "./router.js";
import { Session } from "./session.js";
import "./sign-in.js";
import { nextTheme, theme } from "./theme.js";

/** @typedef {import("../sdk/index.js").Client} Client */

const brand = html`<svg viewBox="0 0 32 32" aria-hidden="true"><use href="icon.svg#mark"></use></svg>callsvc`;

/** The close code that has a sentence of its own. */
const TAKEN_OVER = 4003;

/**
 * The app: signed out it is a form, signed in it is people, calls and, over all, the call.
 *
 * @extends {Component}
 */
export class AppRoot extends Component {
  #preferences = new Preferences(localStorage);
  #router = new Router("people");
  /** @type {Client | null} */
  #client = null;
  #offline = false;
  #checking = false;
  #inCall = false;
  #meets = false;
  /** Who comes by a meeting link and is not known here comes as a guest. */
  #asGuest = meetingInAddress()?.invite !== undefined && meetingInAddress()?.invite !== "" && !Session.known();
  /** Why one is signed out, as a sentence. */
  #farewell = "";

  /** @override */
  connected() {
    this.until(
      language.on("change", () => this.update()),
      this.#router.on("change", () => this.update()),
      this.#router.listen(),
    );
  }

  /** @override */
  template() {
    const client = this.#client;
    return html`${this.#header(client)} ${client ? this.#home(client) : this.#asGuest ? this.#guestDoor() : this.#door()}`;
  }

  /** @param {Client | null} client */
  #header(client) {
    const name = theme() === "auto" ? t("themeAuto") : theme() === "dark" ? t("dark") : t("light");
    const themeLabel = t("theme", { name });
    return html`<header class="app-head" ?inert=${this.#behindSheet}>
      ${client ? html`<h1 class="brand">${brand}</h1>` : html`<span class="brand">${brand}</span>`}
      <span class="spacer"></span>
      <button type="button" class="icon-button" aria-label=${themeLabel} title=${themeLabel} @click=${() => this.#nextTheme()}>${icons.theme}</button>
      <button type="button" class="quiet" lang=${language.code === "en" ? "zh-CN" : "en"} @click=${switchLanguage}>${icons.globe}<span class="language-name">${t("languageName")}</span></button>
      ${client ? this.#who(client) : nothing}
    </header>`;
  }

  /** @param {Client} client */
  #who(client) {
    const name = client.profiles.self.name || client.connection.userID;
    const label = t("settingsOf", { name });
    return html`<button type="button" class="quiet me" aria-label=${label} title=${label} @click=${() => this.#router.go({ sheet: "settings" })}>${avatar(name, "small", client.profiles.self.avatarURL)}<span class="me-name" dir="auto" data-testid="me">${name}</span></button>
      <button type="button" class="icon-button" aria-label=${t("signOut")} title=${t("signOut")} @click=${() => void this.#signOut()}>${icons.signOut}</button>`;
  }

  #guestDoor() {
    const nameOf = (/** @type {string} */ userID) => userID;
    return html`<main class="door guest-door">
      <meeting-door .data=${{ client: null, preferences: this.#preferences, nameOf, pictureOf: () => "" }} @meetingdoor=${(/** @type {CustomEvent<boolean>} */ { detail }) => this.#meeting(detail)}></meeting-door>
      <button type="button" class="link" @click=${() => this.#signInInstead()}>${t("orSignIn")}</button>
    </main>`;
  }

  #signInInstead() {
    this.#asGuest = false;
    this.update();
  }

  #door() {
    return html`<main class="door">
      ${this.#farewell ? html`<p class="notice strong" role="alert">${this.#farewell}</p>` : nothing}
      <sign-in .data=${(/** @type {Client} */ client) => this.#signedIn(client)}></sign-in>
    </main>`;
  }

  /** @param {Client} client */
  #home(client) {
    const call = (/** @type {string} */ userID, /** @type {import("../sdk/wire.js").MediaType} */ kind) => this.#kit.call(userID, kind);
    const groupCall = (/** @type {string} */ groupID, /** @type {string[]} */ userIDs, /** @type {import("../sdk/wire.js").MediaType} */ kind) => this.#kit.groupCall(groupID, userIDs, kind);
    const joinCall = (/** @type {import("../sdk/engine-types.js").RunningCall} */ running) => this.#kit.join(running);
    const groupNameOf = (/** @type {string} */ groupID) => client.groups.get(groupID)?.name ?? groupID;
    const candidates = (/** @type {string} */ groupID) => candidatesOf(client, groupID);
    const nameOf = (/** @type {string} */ userID) => client.users.nameOf(userID);
    const pictureOf = (/** @type {string} */ userID) => (userID && client.profiles.get(userID)?.avatarURL) || "";
    const router = this.#router;
    const preferences = this.#preferences;
    return html`<app-home .data=${{ client, router, preferences, call, groupCall, joinCall, nameOf, pictureOf, offline: this.#offline, covered: this.#covered, checkDevices: () => this.#check(true), newMeeting: () => void this.#meetings.begin() }}></app-home>
      ${this.#checking ? html`<device-check .data=${{ client, preferences: this.#preferences, close: () => this.#check(false) }}></device-check>` : nothing}
      <meeting-door .data=${{ client, preferences, nameOf, pictureOf }} @meetingdoor=${(/** @type {CustomEvent<boolean>} */ { detail }) => this.#meeting(detail)}></meeting-door>
      <call-kit .data=${{ client, preferences, nameOf, pictureOf, groupNameOf, candidates }} @statechange=${(/** @type {CustomEvent<string>} */ { detail }) => this.#callChanged(detail)}></call-kit>`;
  }

  get #meetings() {
    return this.inner("meeting-door", MeetingDoor);
  }

  get #kit() {
    return this.inner("call-kit", CallKit);
  }

  /** Something lies over the page: the rest is out of reach. */
  get #covered() {
    return this.#inCall || this.#meets || this.#checking;
  }

  /** Whether the head of the page is out of reach. */
  get #behindSheet() {
    return (this.#covered && this.#client !== null) || (this.#client !== null && this.#router.route.sheet !== "");
  }

  /** @param {string} state */
  #callChanged(state) {
    this.#inCall = state !== "idle";
    if (this.#inCall) this.#checking = false; // the call needs the camera
    if (state === "calling" || state === "connecting") this.#meetings.leave();
    this.update();
  }

  /** @param {boolean} open a meeting lies over the page, or the way into one */
  #meeting(open) {
    this.#meets = open;
    if (open) this.#checking = false;
    this.update();
  }

  /** @param {boolean} open */
  #check(open) {
    this.#checking = open;
    this.update();
  }

  #nextTheme() {
    nextTheme();
    this.update();
  }

  /** @param {Client} client */
  #signedIn(client) {
    this.#client = client;
    this.#farewell = "";
    const { connection } = client;
    client.profiles.on("change", () => this.update()); // names and pictures are everywhere
    connection.on("lost", () => this.#setOffline(true));
    connection.on("welcome", () => this.#setOffline(false));
    connection.on("session.kicked", ({ reason }) => (this.#farewell = tOr(`kicked_${reason}`, "error_6014")));
    connection.on("closed", ({ code, reason }) => {
      if (code === TAKEN_OVER) this.#farewell = t("otherTab");
      else if (code !== 1000 && !this.#farewell) this.#farewell = tOr(`error_${code}`, "error_0", { message: reason || String(code) });
      this.#client = null;
      this.update();
    });
    acceptFromNotification(client, this.#preferences);
    this.update();
  }

  /** @param {boolean} offline */
  #setOffline(offline) {
    this.#offline = offline;
    this.update();
  }

  /** This browser does not ring for who signed out. @param {Client} client */
  async #stopRinging({ push, connection }) {
    if (Session.remembered()?.userID === connection.userID) await push.unsubscribe();
  }

  async #signOut() {
    const client = this.#client;
    if (!client) return;
    await this.#stopRinging(client);
    this.#router.replace({ tab: "people", conversationID: "", sheet: "" });
    Session.forget();
    await client.logout();
  }
}

customElements.define("app-root", AppRoot);
