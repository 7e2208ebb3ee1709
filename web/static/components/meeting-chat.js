import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Component } from "./component.js";
import { timeOfDay } from "./format.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { splitLinks } from "./links.js";

/**
 * @typedef {object} ChatData
 * @property {import("./meeting-model.js").MeetingModel} model
 * @property {(userID: string) => string} nameOf
 * @property {() => void} close
 */

/** So near to the end one is at the end, in pixels. */
const NEAR_END = 60;
/** What the server takes, in characters that may be three bytes each. */
const MAX_TEXT = 1_300;

/**
 * What is written in a meeting.
 *
 * @extends {Component<ChatData>}
 */
export class MeetingChat extends Component {
  #count = -1;
  #busy = false;

  /** @override */
  connected() {
    const { model } = this.data;
    model.read(true);
    this.until(
      model.on("change", () => this.update()),
      () => model.read(false),
    );
  }

  /** @override */
  drawn() {
    const { messages } = this.data.model;
    const log = this.inner("[role=log]", HTMLElement);
    if (messages.length === this.#count) return;
    if (this.#count < 0 || this.#atEnd) log.scrollTop = log.scrollHeight;
    if (this.#count < 0) this.inner("textarea", HTMLTextAreaElement).focus();
    this.#count = messages.length;
  }

  /** Before the last message came. */
  get #atEnd() {
    const log = this.inner("[role=log]", HTMLElement);
    const last = /** @type {HTMLElement | null} */ (log.querySelector("li:last-child"));
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END + (last?.offsetHeight ?? 0);
  }

  /** @override */
  template() {
    const { model, close } = this.data;
    return html`<section class="panel side-panel" aria-label=${t("chat")}>
      <header class="panel-head">
        <h3>${t("chat")}</h3>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
      </header>
      <div class="meeting-log" role="log" tabindex="0" aria-label=${t("chat")} data-testid="meeting-chat">
        ${model.messages.length === 0 ? html`<p class="empty">${t("chatEmpty")}</p>` : nothing}
        <ol>${repeat(model.messages, ({ messageID }) => messageID, (message, i) => this.#line(message, model.messages[i - 1]))}</ol>
      </div>
      <form class="meeting-composer" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        <textarea rows="1" maxlength=${MAX_TEXT} aria-label=${t("chatWrite")} placeholder=${t("chatWrite")} data-testid="meeting-composer" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#press(event)}></textarea>
        <button class="round small send" aria-label=${t("send")} title=${t("send")} ?disabled=${this.#busy}>${icons.send}</button>
      </form>
    </section>`;
  }

  /**
   * @param {import("../sdk/wire.js").RoomMessage} message
   * @param {import("../sdk/wire.js").RoomMessage | undefined} before
   */
  #line({ userID, name, text, at }, before) {
    const mine = userID === this.data.model.self;
    const goesOn = before?.userID === userID && at - before.at < 120_000;
    return html`<li class="meeting-line ${mine ? "mine" : ""} ${goesOn ? "continues" : ""}">
      ${goesOn ? nothing : html`<span class="meeting-from" dir="auto">${mine ? t("you") : name || this.data.nameOf(userID)} <time datetime=${new Date(at).toISOString()}>${timeOfDay(at)}</time></span>`}
      <span class="meeting-said" dir="auto">${splitLinks(text).map(({ text: piece, href }) => (href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${piece}</a>` : piece))}</span>
    </li>`;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void this.#send();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    void this.#send();
  }

  /** A text that was not taken stays where it was written. */
  async #send() {
    const field = this.inner("textarea", HTMLTextAreaElement);
    const text = field.value.trim();
    if (!text || this.#busy) return;
    this.#busy = true;
    const { model } = this.data;
    await model.do(async () => {
      await model.room.sendMessage(text);
      field.value = "";
    });
    this.#busy = false;
    this.update();
  }
}

customElements.define("meeting-chat", MeetingChat);
