import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { endSentence } from "./call-sentences.js";
import { Component } from "./component.js";
import { trapFocus } from "./focus.js";
import { clock } from "./format.js";
import { t, tOr } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * @typedef {object} EndedData
 * @property {import("./call-model.js").CallOver} over
 * @property {string} name the other one's
 * @property {(() => void) | null} again null where the call goes on without us
 * @property {(() => void) | null} takeBack brings a call back that goes on on another device
 * @property {() => void} close
 */

/**
 * The card after a call: why it ended and how long it was.
 *
 * @extends {Component<EndedData>}
 */
export class CallEnded extends Component {
  /** @override */
  connected() {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (event.key === "Escape") this.data.close();
    };
    document.addEventListener("keydown", press);
    this.until(trapFocus(this), () => document.removeEventListener("keydown", press));
  }

  /** @override */
  template() {
    const { over, name, again, takeBack, close } = this.data;
    const why = endSentence(over, name);
    return html`<div class="sheet ended" role="dialog" aria-modal="true" aria-labelledby="ended-why" tabindex="-1">
      ${avatar(name, "large")}
      <h2 id="ended-why" data-testid="end-reason">${why}</h2>
      ${why.includes(name) ? nothing : html`<p class="muted-text">${name}</p>`}
      ${over.totalTime > 0 ? html`<p class="ended-duration" data-testid="end-duration">${clock(over.totalTime)}</p>` : nothing}
      ${over.fault ? html`<p class="muted-text">${tOr(`error_${over.fault.code}`, "error_0", { message: over.fault.message })}</p>` : nothing}
      <div class="ended-actions">
        ${takeBack ? html`<button type="button" class="accent" @click=${takeBack}>${t("useHere")}</button>` : again ? html`<button type="button" class="accent" @click=${again}>${over.mediaType === "video" ? icons.camera : icons.phone}${t("callAgain")}</button>` : nothing}
        <button type="button" class="plain" @click=${close}>${t("close")}</button>
      </div>
    </div>`;
  }
}

customElements.define("call-ended", CallEnded);
