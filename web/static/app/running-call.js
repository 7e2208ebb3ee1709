import { avatar } from "../components/avatar.js";
import { Component } from "../components/component.js";
import { language, t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Code, codeOf, runningCallOf } from "../sdk/index.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";

/**
 * @typedef {import("../sdk/engine-types.js").RunningCall} RunningCall
 *
 * @typedef {object} RunningData
 * @property {import("../sdk/index.js").Client} client
 * @property {string} groupID
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {(call: RunningCall) => void} join
 */

/**
 * The call that goes on in a group, and the way into it; nothing where none does.
 *
 * @extends {Component<RunningData>}
 */
export class RunningCallBar extends Component {
  /** @type {RunningCall | null} */
  #call = null;
  #fault = "";
  #read = "";

  /** @override */
  connected() {
    const { groups, connection, engine } = this.data.client;
    this.until(
      language.on("change", () => this.update()),
      groups.on("onGroupAttributeChanged", ({ groupID }) => void (groupID === this.data.groupID && this.#load())),
      connection.on("welcome", ({ resumed }) => void (!resumed && this.#load())),
      engine.on("onStateChanged", () => this.update()),
    );
  }

  /** @override */
  drawn() {
    if (this.#read === this.data.groupID) return;
    this.#call = null;
    void this.#load();
  }

  async #load() {
    const { client, groupID } = this.data;
    this.#read = groupID;
    try {
      const call = runningCallOf(groupID, await client.groups.getGroupAttributes(groupID));
      if (this.data.groupID !== groupID) return;
      this.#call = call;
      this.#fault = "";
    } catch (thrown) {
      const code = codeOf(thrown);
      // Out of the group, or offline: the next welcome comes here once more.
      if (code !== Code.notLoggedIn && code !== Code.notPermitted && code !== Code.groupUnknown) this.#fault = faultSentence(thrown);
    }
    this.update();
  }

  /** @override */
  template() {
    const { client, nameOf, pictureOf, join } = this.data;
    const call = this.#call;
    if (this.#fault) return html`<p class="fault" role="alert">${this.#fault}</p>`;
    if (!call || client.engine.state().phase !== "idle") return nothing;
    const names = call.userIDList.map(nameOf);
    return html`<div class="running-call" role="status" data-testid="running-call">
      ${call.mediaType === "video" ? icons.camera : icons.phone}
      <span class="row-main"><span class="row-title">${t("callOngoing")}</span><span class="row-sub">${t("callOngoingWith", { names: names.join(", ") })}</span></span>
      <span class="faces" aria-hidden="true">${repeat(call.userIDList.slice(0, 4), (userID) => userID, (userID) => avatar(nameOf(userID), "small", pictureOf(userID)))}</span>
      <button type="button" class="accent go" @click=${() => join(call)}>${t("joinCall")}</button>
    </div>`;
  }
}

customElements.define("running-call", RunningCallBar);
