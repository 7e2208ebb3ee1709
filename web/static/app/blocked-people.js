import { avatar } from "../components/avatar.js";
import { Component } from "../components/component.js";
import { t } from "../components/i18n.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html } from "../vendor/lit-html.js";
import { Deed } from "./deed.js";

/**
 * @typedef {object} BlockedData
 * @property {import("../sdk/index.js").Client} client
 * @property {(userID: string) => string} nameOf
 */

/**
 * Whom one has blocked, and lets in again.
 *
 * @extends {Component<BlockedData>}
 */
export class BlockedPeople extends Component {
  #unblocking = new Deed(() => this.update());

  /** @override */
  connected() {
    this.until(this.data.client.blackList.on("change", () => this.update()));
  }

  /** @override */
  template() {
    const { blackList } = this.data.client;
    return html`${this.#unblocking.fault()}
      ${blackList.value.length > 0
        ? html`<ul class="rows" data-testid="blocked">${repeat(blackList.value, (userID) => userID, (userID) => this.#person(userID))}</ul>`
        : html`<p class="muted-text">${t("nobodyBlocked")}</p>`}`;
  }

  /** @param {string} userID */
  #person(userID) {
    const { client, nameOf } = this.data;
    const name = nameOf(userID);
    return html`<li class="row" data-blocked=${userID}>
      ${avatar(name, "small", client.profiles.get(userID)?.avatarURL)}
      <span class="row-main"><span class="row-title">${name}</span></span>
      <button type="button" class="plain" aria-label=${t("unblockName", { name })} ?disabled=${this.#unblocking.busy} @click=${() => void this.#unblocking.do(() => client.blackList.deleteFromBlackList([userID]))}>${t("unblock")}</button>
    </li>`;
  }
}

customElements.define("blocked-people", BlockedPeople);
