import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { Component } from "./component.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import "./meeting-links.js";
import { volumeSlider } from "./volume-slider.js";

/**
 * @typedef {import("./meeting-model.js").MeetingModel} MeetingModel
 *
 * @typedef {object} MeetingPeopleData
 * @property {MeetingModel} model
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {import("./invite-links.js").InviteLinks | null} links null for who may invite nobody
 * @property {() => void} close
 */

/** So many are listed; the others are found by their names. */
const LISTED = 60;

/** From so many on one may search. */
const SEARCHED = 8;

/**
 * Who is in a meeting, who has raised a hand, who wants to come in; and what a
 * host may do about it.
 *
 * @extends {Component<MeetingPeopleData>}
 */
export class MeetingPeople extends Component {
  /** Whose tools are open. */
  #open = "";
  #search = "";

  /** @override */
  connected() {
    this.until(this.data.model.on("change", () => this.update()));
  }

  /** @override */
  template() {
    const { model, nameOf, links, close } = this.data;
    const people = this.#people();
    const host = model.room.isHost;
    return html`<section class="panel side-panel" aria-label=${t("people")}>
      <header class="panel-head">
        <h3>${t("inCall", { count: model.others.length + 1 })}</h3>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
      </header>
      <div class="panel-body">
        ${links ? html`<button type="button" class="accent wide" @click=${() => void links.copyOwn()}>${icons.link}${t("copyInvite")}</button><p class="copied" role="status">${links.copied}</p>` : nothing}
        ${this.#waiting()}
        ${this.#hands()}
        ${people.length >= SEARCHED || this.#search
          ? html`<label class="field"><span>${t("search")}</span><input type="search" autocomplete="off" .value=${this.#search} @input=${(/** @type {{target: HTMLInputElement}} */ { target }) => this.#find(target.value)} /></label>`
          : nothing}
        <ul class="call-people" data-testid="call-people">${repeat(people.slice(0, LISTED), ({ userID }) => userID, (person) => this.#person(person))}</ul>
        ${people.length > LISTED ? html`<p class="muted-text">${t("andMore", { count: people.length - LISTED })}</p>` : nothing}
        ${links ? html`<meeting-links .data=${{ model, links, nameOf }}></meeting-links>` : nothing}
        ${host ? this.#settings() : nothing}
      </div>
    </section>`;
  }

  /** Oneself first, then the others whose names fit what is looked for. */
  #people() {
    const { model, nameOf } = this.data;
    const self = { userID: model.self, audio: !model.media.muted && model.media.track("mic") !== null, video: model.media.track("camera") !== null };
    const wanted = this.#search.trim().toLowerCase();
    return [self, ...model.others].filter(({ userID }) => !wanted || nameOf(userID).toLowerCase().includes(wanted));
  }

  #waiting() {
    const { model } = this.data;
    const { lobby } = model.room;
    if (lobby.length === 0) return nothing;
    const admit = (/** @type {string} */ userID, /** @type {boolean} */ yes) => () => void model.do(() => model.room.admit(userID, yes));
    return html`<h4 class="panel-part">${t("wantIn", { count: lobby.length })}</h4>
      <ul class="call-people" data-testid="lobby">
        ${repeat(lobby, ({ userID }) => userID, ({ userID, name, guest }) => html`<li class="row" data-waiting=${userID}>
          ${avatar(name || userID)}
          <span class="row-main"><span class="row-title" dir="auto">${name || userID}</span>${guest ? html`<span class="row-sub">${t("guest")}</span>` : nothing}</span>
          <button type="button" class="plain row-deed" aria-label=${t("denyName", { name })} @click=${admit(userID, false)}>${t("deny")}</button>
          <button type="button" class="accent row-deed" aria-label=${t("admitName", { name })} @click=${admit(userID, true)}>${t("admit")}</button>
        </li>`)}
      </ul>`;
  }

  #hands() {
    const { model, nameOf } = this.data;
    const { hands, isHost } = model.room;
    if (hands.length === 0) return nothing;
    const lower = (/** @type {string} */ userID) => () => void model.do(() => (userID === model.self ? model.room.raiseHand(false) : model.room.lowerHand(userID)));
    return html`<h4 class="panel-part">${t("handsUp", { count: hands.length })}</h4>
      <ol class="call-people" data-testid="hands">
        ${repeat(hands, ({ userID }) => userID, ({ userID }, i) => html`<li class="row" data-hand=${userID}>
          <span class="hand-place">${icons.hand}${i + 1}</span>
          <span class="row-main"><span class="row-title" dir="auto">${nameOf(userID)}</span></span>
          ${isHost || userID === model.self ? html`<button type="button" class="plain row-deed" aria-label=${t("lowerHandOf", { name: nameOf(userID) })} @click=${lower(userID)}>${t("lowerHand")}</button>` : nothing}
        </li>`)}
      </ol>
      ${isHost && hands.length > 1 ? html`<button type="button" class="quiet" @click=${() => void model.do(() => model.room.lowerHand())}>${t("lowerAll")}</button>` : nothing}`;
  }

  /** @param {{userID: string, audio: boolean, video: boolean | null}} person */
  #person({ userID, audio, video }) {
    const { model, nameOf, pictureOf } = this.data;
    const name = nameOf(userID);
    const self = userID === model.self;
    const open = this.#open === userID;
    return html`<li class="row" data-person=${userID}>
      ${avatar(name, "small", pictureOf(userID))}
      <span class="row-main"><span class="row-title" dir="auto">${name}${self ? ` (${t("you")})` : ""}</span>${model.isHost(userID) ? html`<span class="row-sub">${t("host")}</span>` : nothing}</span>
      ${audio ? nothing : html`<span class="row-mark">${icons.micOff}<span class="visually-hidden">${t("isMuted")}</span></span>`}
      ${video ? nothing : html`<span class="row-mark">${icons.cameraOff}<span class="visually-hidden">${t("cameraIsOff")}</span></span>`}
      ${self ? nothing : html`<button type="button" class="icon-button" aria-expanded=${open ? "true" : "false"} aria-label=${t("memberActions", { name })} @click=${() => this.#toggle(userID)}>${icons.more}</button>`}
      ${open && !self ? volumeSlider({ room: model.room, userID, name }) : nothing}
      ${open && !self && model.room.isHost ? this.#tools(userID, audio, video === true) : nothing}
    </li>`;
  }

  /**
   * Each tool has a place of its own, whatever state they are in: somebody who
   * mutes themselves must not turn "Mute" into "Ask to unmute" under a finger.
   *
   * @param {string} userID
   * @param {boolean} audio
   * @param {boolean} video
   */
  #tools(userID, audio, video) {
    const { model } = this.data;
    const { room } = model;
    const host = model.isHost(userID);
    const button = (/** @type {string} */ label, /** @type {() => Promise<void>} */ deed, { able = true, looks = "plain" } = {}) =>
      html`<button type="button" class="${looks} row-deed" aria-disabled=${able ? nothing : "true"} @click=${(/** @type {MouseEvent} */ { currentTarget }) => {
        if (!able) return; // it stays where it is, and so does the focus on it
        if (currentTarget instanceof Element) /** @type {HTMLElement | null} */ (currentTarget.closest("li")?.querySelector("[aria-expanded]"))?.focus();
        this.#toggle(userID);
        void model.do(deed);
      }}>${label}</button>`;
    return html`<span class="row-deeds">
      ${button(t("muteThem"), () => room.closeRemoteDeviceByAdmin(userID, { audio: true }), { able: audio })}
      ${button(t("askToUnmute"), () => room.openRemoteDeviceByAdmin(userID, { audio: true }), { able: !audio })}
      ${button(t("stopTheirVideo"), () => room.closeRemoteDeviceByAdmin(userID, { video: true }), { able: video })}
      ${button(t("makeHost"), () => room.setHost(userID, true), { able: !host })}
      ${button(t("makeNoHost"), () => room.setHost(userID, false), { able: host })}
      ${button(t("removeFromMeeting"), () => room.kickRemoteUserOutOfRoom(userID), { looks: "plain dangerous" })}
    </span>`;
  }

  #settings() {
    const { model } = this.data;
    const { room } = model;
    const info = room.info;
    if (!info) return nothing;
    const toggle = (/** @type {"locked" | "lobby" | "mutedOnEntry" | "keepMuted"} */ which) =>
      html`<label class="check"><input type="checkbox" .checked=${info[which]} @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => void model.do(() => room.setInfo({ [which]: target.checked }))} /><span>${t(`meeting_${which}`)}</span></label>`;
    return html`<h4 class="panel-part">${t("hostTools")}</h4>
      ${model.others.length > 0 ? html`<button type="button" class="plain wide" @click=${() => void model.do(() => room.muteAll())}>${icons.micOff}${t("muteAll")}</button>` : nothing}
      ${toggle("lobby")} ${toggle("locked")} ${toggle("mutedOnEntry")} ${toggle("keepMuted")}
      <label class="field"><span>${t("meetingName")}</span><input maxlength="60" autocomplete="off" data-testid="meeting-name" .value=${info.name}
        @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => void model.do(() => room.updateRoomNameByAdmin(target.value.trim()))} /></label>`;
  }

  /** @param {string} userID */
  #toggle(userID) {
    this.#open = this.#open === userID ? "" : userID;
    this.update();
  }

  /** @param {string} text */
  #find(text) {
    this.#search = text;
    this.update();
  }
}

customElements.define("meeting-people", MeetingPeople);
