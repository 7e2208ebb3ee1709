import { avatar } from "../components/avatar.js";
import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Code, codeOf } from "../sdk/index.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";

/**
 * @typedef {import("../sdk/wire.js").MediaType} MediaType
 * @typedef {import("../sdk/wire.js").UserStatus} UserStatus
 *
 * @typedef {object} PeopleData
 * @property {import("../sdk/index.js").Client} client
 * @property {(userID: string, kind: MediaType) => void} call
 * @property {(userID: string) => void} write opens the conversation
 * @property {() => void} checkDevices
 * @property {() => void} newMeeting
 */

/**
 * Whom to call: by user id, or one of those online.
 *
 * @extends {Component<PeopleData>}
 */
export class PeoplePanel extends Component {
  /** @type {UserStatus[]} */
  #people = [];
  #directory = true;
  #userID = "";

  /** @override */
  connected() {
    const { users } = this.data.client;
    this.until(
      language.on("change", () => this.update()),
      users.on("change", (people) => {
        this.#people = people;
        this.update();
      }),
    );
    void this.#watch();
  }

  async #watch() {
    try {
      await this.data.client.users.watch();
    } catch (thrown) {
      if (codeOf(thrown) !== Code.notPermitted) throw thrown;
      this.#directory = false;
      this.update();
    }
  }

  /** @override */
  template() {
    return html`<section class="card people" aria-labelledby="dial-title">
      <h2 id="dial-title">${t("dial")}</h2>
      <form class="dial" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        <label class="field"><span>${t("userID")}</span>
          <input name="userID" data-testid="dial-user" required maxlength="32" pattern="[A-Za-z0-9_\\-]+" autocapitalize="none" autocomplete="off" spellcheck="false"
            .value=${this.#userID} @input=${(/** @type {{target: HTMLInputElement}} */ { target }) => (this.#userID = target.value)} />
        </label>
        <div class="dial-buttons">
          <button class="accent" name="kind" value="video">${icons.camera}${t("videoCall")}</button>
          <button class="plain" name="kind" value="audio">${icons.phone}${t("voiceCall")}</button>
        </div>
      </form>
      <button type="button" class="plain wide new-meeting" @click=${this.data.newMeeting}>${icons.meeting}${t("newMeeting")}</button>
      <h3 class="list-title">${t("online")}${this.#people.length > 0 ? html` <span class="count">${this.#people.length}</span>` : nothing}</h3>
      ${this.#list()}
      <footer class="people-foot">
        <button type="button" class="quiet" @click=${this.data.checkDevices}>${icons.sliders}${t("checkDevices")}</button>
      </footer>
    </section>`;
  }

  #list() {
    if (!this.#directory) return html`<p class="empty">${t("noDirectory")}</p>`;
    if (this.#people.length === 0) return html`<p class="empty">${t("nobodyOnline")}</p>`;
    return html`<ul class="rows" data-testid="online">${repeat(this.#people, ({ userID }) => userID, (user) => this.#person(user))}</ul>`;
  }

  /** @param {UserStatus} user */
  #person({ userID, name }) {
    const shown = name || userID;
    const byVideo = t("callByVideo", { name: shown });
    const byVoice = t("callByVoice", { name: shown });
    return html`<li class="row">
      <button type="button" class="row-open" title=${t("chatWith", { name: shown })} @click=${() => this.data.write(userID)}>
        <span class="presence">${avatar(shown, "small", this.data.client.profiles.get(userID)?.avatarURL)}</span>
        <span class="row-main"><span class="row-title" dir="auto">${shown}</span>${shown === userID ? nothing : html`<span class="row-sub">${userID}</span>`}</span>
      </button>
      <button type="button" class="icon-button accented" aria-label=${byVideo} title=${byVideo} @click=${() => this.data.call(userID, "video")}>${icons.camera}</button>
      <button type="button" class="icon-button accented" aria-label=${byVoice} title=${byVoice} @click=${() => this.data.call(userID, "audio")}>${icons.phone}</button>
    </li>`;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const kind = event.submitter instanceof HTMLButtonElement && event.submitter.value === "audio" ? "audio" : "video";
    this.data.call(this.#userID.trim(), kind);
  }
}

customElements.define("people-panel", PeoplePanel);
