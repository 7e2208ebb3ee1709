import { t } from "../components/i18n.js";
import "../components/people-picker.js";
import { Sheet } from "../components/sheet.js";
import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";
import { knownPeople } from "./known-people.js";

/**
 * @typedef {object} NewGroupData
 * @property {import("../sdk/index.js").Client} client
 * @property {(userID: string) => string} nameOf
 * @property {() => void} close
 * @property {(groupID: string) => void} made it is there, or joined
 */

/** @typedef {import("../sdk/wire.js").GroupType} GroupType */

/** @type {readonly GroupType[]} */
const TYPES = ["Work", "Public", "Meeting"];

/**
 * Makes a group, or joins one by its id.
 *
 * @extends {Sheet<NewGroupData>}
 */
export class NewGroupSheet extends Sheet {
  /** @type {string[]} */
  #known = [];
  /** @type {string[]} */
  #members = [];
  #busy = false;
  #fault = "";

  /** @override */
  connected() {
    super.connected();
    this.#known = knownPeople(this.data.client);
  }

  /** @override */
  template() {
    const { nameOf } = this.data;
    return this.dialog(t("newGroup"), html`
      <form class="sheet-form" @submit=${(/** @type {SubmitEvent} */ event) => this.#create(event)}>
        <label class="field"><span>${t("groupName")}</span><input name="name" data-testid="group-name" required maxlength="33" autocomplete="off" /></label>
        <fieldset class="options"><legend>${t("groupType")}</legend>
          ${TYPES.map((type) => html`<label class="check"><input type="radio" name="type" value=${type} .checked=${type === "Work"} /><span>${t(`groupType_${type}`)}</span></label>`)}
        </fieldset>
        <people-picker .data=${{ userIDs: this.#known, nameOf, change: (/** @type {string[]} */ chosen) => (this.#members = chosen) }}></people-picker>
        ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
        <button class="accent wide" ?disabled=${this.#busy}>${t("createGroup")}</button>
      </form>
      <form class="sheet-form apart" @submit=${(/** @type {SubmitEvent} */ event) => this.#join(event)}>
        <h3>${t("joinGroup")}</h3>
        <div class="picker-add">
          <label class="field"><span>${t("groupID")}</span><input name="groupID" data-testid="join-group" required maxlength="48" autocapitalize="none" autocomplete="off" spellcheck="false" /></label>
          <button class="plain" ?disabled=${this.#busy}>${t("join")}</button>
        </div>
      </form>`);
  }

  /** @param {SubmitEvent} event */
  #create(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const name = String(form.get("name")).trim();
    const type = TYPES.find((each) => each === form.get("type")) ?? "Work";
    const members = this.#members;
    void this.#try(async () => (await this.data.client.groups.createGroup({ name, type, members })).groupID);
  }

  /** @param {SubmitEvent} event */
  #join(event) {
    event.preventDefault();
    const groupID = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("groupID")).trim();
    void this.#try(async () => {
      await this.data.client.groups.joinGroup(groupID);
      return groupID;
    });
  }

  /** @param {() => Promise<string>} act gives the group's id */
  async #try(act) {
    this.#busy = true;
    this.#fault = "";
    this.update();
    try {
      this.data.made(await act());
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.#busy = false;
    this.update();
  }
}

customElements.define("new-group-sheet", NewGroupSheet);
