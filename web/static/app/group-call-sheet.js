import { t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import "../components/people-picker.js";
import { Sheet } from "../components/sheet.js";
import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";

/**
 * @typedef {import("../sdk/wire.js").MediaType} MediaType
 *
 * @typedef {object} GroupCallData
 * @property {import("../sdk/index.js").Client} client
 * @property {string} groupID
 * @property {MediaType} kind
 * @property {(userID: string) => string} nameOf
 * @property {(userIDs: string[]) => void} call
 * @property {() => void} close
 */

/**
 * Whom of a group to call.
 *
 * @extends {Sheet<GroupCallData>}
 */
export class GroupCallSheet extends Sheet {
  /** @type {string[] | null} */
  #members = null;
  /** @type {string[]} */
  #chosen = [];
  #fault = "";

  /** @override */
  connected() {
    super.connected();
    void this.#read();
  }

  async #read() {
    const { client, groupID } = this.data;
    try {
      const members = await client.groups.getGroupMemberList(groupID);
      this.#members = members.map(({ userID }) => userID).filter((userID) => userID !== client.connection.userID);
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.update();
  }

  /** @override */
  template() {
    const { nameOf, kind, call } = this.data;
    const members = this.#members ?? [];
    const chosen = (/** @type {string[]} */ userIDs) => {
      this.#chosen = userIDs;
      this.update();
    };
    const icon = kind === "video" ? icons.camera : icons.phone;
    return this.dialog(t("callWhom"), html`
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
      ${this.#members ? html`<people-picker .data=${{ userIDs: members, nameOf, known: true, change: chosen }}></people-picker>` : nothing}
      <div class="setting-deeds contact-deeds">
        <button type="button" class="plain" ?disabled=${members.length === 0} @click=${() => call(members)}>${icon}${t("everybody")}</button>
        <button type="button" class="accent" data-testid="call-chosen" ?disabled=${this.#chosen.length === 0} @click=${() => call(this.#chosen)}>${icon}${t(kind === "video" ? "videoCall" : "voiceCall")}</button>
      </div>`);
  }
}

customElements.define("group-call-sheet", GroupCallSheet);
