import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { callRow } from "./call-row.js";
import { faultSentence } from "./faults.js";
import { otherOf, wireFilter } from "./history-filter.js";

/**
 * @typedef {import("../sdk/wire.js").CallRecord} CallRecord
 * @typedef {import("../sdk/wire.js").MediaType} MediaType
 * @typedef {import("./history-filter.js").Filter} Filter
 *
 * @typedef {object} HistoryData
 * @property {import("../sdk/index.js").Client} client
 * @property {(userID: string, kind: MediaType) => void} call
 * @property {(groupID: string, userIDs: string[], kind: MediaType) => void} groupCall with an empty group id people of none
 * @property {(userID: string) => string} nameOf
 * @property {boolean} chosen somebody came here to look at it
 */

const PAGE = 30;

/** @type {readonly {which: Filter["which"], label: import("../components/i18n.js").Key}[]} */
const CHIPS = [
  { which: "all", label: "allCalls" },
  { which: "missed", label: "missed" },
  { which: "incoming", label: "direction_incoming" },
  { which: "outgoing", label: "direction_outgoing" },
];

/**
 * The calls that were: filtered, called back, exported.
 *
 * @extends {Component<HistoryData>}
 */
export class HistoryPanel extends Component {
  /** @type {Filter} */
  #filter = { which: "all", kind: "", user: "", from: "", to: "" };
  /** @type {CallRecord[]} */
  #calls = [];
  #cursor = "";
  #loaded = false;
  #wasChosen = false;
  #fault = "";
  /** Counts the questions, so that a late answer to an old one is thrown away. */
  #asked = 0;
  /** Whose course is shown. */
  #open = "";

  /** @override */
  connected() {
    const { client } = this.data;
    this.until(
      language.on("change", () => this.update()),
      client.connection.on("welcome", ({ resumed }) => void (!resumed && this.#load())),
      client.engine.on("onCallRecord", () => void this.#load()),
      client.missedCalls.on("change", () => this.update()),
    );
    void this.#load();
  }

  /** @override */
  template() {
    const { count } = this.data.client.missedCalls;
    return html`<section class="card history" aria-labelledby="history-title" @pointerdown=${() => void this.#seen()} @keydown=${() => void this.#seen()}>
      <header class="card-head">
        <h2 id="history-title">${t("history")}</h2>
        ${count > 0 ? html`<span class="badge" data-testid="missed-badge">${t("missedCalls", { count })}</span>` : nothing}
        <span class="spacer"></span>
        <button type="button" class="quiet" @click=${() => void this.#export("csv")}>${icons.download}${t("exportCSV")}</button>
        <button type="button" class="quiet" @click=${() => void this.#export("jsonl")}>${icons.download}${t("exportJSONL")}</button>
      </header>
      ${this.#filters()}
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
      ${this.#list()}
      ${this.#cursor ? html`<button type="button" class="plain wide" @click=${() => void this.#load(true)}>${t("loadMore")}</button>` : nothing}
    </section>`;
  }

  /** @override */
  drawn() {
    const { chosen } = this.data;
    if (chosen && !this.#wasChosen) void this.#seen();
    this.#wasChosen = chosen;
  }

  /** Who came here, or touches what is here, has seen what was missed. */
  async #seen() {
    const { missedCalls } = this.data.client;
    if (missedCalls.count === 0) return;
    try {
      await missedCalls.markMissedSeen();
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
      this.update();
    }
  }

  #filters() {
    const { which, kind, user, from, to } = this.#filter;
    /** @param {keyof Filter} name */
    const field = (name) => (/** @type {{target: HTMLInputElement | HTMLSelectElement}} */ { target }) => this.#set({ [name]: target.value });
    return html`<div class="filters">
      <div class="chips" role="group" aria-label=${t("history")}>
        ${CHIPS.map((chip) => html`<button type="button" class="chip" aria-pressed=${which === chip.which} @click=${() => this.#set({ which: chip.which })}>${t(chip.label)}</button>`)}
      </div>
      <div class="filter-fields">
        <label class="field"><span>${t("filterKind")}</span>
          <select @change=${field("kind")}>
            <option value="" ?selected=${kind === ""}>${t("anyKind")}</option>
            <option value="video" ?selected=${kind === "video"}>${t("videoCall")}</option>
            <option value="audio" ?selected=${kind === "audio"}>${t("voiceCall")}</option>
          </select>
        </label>
        <label class="field"><span>${t("filterWith")}</span><input maxlength="32" autocapitalize="none" autocomplete="off" spellcheck="false" .value=${user} @change=${field("user")} /></label>
        <label class="field"><span>${t("filterFrom")}</span><input type="date" .value=${from} @change=${field("from")} /></label>
        <label class="field"><span>${t("filterTo")}</span><input type="date" .value=${to} @change=${field("to")} /></label>
      </div>
    </div>`;
  }

  #list() {
    if (!this.#loaded) return nothing;
    if (this.#calls.length > 0) {
      return html`<ol class="rows" data-testid="history">${repeat(this.#calls, ({ callID }) => callID, (record) => this.#row(record))}</ol>`;
    }
    const { which, kind, user, from, to } = this.#filter;
    const filtered = which !== "all" || kind || user || from || to;
    return html`<p class="empty">${filtered ? t("historyNone") : t("historyEmpty")}</p>`;
  }

  /** @param {CallRecord} record */
  #row(record) {
    const { client, nameOf, call, groupCall } = this.data;
    const self = client.connection.userID;
    const { callID, groupID, participants, type } = record;
    const others = participants.map(({ userID }) => userID).filter((userID) => userID !== self);
    return callRow({
      record,
      self,
      nameOf,
      groupNameOf: (groupID) => client.groups.get(groupID)?.name ?? groupID,
      open: this.#open === callID,
      toggle: () => this.#toggle(callID),
      callBack: () => (groupID || others.length > 1 ? groupCall(groupID, others, type) : call(otherOf(record, self), type)),
    });
  }

  /** @param {string} callID */
  #toggle(callID) {
    this.#open = this.#open === callID ? "" : callID;
    this.update();
  }

  /** @param {Partial<Filter>} changes */
  #set(changes) {
    this.#filter = { ...this.#filter, ...changes };
    void this.#load();
  }

  /** Reads the first page, or the next one. */
  async #load(more = false) {
    const asked = ++this.#asked;
    const filter = { ...wireFilter(this.#filter), limit: PAGE, ...(more && { cursor: this.#cursor }) };
    try {
      const { calls, cursor = "" } = await this.data.client.history.query(filter);
      if (asked !== this.#asked) return;
      this.#calls = more ? [...this.#calls, ...calls] : calls;
      this.#cursor = cursor;
      this.#loaded = true;
      this.#fault = "";
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.update();
  }

  /** @param {"csv" | "jsonl"} format */
  async #export(format) {
    try {
      const { blob, filename } = await this.data.client.history.export(format, wireFilter(this.#filter));
      const url = URL.createObjectURL(blob);
      Object.assign(document.createElement("a"), { href: url, download: filename }).click();
      URL.revokeObjectURL(url);
      this.#fault = "";
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.update();
  }
}

customElements.define("history-panel", HistoryPanel);
