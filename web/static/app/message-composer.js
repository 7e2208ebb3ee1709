import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { html } from "../vendor/lit-html.js";

/**
 * @typedef {object} ComposerData
 * @property {string} conversationID
 * @property {string} name whom one writes to
 * @property {(text: string) => void} send
 */

/**
 * Where one writes: Enter sends, Shift and Enter make a new line. What is not
 * sent yet is kept while one looks at another conversation.
 *
 * @extends {Component<ComposerData>}
 */
export class MessageComposer extends Component {
  /** @type {Map<string, string>} */
  #drafts = new Map();

  /** @override */
  connected() {
    this.until(language.on("change", () => this.update()));
  }

  /** Takes the focus. @override */
  focus() {
    this.inner("textarea", HTMLTextAreaElement).focus();
  }

  get #draft() {
    return this.#drafts.get(this.data.conversationID) ?? "";
  }

  /** @override */
  template() {
    const label = t("messageTo", { name: this.data.name });
    return html`<form class="composer" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
      <textarea rows="1" dir="auto" data-testid="composer" aria-label=${label} placeholder=${label} maxlength="4000" enterkeyhint="send"
        @input=${(/** @type {{target: HTMLTextAreaElement}} */ { target }) => this.#write(target.value)} @keydown=${(/** @type {KeyboardEvent} */ event) => this.#press(event)}></textarea>
      <button class="icon-button send" aria-label=${t("send")} title=${t("send")} ?disabled=${this.#draft.trim() === ""}>${icons.send}</button>
    </form>`;
  }

  /** @override */
  drawn() {
    const field = this.inner("textarea", HTMLTextAreaElement);
    if (field.value !== this.#draft) field.value = this.#draft;
  }

  /** @param {string} text */
  #write(text) {
    this.#drafts.set(this.data.conversationID, text);
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    // While characters are being composed Enter chooses among them.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.#draft.trim();
    if (text === "") return;
    this.data.send(text);
    this.#write("");
  }
}

customElements.define("message-composer", MessageComposer);
