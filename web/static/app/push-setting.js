import { Component } from "../components/component.js";
import { language, t, tOr } from "../components/i18n.js";
import { codeOf } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Session } from "./session.js";

/** @typedef {import("../sdk/index.js").Client} Client */

/**
 * Whether this browser rings while the page is closed; the Client comes in
 * `data`. Who turns it on is signed in again by the page that a notification
 * opens, so it is theirs until they sign out.
 *
 * @extends {Component<Client>}
 */
export class PushSetting extends Component {
  #busy = false;
  #fault = "";

  /** @override */
  connected() {
    const { push } = this.data;
    this.until(
      push.on("change", () => this.update()),
      language.on("change", () => this.update()),
    );
  }

  /** @override */
  template() {
    const { state } = this.data.push;
    if (state === "unsupported") return nothing;
    return html`<label class="check">
        <input type="checkbox" .checked=${state === "on"} ?disabled=${this.#busy || state === "denied"} @change=${(/** @type {{target: HTMLInputElement}} */ { target }) => void this.#turn(target.checked)} />
        <span>${t("ringWhenClosed")}</span>
      </label>
      ${state === "denied" ? html`<p class="muted-text">${t("notificationsDenied")}</p>` : nothing}
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}`;
  }

  /** @param {boolean} on */
  async #turn(on) {
    const { push, connection } = this.data;
    this.#busy = true;
    this.update();
    await this.#try(() => (on ? push.subscribe(language.tag) : push.unsubscribe()));
    this.#busy = false;
    if (push.state === "on") Session.remember(connection.userID);
    else Session.forgetRemembered();
    this.update();
  }

  /** @param {() => Promise<void>} change */
  async #try(change) {
    this.#fault = "";
    try {
      await change();
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.#fault = t("pushFailed", { reason: tOr(`error_${codeOf(thrown)}`, "error_0", { message: why }) });
      this.update();
    }
  }
}

customElements.define("push-setting", PushSetting);
