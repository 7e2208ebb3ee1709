import { html, nothing } from "../vendor/lit-html.js";
import { clock } from "./format.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { qualityBars } from "./quality-bars.js";

/**
 * @typedef {object} HeadData
 * @property {import("./stage-model.js").StageModel} model
 * @property {string} title
 * @property {number} page of the tiles, from 0
 * @property {number} pages
 * @property {(by: 1 | -1) => void} turn one page on, or back
 */

/**
 * The line over the tiles: what it is, for how long, how many are in it, and how the network is.
 *
 * @param {HeadData} data
 */
export function callHead(data) {
  const { model, title, pages } = data;
  const running = model.display === "connected" || model.display === "reconnecting";
  return html`<header class="call-head">
    <div class="call-who"><span class="call-name" dir="auto">${model.locked ? html`<span class="call-lock" title=${t("lockedMeeting")}>${icons.lock}<span class="visually-hidden">${t("lockedMeeting")}</span></span>` : nothing}${title}</span>${status(model)}</div>
    ${pages > 1 ? pager(data) : nothing}
    ${running ? qualityBars(model.direct ? Math.max(model.quality.local, model.quality.remote) : model.quality.local) : nothing}
  </header>`;
}

/** @param {import("./stage-model.js").StageModel} model */
function status(model) {
  const { display, elapsed } = model;
  if (display === "calling") return html`<span class="call-status">${t("calling")}</span>`;
  if (display === "connecting" || elapsed === 0) return html`<span class="call-status">${t("connecting")}</span>`;
  const inside = model.others.filter(({ state }) => state === "joined").length + 1;
  return html`<span class="call-status"><time role="timer" data-testid="call-clock">${clock(elapsed)}</time>${model.direct ? nothing : html` · ${t("inCall", { count: inside })}`}</span>`;
}

/** @param {HeadData} data */
function pager({ page, pages, turn }) {
  return html`<div class="pager" role="group" aria-label=${t("pages")}>
    <button type="button" class="round small" aria-label=${t("previousPage")} title=${t("previousPage")} ?disabled=${page === 0} @click=${() => turn(-1)}>${icons.back}</button>
    <span data-testid="page">${page + 1}/${pages}</span>
    <button type="button" class="round small" aria-label=${t("nextPage")} title=${t("nextPage")} ?disabled=${page + 1 >= pages} @click=${() => turn(1)}>${icons.next}</button>
  </div>`;
}
