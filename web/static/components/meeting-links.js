import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Component } from "./component.js";
import { exactMoment, moment } from "./format.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * @typedef {import("../sdk/wire.js").Link} Link
 *
 * @typedef {object} LinksData
 * @property {import("./meeting-model.js").MeetingModel} model
 * @property {import("./invite-links.js").InviteLinks} links
 * @property {(userID: string) => string} nameOf
 */

/**
 * The links that let people into a meeting: who made them, how long they are
 * good, and an end to them.
 *
 * @extends {Component<LinksData>}
 */
export class MeetingLinks extends Component {
  /** The one that is about to be taken back. */
  #asked = "";
  #host = false;

  /** @override */
  connected() {
    const { model } = this.data;
    this.#host = model.room.isHost;
    this.until(model.on("change", () => this.#follow()));
    void this.data.links.read();
  }

  /** Who is made a host sees those of the others. */
  #follow() {
    const { isHost } = this.data.model.room;
    if (isHost === this.#host) return;
    this.#host = isHost;
    void this.data.links.read();
  }

  /** @override */
  template() {
    const { list } = this.data.links;
    if (list.length === 0) return nothing;
    return html`<h4 class="panel-part">${t("inviteLinks", { count: list.length })}</h4>
      <ul class="call-people" data-testid="links">${repeat(list, ({ linkID }) => linkID, (link) => this.#link(link))}</ul>`;
  }

  /** @param {Link} link */
  #link(link) {
    const { model, nameOf, links } = this.data;
    const { linkID, userID, expiresAt } = link;
    const name = userID === model.self ? t("you") : nameOf(userID);
    const until = moment(expiresAt, Date.now());
    const asked = this.#asked === linkID;
    const copy = t("copyLinkOf", { name, until });
    return html`<li class="row" data-link=${linkID}>
      <span class="row-main"><span class="row-title" dir="auto">${t("linkBy", { name })}</span><span class="row-sub" title=${exactMoment(expiresAt)}>${t("goodUntil", { until })}</span></span>
      <button type="button" class="icon-button" aria-label=${copy} title=${copy} @click=${() => void links.copy(link)}>${icons.copy}</button>
      <button type="button" class="plain row-deed" aria-expanded=${asked ? "true" : "false"} aria-label=${t("revokeLinkOf", { name, until })} @click=${() => this.#ask(asked ? "" : linkID)}>${t("revoke")}</button>
      ${asked ? this.#question(linkID) : nothing}
    </li>`;
  }

  /** @param {string} linkID */
  #question(linkID) {
    const revoke = (/** @type {boolean} */ kick) => () => {
      this.#ask("");
      void this.data.links.revoke(linkID, kick);
    };
    return html`<p class="question">${t("revokeSure")}</p>
      <span class="row-deeds">
        <button type="button" class="plain row-deed" @click=${() => this.#ask("")}>${t("cancel")}</button>
        <button type="button" class="plain dangerous row-deed" data-testid="revoke" @click=${revoke(false)}>${t("revokeLink")}</button>
        ${this.#host ? html`<button type="button" class="plain dangerous row-deed" @click=${revoke(true)}>${t("revokeAndRemove")}</button>` : nothing}
      </span>`;
  }

  /** @param {string} linkID */
  #ask(linkID) {
    this.#asked = linkID;
    this.update();
  }
}

customElements.define("meeting-links", MeetingLinks);
