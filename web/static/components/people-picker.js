import { avatar } from "./avatar.js";
import { Component } from "./component.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";

/**
 * @typedef {object} PickerData
 * @property {readonly string[]} userIDs to choose among
 * @property {(userID: string) => string} nameOf
 * @property {(chosen: string[]) => void} change
 * @property {boolean} [known] only those offered may be chosen
 */

/**
 * People to choose: those who are known by a tick, others by their user id.
 *
 * @extends {Component<PickerData>}
 */
export class PeoplePicker extends Component {
  /** @type {Set<string>} */
  #chosen = new Set();
  /** Typed in; not among those offered. @type {Set<string>} */
  #more = new Set();

  /** @override */
  template() {
    const { userIDs, nameOf } = this.data;
    const all = [...new Set([...userIDs, ...this.#more])];
    return html`<fieldset class="picker">
      <legend>${t("peopleToAdd")}</legend>
      ${all.length > 0 ? html`<ul class="picker-list">${repeat(all, (userID) => userID, (userID) => this.#person(userID, nameOf(userID)))}</ul>` : nothing}
      ${this.data.known ? nothing : this.#typed()}
    </fieldset>`;
  }

  #typed() {
    return html`<div class="picker-add">
        <label class="field"><span>${t("userIDToAdd")}</span>
          <input data-testid="pick-user" maxlength="32" pattern="[A-Za-z0-9_\\-]+" autocapitalize="none" autocomplete="off" spellcheck="false" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#press(event)} />
        </label>
        <button type="button" class="plain" @click=${() => this.#add()}>${icons.plus}${t("add")}</button>
      </div>`;
  }

  /** @param {string} userID @param {string} name */
  #person(userID, name) {
    return html`<li><label class="check">
      <input type="checkbox" name="member" value=${userID} .checked=${this.#chosen.has(userID)} @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => this.#choose(userID, target.checked)} />
      ${avatar(name)}<span>${name}</span>
    </label></li>`;
  }

  /** @param {string} userID @param {boolean} wanted */
  #choose(userID, wanted) {
    if (wanted) this.#chosen.add(userID);
    else this.#chosen.delete(userID);
    this.data.change([...this.#chosen]);
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key !== "Enter") return;
    event.preventDefault(); // it adds one; the form is sent by its button
    this.#add();
  }

  #add() {
    const field = this.inner("input:not([type])", HTMLInputElement);
    const userID = field.value.trim();
    if (!userID || !field.reportValidity()) return;
    this.#more.add(userID);
    field.value = "";
    this.#choose(userID, true);
  }
}

customElements.define("people-picker", PeoplePicker);
