import { html } from "../vendor/lit-html.js";
import { Component } from "./component.js";
import { trapFocus } from "./focus.js";
import { language, t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * A dialog over the page: Escape, its cross and a click beside it close it.
 *
 * @template {{close: () => void}} D
 * @extends {Component<D>}
 */
export class Sheet extends Component {
  /** @override */
  connected() {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (event.key === "Escape" && !event.isComposing) this.data.close();
    };
    document.addEventListener("keydown", press);
    this.until(
      trapFocus(this),
      language.on("change", () => this.update()),
      () => document.removeEventListener("keydown", press),
    );
  }

  /**
   * The dialog around what a sheet shows.
   *
   * @protected
   * @param {string} title
   * @param {unknown} body
   */
  dialog(title, body) {
    const { close } = this.data;
    return html`<div class="backdrop" @click=${close}></div>
      <div class="sheet form-sheet" role="dialog" aria-modal="true" aria-label=${title} tabindex="-1" data-testid=${this.localName}>
        <header class="panel-head">
          <h2>${title}</h2>
          <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
        </header>
        ${body}
      </div>`;
  }
}
