import { avatar } from "../components/avatar.js";
import { t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import "../components/people-picker.js";
import { Sheet } from "../components/sheet.js";
import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { faultSentence } from "./faults.js";
import { allowed } from "./group-rights.js";
import { knownPeople } from "./known-people.js";

/**
 * @typedef {import("../sdk/wire.js").GroupInfo} GroupInfo
 * @typedef {import("../sdk/wire.js").GroupMember} GroupMember
 *
 * @typedef {object} GroupData
 * @property {import("../sdk/index.js").Client} client
 * @property {string} groupID
 * @property {(userID: string) => string} nameOf
 * @property {() => void} close
 * @property {() => void} left one is not in it any more
 */

/**
 * A group: its name, its people and what one may do with them.
 *
 * @extends {Sheet<GroupData>}
 */
export class GroupSheet extends Sheet {
  /** @type {readonly GroupMember[]} */
  #members = [];
  /** What is asked or open: a deed to be confirmed, the picker, or a member's id. */
  #open = "";
  /** @type {string[]} */
  #chosen = [];
  #fault = "";

  /** @override */
  connected() {
    super.connected();
    const { groups, users } = this.data.client;
    const reread = (/** @type {{groupID: string}} */ { groupID }) => void (groupID === this.data.groupID && this.#read());
    this.until(
      groups.on("change", () => this.update()),
      users.on("change", () => this.update()),
      ...(/** @type {const} */ (["onMemberEnter", "onMemberLeave", "onMemberInvited", "onMemberKicked", "onGrantAdministrator", "onRevokeAdministrator", "onGroupInfoChanged"])).map(
        (name) => groups.on(name, reread),
      ),
    );
    void this.#read();
  }

  get #groups() {
    return this.data.client.groups;
  }

  async #read() {
    try {
      this.#members = await this.#groups.getGroupMemberList(this.data.groupID);
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    this.update();
  }

  /** Does something to the group, and shows what has become of it. @param {() => Promise<unknown>} deed */
  async #do(deed) {
    this.#open = "";
    this.#fault = "";
    try {
      await deed();
    } catch (thrown) {
      this.#fault = faultSentence(thrown);
    }
    await this.#read();
  }

  /** @override */
  template() {
    const group = this.#groups.get(this.data.groupID);
    if (!group) return this.dialog(t("groupDetails"), this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing);
    return this.dialog(group.name, html`
      <p class="muted-text">${t("groupIDBadge", { id: group.groupID })}</p>
      ${this.#fault ? html`<p class="fault" role="alert">${this.#fault}</p>` : nothing}
      ${allowed(group, "rename") ? this.#rename(group) : nothing}
      <h3 class="list-title">${t("members", { count: group.memberCount })}</h3>
      <ul class="rows" data-testid="members">${repeat(this.#members, ({ userID }) => userID, (member) => this.#member(group, member))}</ul>
      ${this.#adding(group)}
      <footer class="sheet-foot">${this.#leaving(group)}</footer>`);
  }

  /** @param {GroupInfo} group */
  #rename({ groupID, name }) {
    const submit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const said = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name")).trim();
      void this.#do(() => this.#groups.setGroupInfo({ groupID, name: said }));
    };
    return html`<form class="picker-add" @submit=${submit}>
      <label class="field"><span>${t("groupName")}</span><input name="name" data-testid="rename" required maxlength="33" autocomplete="off" .value=${name} /></label>
      <button class="plain">${t("rename")}</button>
    </form>`;
  }

  /** @param {GroupInfo} group @param {GroupMember} member */
  #member(group, { userID, role }) {
    const self = this.data.client.connection.userID;
    const name = this.data.nameOf(userID);
    const deeds = userID === self ? [] : this.#deeds(group, userID, role);
    const open = this.#open === `member ${userID}`;
    return html`<li class="row" data-member=${userID}>
      ${avatar(name, "small", this.data.client.profiles.get(userID)?.avatarURL)}
      <span class="row-main"><span class="row-title">${name}${userID === self ? ` (${t("you")})` : ""}</span><span class="row-sub">${t(`role_${role}`)}</span></span>
      ${deeds.length > 0
        ? html`<button type="button" class="icon-button" aria-expanded=${open ? "true" : "false"} aria-label=${t("memberActions", { name })} @click=${() => this.#toggle(`member ${userID}`)}>${icons.more}</button>`
        : nothing}
      ${open ? html`<span class="row-deeds">${repeat(deeds, ({ right }) => right, ({ label, name = label, deed }) => html`<button type="button" class="plain" aria-label=${name} @click=${() => void this.#do(deed)}>${label}</button>`)}</span>` : nothing}
    </li>`;
  }

  /** @param {GroupInfo} group @param {string} userID @param {GroupMember["role"]} role */
  #deeds(group, userID, role) {
    const { groupID } = group;
    const other = role === "admin" ? "member" : "admin";
    /** @type {{right: "kick" | "setRole" | "transfer", label: string, name?: string, deed: () => Promise<unknown>}[]} */
    const deeds = [
      { right: "kick", label: t("remove"), name: t("removeMember", { name: this.data.nameOf(userID) }), deed: () => this.#groups.kickGroupMember(groupID, [userID]) },
      { right: "setRole", label: t(other === "admin" ? "makeAdmin" : "makeMember"), deed: () => this.#groups.setGroupMemberRole(groupID, userID, other) },
      { right: "transfer", label: t("makeOwner"), deed: () => this.#groups.transferGroupOwner(groupID, userID) },
    ];
    return deeds.filter(({ right }) => allowed(group, right, role));
  }

  /** @param {string} what */
  #toggle(what) {
    this.#open = this.#open === what ? "" : what;
    this.update();
  }

  /** @param {GroupInfo} group */
  #adding({ groupID }) {
    if (this.#open !== "add") {
      return html`<button type="button" class="plain wide" @click=${() => this.#toggle("add")}>${icons.plus}${t("addPeople")}</button>`;
    }
    const userIDs = knownPeople(this.data.client, this.#members.map(({ userID }) => userID));
    return html`<people-picker .data=${{ userIDs, nameOf: this.data.nameOf, change: (/** @type {string[]} */ chosen) => (this.#chosen = chosen) }}></people-picker>
      <button type="button" class="accent wide" data-testid="add-chosen" @click=${() => void this.#do(() => this.#groups.inviteUserToGroup(groupID, this.#chosen))}>${t("addPeople")}</button>`;
  }

  /** @param {GroupInfo} group */
  #leaving(group) {
    const { groupID } = group;
    return html`${allowed(group, "quit") ? this.#confirmed("leave", t("leaveGroup"), t("leaveSure"), () => this.#groups.quitGroup(groupID)) : nothing}
      ${allowed(group, "dismiss") ? this.#confirmed("dismiss", t("dismissGroup"), t("dismissSure"), () => this.#groups.dismissGroup(groupID)) : nothing}`;
  }

  /**
   * A button that asks before it does.
   *
   * @param {string} what
   * @param {string} label
   * @param {string} question
   * @param {() => Promise<unknown>} deed after which one is out of the group
   */
  #confirmed(what, label, question, deed) {
    if (this.#open !== what) return html`<button type="button" class="quiet dangerous" @click=${() => this.#toggle(what)}>${label}</button>`;
    const go = async () => {
      try {
        await deed();
        this.data.left();
      } catch (thrown) {
        this.#fault = faultSentence(thrown);
        this.update();
      }
    };
    return html`<p class="question">${question}</p>
      <span class="row-deeds"><button type="button" class="plain" @click=${() => this.#toggle(what)}>${t("cancel")}</button>
      <button type="button" class="accent danger" data-testid="confirm" @click=${() => void go()}>${label}</button></span>`;
  }
}

customElements.define("group-sheet", GroupSheet);
