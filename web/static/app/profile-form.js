import { avatar } from "../components/avatar.js";
import { Component } from "../components/component.js";
import { t } from "../components/i18n.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Deed } from "./deed.js";

/**
 * What one shows of oneself: name and picture. The Client comes in `data`.
 *
 * @extends {Component<import("../sdk/index.js").Client>}
 */
export class ProfileForm extends Component {
  #saving = new Deed(() => this.update());
  /** What is written and not saved yet. @type {{name?: string, avatarURL?: string}} */
  #draft = {};

  /** @override */
  connected() {
    this.until(this.data.profiles.on("change", () => this.update()));
  }

  /** @override */
  template() {
    const { profiles, connection } = this.data;
    const { userID } = connection;
    const { name, avatarURL } = { ...profiles.self, ...this.#draft };
    return html`<form class="profile" @submit=${(/** @type {SubmitEvent} */ event) => this.#save(event)}>
      <div class="profile-face">${avatar(name || userID, "large", profiles.self.avatarURL)}<span class="muted-text">${t("userIDBadge", { id: userID })}</span></div>
      <label class="field"><span>${t("yourName")}</span>
        <input name="name" data-testid="profile-name" maxlength="100" autocomplete="name" placeholder=${userID} .value=${name} @input=${this.#edit("name")} />
      </label>
      <label class="field"><span>${t("yourPicture")}</span>
        <input name="avatarURL" type="url" data-testid="profile-picture" maxlength="500" pattern="https?://.+" autocomplete="photo" placeholder="https://" .value=${avatarURL} @input=${this.#edit("avatarURL")} />
      </label>
      ${this.#saving.fault()}
      <div class="profile-foot">
        <button class="accent" ?disabled=${this.#saving.busy || Object.keys(this.#draft).length === 0}>${t("save")}</button>
        <span role="status">${this.#saving.done ? t("saved") : nothing}</span>
      </div>
    </form>`;
  }

  /** @param {"name" | "avatarURL"} field */
  #edit(field) {
    return (/** @type {{target: HTMLInputElement}} */ { target }) => {
      this.#draft = { ...this.#draft, [field]: target.value };
      this.#saving.done = false;
      this.update();
    };
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    const draft = this.#draft;
    const trimmed = Object.fromEntries(Object.entries(draft).map(([field, value]) => [field, value.trim()]));
    const saved = await this.#saving.do(() => this.data.profiles.setSelfInfo(trimmed));
    if (saved && this.#draft === draft) this.#draft = {};
    this.update();
  }
}

customElements.define("profile-form", ProfileForm);
