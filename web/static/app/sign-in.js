import { Component } from "../components/component.js";
import { language, t, tOr } from "../components/i18n.js";
import { codeOf } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Session } from "./session.js";

/** @typedef {import("../sdk/index.js").Client} Client */

/**
 * The door: by name on a development server, else by token. In its `data` it
 * takes what to do with the client of who came in.
 *
 * @extends {Component<(client: Client) => void>}
 */
export class SignIn extends Component {
  #busy = false;
  #fault = "";
  /** The server takes tokens only, or the person prefers one. */
  #byToken = false;

  /** @override */
  connected() {
    this.until(language.on("change", () => this.update()));
    const remembered = Session.remembered();
    const token = Session.savedToken() || (Session.nameInAddress() ? "" : (remembered?.token ?? ""));
    const name = Session.nameInAddress() || (remembered?.name ?? "");
    if (token) void this.#try(() => Session.byToken(token));
    else if (name) void this.#try(() => Session.byName(name));
  }

  /** @override */
  template() {
    return html`<form class="card sign-in" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
      <svg class="sign-in-mark" viewBox="0 0 32 32" aria-hidden="true"><use href="icon.svg#mark"></use></svg>
      <h1>${t("signInTitle")}</h1>
      <p class="muted-text">${this.#byToken ? t("tokenHelp") : t("signInIntro")}</p>
      ${this.#byToken
        ? html`<label class="field"><span>${t("token")}</span><textarea name="token" rows="4" required spellcheck="false" autocomplete="off"></textarea></label>`
        : html`<label class="field"><span>${t("userID")}</span>
            <input name="user" required maxlength="32" pattern="[A-Za-z0-9_\\-]+" autocomplete="username" autocapitalize="none" spellcheck="false" value=${Session.nameInAddress()} autofocus />
          </label>`}
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
      <button class="accent wide" ?disabled=${this.#busy}>${this.#busy ? t("signingIn") : t("signIn")}</button>
      ${this.#byToken ? nothing : html`<button type="button" class="link" @click=${() => this.#askToken()}>${t("useToken")}</button>`}
    </form>`;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const token = String(form.get("token") ?? "").trim();
    const user = String(form.get("user") ?? "").trim();
    void this.#try(() => (this.#byToken ? Session.byToken(token) : Session.byName(user)));
  }

  #askToken() {
    this.#byToken = true;
    this.#fault = "";
    this.update();
  }

  /** @param {() => Promise<Client>} enter */
  async #try(enter) {
    this.#busy = true;
    this.#fault = "";
    this.update();
    try {
      this.data(await enter());
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === 404) this.#byToken = true;
      else this.#fault = tOr(`error_${code}`, "error_0", { message: thrown instanceof Error ? thrown.message : String(thrown) });
      if (code === 70001 || code === 70003) Session.forget();
    }
    this.#busy = false;
    this.update();
  }
}

customElements.define("sign-in", SignIn);
