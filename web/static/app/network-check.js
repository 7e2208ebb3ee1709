import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { WAYS } from "../sdk/way-probe.js";
import { html, nothing } from "../vendor/lit-html.js";
import { Deed } from "./deed.js";

/**
 * @typedef {import("../sdk/network-check.js").NetworkReport} NetworkReport
 * @typedef {import("../sdk/network-check.js").WayReport} WayReport
 * @typedef {import("../sdk/network-check.js").Way} Way
 * @typedef {object} NetworkData
 * @property {import("../sdk/index.js").Client} client
 */

/**
 * Finds out whether calls get through from here, and by which ways.
 *
 * @extends {Component<NetworkData>}
 */
export class NetworkCheckPart extends Component {
  /** @type {NetworkReport | null} */
  #report = null;
  /** Those that were tried. @type {Map<Way, WayReport>} */
  #tried = new Map();
  #checking = new Deed(() => this.update());

  /** @override */
  connected() {
    this.until(language.on("change", () => this.update()));
  }

  async #check() {
    this.#report = null;
    this.#tried.clear();
    await this.#checking.do(async () => {
      this.#report = await this.data.client.networkCheck.run((report) => {
        this.#tried.set(report.way, report);
        this.update();
      });
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
      <div data-testid="network-report">
        ${busy || this.#report ? this.#rows() : nothing}
        <div role="status">${busy ? html`<p class="muted-text">${t("networkChecking")}</p>` : this.#report ? verdict(this.#report) : nothing}</div>
      </div>
      ${this.#checking.fault()}
    </section>`;
  }

  #rows() {
    return html`<dl class="stats-rows">
      ${this.#report ? html`<div><dt>${t("networkServer")}</dt><dd>${this.#report.serverMs} ms</dd></div>` : nothing}
      ${WAYS.map((way) => html`<div data-way=${way}><dt>${t(`way_${way}`)}</dt><dd>${outcome(this.#tried.get(way))}</dd></div>`)}
    </dl>`;
  }
}

/** @param {WayReport | undefined} report none yet */
function outcome(report) {
  if (!report) return html`<span class="way-result"><span class="spinner" aria-hidden="true"></span><span class="visually-hidden">${t("networkTrying")}</span></span>`;
  if (report.result === "notOffered") return html`<span class="way-result muted-text">${t("networkNotOffered")}</span>`;
  const open = report.result === "open";
  return html`<span class="way-result ${report.result}">${open ? icons.check : icons.close}${open ? `${t("networkOpen")} · ${report.rttMs}\u00a0ms` : t("networkClosed")}</span>`;
}

/**
 * What it means, and what to do about it.
 *
 * @param {NetworkReport} report
 */
function verdict({ path, ways }) {
  const closed = ways.filter(({ result }) => result === "blocked");
  const udp = closed.find(({ way }) => way === "udp")?.address ?? "";
  const sentences = path === "udp" ? [t("networkGood")] : path ? [t("networkDetour"), udp && t("networkAskUDP", { address: udp })] : [t("networkBlocked"), t("networkElsewhere"), t("networkAskAll", { addresses: closed.map(({ way, address }) => `${address} (${t(`way_${way}`)})`).join(", ") })];
  return sentences.filter(Boolean).map((sentence) => html`<p class=${path === "udp" ? "muted-text" : "network-advice"}>${sentence}</p>`);
}

customElements.define("network-check", NetworkCheckPart);
