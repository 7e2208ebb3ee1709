import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { Component } from "./component.js";
import { t, tOr } from "./i18n.js";
import { icons } from "./icons.js";
import "./people-picker.js";
import { volumeSlider } from "./volume-slider.js";

/**
 * @typedef {object} PeopleData
 * @property {import("./stage-model.js").StageModel} model
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {(() => Promise<string[]>) | null} candidates who may be asked in; null where nobody is
 * @property {((userIDs: string[]) => void) | null} ring asks them in
 * @property {() => void} close
 */

/** Who did not come may be asked again. */
const REFUSED = new Set(["declined", "busy", "noResponse", "left"]);

/**
 * Everybody in a call and everybody who was asked, and what can be done: ask
 * again, ask more.
 *
 * @extends {Component<PeopleData>}
 */
export class CallPeople extends Component {
  /** Those who may be asked; null while nobody is being chosen. @type {string[] | null} */
  #candidates = null;
  /** @type {string[]} */
  #chosen = [];
  /** Whose loudness is shown. */
  #open = "";

  /** @override */
  connected() {
    this.until(this.data.model.on("change", () => this.update()));
  }

  /** @override */
  template() {
    const { model, close, ring } = this.data;
    const others = model.others;
    const inside = others.filter(({ state }) => state === "joined");
    const outside = others.filter(({ state }) => state !== "joined");
    return html`<section class="panel side-panel" aria-label=${t("people")}>
      <header class="panel-head">
        <h3>${t("inCall", { count: inside.length + 1 })}</h3>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
      </header>
      <ul class="call-people" data-testid="call-people">
        ${this.#self()} ${repeat(inside, ({ userID }) => userID, (other) => this.#person(other))}
      </ul>
      ${outside.length > 0 ? html`<h4 class="panel-part">${t("asked")}</h4><ul class="call-people">${repeat(outside, ({ userID }) => userID, (other) => this.#person(other))}</ul>` : nothing}
      ${ring ? this.#adding(ring) : nothing}
    </section>`;
  }

  #self() {
    const { model, nameOf, pictureOf } = this.data;
    const name = nameOf(model.self);
    return html`<li class="row" data-person=${model.self}>
      ${avatar(name, "small", pictureOf(model.self))}
      <span class="row-main"><span class="row-title" dir="auto">${name} (${t("you")})</span></span>
      ${model.media.muted ? html`<span class="row-mark">${icons.micOff}<span class="visually-hidden">${t("isMuted")}</span></span>` : nothing}
    </li>`;
  }

  /** @param {import("./stage-model.js").Other} other */
  #person({ userID, state, audio }) {
    const { model, nameOf, pictureOf, ring } = this.data;
    const name = nameOf(userID);
    const inside = state === "joined";
    const open = inside && this.#open === userID;
    return html`<li class="row" data-person=${userID} data-state=${state}>
      ${avatar(name, "small", pictureOf(userID))}
      <span class="row-main"><span class="row-title" dir="auto">${name}</span>${inside ? nothing : html`<span class="row-sub">${tOr(`state_${state}`, "connecting")}</span>`}</span>
      ${inside && !audio ? html`<span class="row-mark">${icons.micOff}<span class="visually-hidden">${t("isMuted")}</span></span>` : nothing}
      ${ring && REFUSED.has(state)
        ? html`<button type="button" class="plain row-deed" aria-label=${t("ringAgainName", { name })} @click=${() => ring([userID])}>${icons.phone}${t("ringAgain")}</button>`
        : nothing}
      ${inside ? html`<button type="button" class="icon-button" aria-expanded=${open ? "true" : "false"} aria-label=${t("memberActions", { name })} @click=${() => this.#toggle(userID)}>${icons.more}</button>` : nothing}
      ${open ? volumeSlider({ room: model.room, userID, name }) : nothing}
    </li>`;
  }

  /** @param {(userIDs: string[]) => void} ring */
  #adding(ring) {
    if (!this.#candidates) {
      return html`<button type="button" class="plain wide" @click=${() => void this.#choose()}>${icons.personAdd}${t("addPeople")}</button>`;
    }
    const go = () => {
      this.#candidates = null;
      if (this.#chosen.length > 0) ring(this.#chosen);
      this.#chosen = [];
      this.update();
    };
    const { nameOf, model } = this.data;
    const here = new Set(model.others.filter(({ state }) => !REFUSED.has(state)).map(({ userID }) => userID));
    const userIDs = this.#candidates.filter((userID) => !here.has(userID));
    return html`<people-picker .data=${{ userIDs, nameOf, known: false, change: (/** @type {string[]} */ chosen) => (this.#chosen = chosen) }}></people-picker>
      <button type="button" class="accent wide" data-testid="ring-chosen" @click=${go}>${icons.phone}${t("ringThem")}</button>`;
  }

  /** @param {string} userID */
  #toggle(userID) {
    this.#open = this.#open === userID ? "" : userID;
    this.update();
  }

  async #choose() {
    this.#candidates = (await this.data.candidates?.()) ?? [];
    this.update();
  }
}

customElements.define("call-people", CallPeople);
