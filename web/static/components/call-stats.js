import { html, nothing } from "../vendor/lit-html.js";
import { Component } from "./component.js";
import { language, t, tOr } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * @typedef {import("../sdk/statistics.js").Statistics} Statistics
 *
 * @typedef {object} StatsData
 * @property {import("./stage-model.js").StageModel} model
 * @property {(userID: string) => string} nameOf
 * @property {() => void} close
 */

const EVERY_MS = 2_000;

/**
 * The figures of a call: the way to the server, what is sent and what comes in,
 * as the browser measures it; and what of it the server sees.
 *
 * @extends {Component<StatsData>}
 */
export class CallStats extends Component {
  /** @type {Statistics | null} */
  #statistics = null;
  /** @type {import("../sdk/wire.js").Statistics | null} */
  #told = null;

  /** @override */
  connected() {
    const timer = setInterval(() => void this.#measure(), EVERY_MS);
    this.until(
      () => clearInterval(timer),
      this.data.model.room.on("onStatistics", (told) => void (this.#told = told)),
    );
    void this.#measure();
  }

  async #measure() {
    this.#statistics = await this.data.model.room.getStatistics();
    this.update();
  }

  /** @override */
  template() {
    const { close } = this.data;
    return html`<section class="panel side-panel" aria-label=${t("statistics")}>
      <header class="panel-head">
        <h3>${t("statistics")}</h3>
        <button type="button" class="icon-button" aria-label=${t("close")} @click=${close}>${icons.close}</button>
      </header>
      <div class="stats" tabindex="0" role="group" aria-label=${t("statistics")} data-testid="statistics">${this.#statistics ? this.#all(this.#statistics) : html`<p class="muted-text">${t("measuring")}</p>`}</div>
    </section>`;
  }

  /** @param {Statistics} statistics */
  #all({ transport, local, remote }) {
    const here = remote.filter(({ userID, bitrate }) => userID !== "" || bitrate > 0);
    const told = this.#told;
    const arrives = (/** @type {string} */ source) => told?.local.sources.find((each) => each.source === source);
    return html`<h4 class="panel-part">${t("statsNetwork")}</h4>
      ${table([
        [t("statsPath"), tOr(`path_${transport.path}`, "connecting") + (transport.relayProtocol ? ` (${transport.relayProtocol.toUpperCase()})` : "")],
        [t("statsRTT"), `${transport.rttMs} ms`],
        [t("statsUp"), bits(transport.sendBitrate)],
        [t("statsDown"), bits(remote.reduce((sum, { bitrate }) => sum + bitrate, 0))],
        [t("statsEstimate"), transport.availableOutgoingBitrate ? bits(transport.availableOutgoingBitrate) : "–"],
        [t("statsEstimateDown"), told ? (told.down.estimate ? bits(told.down.estimate) : t("statsNoLimit")) : "–"],
        [t("statsLossUp"), told ? percent(told.local.loss) : "–"],
        [t("statsLossDown"), told ? percent(told.down.loss) : "–"],
      ])}
      ${local.length > 0 ? html`<h4 class="panel-part">${t("statsSent")}</h4>` : nothing}
      ${local.map((sent) => this.#stream(tOr(`source_${sent.source}`, "camera"), sent.codec, [
        ...sent.encodings.filter(({ active, height }) => active && height > 0).map(({ rid, width, height, fps, limitedBy }) => [rid ? `${t("statsPicture")} ${rid}` : t("statsPicture"), `${width}×${height} · ${Math.round(fps)} fps${limitedBy ? ` · ${limitedBy}` : ""}`]),
        [t("statsBitrate"), bits(sent.bitrate)],
        [t("statsArrives"), bits(arrives(sent.source)?.bitrate ?? 0)],
        [t("statsLoss"), percent(sent.loss)],
        [t("statsRTT"), `${sent.rttMs} ms`],
      ]))}
      ${here.length > 0 ? html`<h4 class="panel-part">${t("statsReceived")}</h4>` : nothing}
      ${here.map((got) => this.#stream(`${got.userID ? this.data.nameOf(got.userID) : "–"} · ${tOr(`source_${got.stream}`, got.kind === "audio" ? "microphone" : "camera")}`, got.codec, [
        ...(got.kind === "video" && got.height > 0 ? [[t("statsPicture"), `${got.width}×${got.height} · ${Math.round(got.fps)} fps${got.layer ? ` · ${got.layer}` : ""}`]] : []),
        [t("statsBitrate"), bits(got.bitrate)],
        [t("statsLoss"), percent(got.loss)],
        [t("statsJitter"), `${got.jitterMs} ms`],
      ]))}`;
  }

  /** @param {string} title @param {string} codec @param {string[][]} rows */
  #stream(title, codec, rows) {
    return html`<h5 class="stats-stream" dir="auto">${title}<span>${codec}</span></h5>${table(rows)}`;
  }
}

/** @param {string[][]} rows */
function table(rows) {
  return html`<dl class="stats-rows">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** @param {number} rate bit/s */
function bits(rate) {
  const format = (/** @type {number} */ value) => new Intl.NumberFormat(language.tag, { maximumFractionDigits: 1 }).format(value);
  return rate >= 1_000_000 ? `${format(rate / 1_000_000)} Mbit/s` : `${format(Math.round(rate / 1000))} kbit/s`;
}

/** @param {number} share 0 to 1 */
function percent(share) {
  return new Intl.NumberFormat(language.tag, { style: "percent", maximumFractionDigits: 1 }).format(share);
}

customElements.define("call-stats", CallStats);
