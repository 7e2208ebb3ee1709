import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Deed } from "./deed.js";

/**
 * @typedef {import("../sdk/network-check.js").NetworkReport} NetworkReport
 * @typedef {object} NetworkData
 * @property {import("../sdk/index.js").Client} client
 */

/**
 * Finds out whether calls get through from here, and by which way.
 *
 * @extends {Component<NetworkData>}
 */
export class NetworkCheckPart extends Component {
  /** @type {NetworkReport | null} */
  #report = null;
  #checking = new Deed(() => this.update());

  /** @override */
  connected() {
    this.until(language.on("change", () => this.update()));
  }

  async #check() {
    this.#report = null;
    await this.#checking.do(async () => {
      this.#report = await this.data.client.networkCheck.run();
    });
  }

  /** @override */
  template() {
    const { busy } = this.#checking;
    return html`<section class="network-check" aria-labelledby="network-title">
      <div class="network-head">
        <h3 id="network-title">${t("statsNetwork")}</h3>
        <button type="button" class="plain" ?disabled=${busy} @click=${() => void this.#check()}>${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icons.chart}${t("checkNetwork")}</button>
      </div>
      <div role="status" data-testid="network-report">${busy ? t("networkChecking") : this.#report ? this.#said(this.#report) : nothing}</div>
      ${this.#checking.fault()}
    </section>`;
  }

  /** @param {NetworkReport} report */
  #said({ serverMs, path, mediaMs }) {
    return html`<dl class="stats-rows">
        <div><dt>${t("networkServer")}</dt><dd>${serverMs} ms</dd></div>
        <div><dt>${t("networkMedia")}</dt><dd>${path ? `${t(`path_${path}`)} · ${mediaMs}\u00a0ms` : t("networkNone")}</dd></div>
      </dl>
      <p class="muted-text">${t(path === "udp" ? "networkGood" : path ? "networkDetour" : "networkBlocked")}</p>`;
  }
}

customElements.define("network-check", NetworkCheckPart);
