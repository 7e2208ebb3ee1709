import { avatar } from "../components/avatar.js";
import { t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { Sheet } from "../components/sheet.js";
import { html } from "../vendor/lit-html.js";
import { Deed } from "./deed.js";

/**
 * @typedef {object} ContactData
 * @property {import("../sdk/index.js").Client} client
 * @property {string} userID
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string, kind: import("../sdk/wire.js").MediaType) => void} call
 * @property {() => void} close
 */

/**
 * Somebody one writes with: who they are, and whether one wants to hear of them.
 *
 * @extends {Sheet<ContactData>}
 */
export class ContactSheet extends Sheet {
  #blocking = new Deed(() => this.update());

  /** @override */
  connected() {
    super.connected();
    const { blackList, users } = this.data.client;
    this.until(
      blackList.on("change", () => this.update()),
      users.on("change", () => this.update()),
    );
  }

  /** @override */
  template() {
    const { client, userID, nameOf } = this.data;
    const name = nameOf(userID);
    const picture = client.profiles.get(userID)?.avatarURL;
    return this.dialog(name, html`
      <div class="profile-face">
        ${avatar(name, "large", picture)}
        <span class="muted-text">${t("userIDBadge", { id: userID })}${client.users.isOnline(userID) ? ` · ${t("online")}` : ""}</span>
      </div>
      <div class="setting-deeds contact-deeds">
        <button type="button" class="plain" @click=${() => this.#call("video")}>${icons.camera}${t("videoCall")}</button>
        <button type="button" class="plain" @click=${() => this.#call("audio")}>${icons.phone}${t("voiceCall")}</button>
      </div>
      <footer class="sheet-foot">${this.#blocked(client.blackList.has(userID), name)}</footer>`);
  }

  /** @param {boolean} blocked @param {string} name */
  #blocked(blocked, name) {
    const { client, userID } = this.data;
    const turn = () => (blocked ? client.blackList.deleteFromBlackList([userID]) : client.blackList.addToBlackList([userID]));
    return html`<p class="muted-text">${t(blocked ? "isBlocked" : "blockWhat", { name })}</p>
      <button type="button" class="quiet ${blocked ? "" : "dangerous"}" ?disabled=${this.#blocking.busy} @click=${() => void this.#blocking.do(turn)}>${t(blocked ? "unblockName" : "blockName", { name })}</button>
      ${this.#blocking.fault()}`;
  }

  /** @param {import("../sdk/wire.js").MediaType} kind */
  #call(kind) {
    this.data.close();
    this.data.call(this.data.userID, kind);
  }
}

customElements.define("contact-sheet", ContactSheet);
