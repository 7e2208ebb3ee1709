import { Emitter } from "./emitter.js";
import { Code, codeOf } from "./errors.js";

/**
 * @typedef {import("./wire.js").GroupInfo} GroupInfo
 * @typedef {import("./wire.js").Events} Events
 *
 * @typedef {Pick<Events, "onGroupCreated" | "onGroupDismissed" | "onGroupInfoChanged" | "onGroupAttributeChanged" | "onMemberEnter" |
 *   "onMemberLeave" | "onQuitFromGroup" | "onMemberInvited" | "onMemberKicked" | "onGrantAdministrator" | "onRevokeAdministrator" |
 *   "onMemberInfoChanged" | "onAllGroupMembersMuted">} GroupListener TIM's
 * @typedef {Pick<Events, "onReceiveJoinApplication" | "onApplicationProcessed" | "onReceiveRESTCustomData">} ApplicationListener TIM's
 *
 * @typedef {GroupListener & ApplicationListener & {change: GroupInfo[], fault: unknown}} GroupsEvents `change`: the groups one is in
 */

/** @type {readonly (keyof GroupListener)[]} */
const NAMES = [
  "onGroupCreated",
  "onGroupDismissed",
  "onGroupInfoChanged",
  "onGroupAttributeChanged",
  "onMemberEnter",
  "onMemberLeave",
  "onQuitFromGroup",
  "onMemberInvited",
  "onMemberKicked",
  "onGrantAdministrator",
  "onRevokeAdministrator",
  "onMemberInfoChanged",
  "onAllGroupMembersMuted",
];

/**
 * TIM's groups. What this session does itself is not told to it by an event,
 * only by `change`.
 *
 * @extends {Emitter<GroupsEvents>}
 */
export class Groups extends Emitter {
  #connection;
  /** @type {Map<string, GroupInfo>} */
  #joined = new Map();
  #watching = false;

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    super();
    this.#connection = connection;
    for (const name of NAMES) {
      connection.on(name, (event) => {
        if (this.#watching) void this.#apply(name, event);
        this.emit(name, event);
      });
    }
    for (const name of /** @type {const} */ (["onReceiveJoinApplication", "onApplicationProcessed", "onReceiveRESTCustomData"])) {
      connection.on(name, (event) => this.emit(name, event));
    }
    connection.on("welcome", ({ resumed }) => void (this.#watching && !resumed && this.#refresh()));
  }

  /** The groups one is in, once watch() was called. */
  list() {
    return [...this.#joined.values()];
  }

  /** One of them. @param {string} groupID */
  get(groupID) {
    return this.#joined.get(groupID);
  }

  /** Reads the groups one is in and follows their changes. */
  async watch() {
    this.#watching = true;
    await this.getJoinedGroupList();
  }

  /** Reads the groups one is in. */
  async getJoinedGroupList() {
    const { groups } = await this.#connection.request("group.list", {});
    this.#joined = new Map(groups.map((group) => [group.groupID, group]));
    this.emit("change", this.list());
    return groups;
  }

  /** @param {import("./wire.js").CreateGroup} group */
  async createGroup(group) {
    const result = await this.#connection.request("group.create", group, { once: true });
    await this.#reread(result.groupID);
    return result;
  }

  /**
   * Goes into a Public or Meeting group, or applies to.
   *
   * @param {string} groupID
   * @param {string} [message] for who decides
   * @returns {Promise<{waiting: boolean}>} whether the application waits for a decision
   */
  async joinGroup(groupID, message = "") {
    const { waiting = false } = await this.#connection.request("group.join", { groupID, message }, { once: true });
    if (!waiting) await this.#reread(groupID);
    return { waiting };
  }

  /** Who waits to be let into the groups one owns or administers. */
  async getGroupApplicationList() {
    const { applications } = await this.#connection.request("group.getApplicationList", {});
    return applications;
  }

  /** @param {string} groupID @param {string} userID */
  async acceptGroupApplication(groupID, userID) {
    await this.#connection.request("group.acceptApplication", { groupID, userID }, { once: true });
    await this.#reread(groupID);
  }

  /** @param {string} groupID @param {string} userID @param {string} [reason] for the applicant */
  async refuseGroupApplication(groupID, userID, reason = "") {
    await this.#connection.request("group.refuseApplication", { groupID, userID, reason }, { once: true });
  }

  /** @param {string} groupID */
  async quitGroup(groupID) {
    await this.#connection.request("group.quit", { groupID }, { once: true });
    this.#forget(groupID);
  }

  /** @param {string} groupID */
  async dismissGroup(groupID) {
    await this.#connection.request("group.dismiss", { groupID }, { once: true });
    this.#forget(groupID);
  }

  /** What a group shows of itself; one need not be in it, unless it is a Work group. @param {string} groupID */
  getGroupInfo(groupID) {
    return this.#connection.request("group.getInfo", { groupID });
  }

  /** @param {import("./wire.js").SetGroupInfo} info */
  async setGroupInfo(info) {
    await this.#connection.request("group.setInfo", info, { once: true });
    await this.#reread(info.groupID);
  }

  /** Everybody in the group, in the order they came. @param {string} groupID */
  async getGroupMemberList(groupID) {
    const { members } = await this.#connection.request("group.members", { groupID });
    return members;
  }

  /**
   * @param {string} groupID
   * @param {string[]} userIDList
   * @returns {Promise<string[]>} who was not in it before
   */
  async inviteUserToGroup(groupID, userIDList) {
    const { members } = await this.#connection.request("group.invite", { groupID, members: userIDList }, { once: true });
    await this.#reread(groupID);
    return members;
  }

  /** @param {string} groupID @param {string[]} userIDList */
  async kickGroupMember(groupID, userIDList) {
    await this.#connection.request("group.kick", { groupID, members: userIDList }, { once: true });
    await this.#reread(groupID);
  }

  /** @param {string} groupID @param {string} userID @param {"admin" | "member"} role */
  async setGroupMemberRole(groupID, userID, role) {
    await this.#connection.request("group.setRole", { groupID, userID, role }, { once: true });
  }

  /** Keeps a member from writing; 0 lets them again. @param {string} groupID @param {string} userID @param {number} seconds */
  async muteGroupMember(groupID, userID, seconds) {
    await this.#connection.request("group.muteMember", { groupID, userID, seconds }, { once: true });
  }

  /** Keeps all but owner and admins from writing, or lets them again. @param {string} groupID @param {boolean} isMute */
  async muteAllGroupMembers(groupID, isMute) {
    await this.setGroupInfo({ groupID, allMuted: isMute });
  }

  /** @param {string} groupID @param {string} userID */
  async transferGroupOwner(groupID, userID) {
    await this.#connection.request("group.transfer", { groupID, userID }, { once: true });
    await this.#reread(groupID);
  }

  /** @param {string} groupID */
  async getGroupAttributes(groupID) {
    const { attributes } = await this.#connection.request("group.getAttributes", { groupID });
    return attributes;
  }

  /** Sets these and leaves the others. @param {string} groupID @param {Record<string, string>} attributes */
  async setGroupAttributes(groupID, attributes) {
    await this.#connection.request("group.setAttributes", { groupID, attributes }, { once: true });
  }

  /** Deletes these, or all. @param {string} groupID @param {string[]} [keys] */
  async deleteGroupAttributes(groupID, keys = []) {
    await this.#connection.request("group.deleteAttributes", { groupID, keys }, { once: true });
  }

  /** @param {string} groupID */
  #forget(groupID) {
    if (this.#joined.delete(groupID)) this.emit("change", this.list());
  }

  /** @param {string} groupID */
  async #reread(groupID) {
    const group = await this.getGroupInfo(groupID);
    if (group.role) this.#joined.set(groupID, group);
    this.emit("change", this.list());
  }

  async #refresh() {
    try {
      await this.getJoinedGroupList();
    } catch (thrown) {
      // Lost again on the way: the next welcome comes here once more.
      if (codeOf(thrown) !== Code.notLoggedIn) this.emit("fault", thrown);
    }
  }

  /**
   * Thousands may be told of the same change, so as little as possible is asked
   * in return.
   *
   * @param {keyof GroupListener} name
   * @param {GroupListener[keyof GroupListener]} event
   */
  #apply(name, event) {
    const { groupID, members } = event;
    const mine = members.includes(this.#connection.userID);
    const known = this.#joined.get(groupID);
    switch (name) {
      case "onGroupDismissed":
        return this.#forget(groupID);
      case "onMemberKicked":
      case "onMemberLeave":
        return mine ? this.#forget(groupID) : this.#change(known, { memberCount: (known?.memberCount ?? 0) - members.length });
      case "onMemberEnter":
      case "onMemberInvited":
        return mine ? this.#learn(groupID) : this.#change(known, { memberCount: (known?.memberCount ?? 0) + members.length });
      case "onGroupCreated":
        return this.#learn(groupID);
      case "onGroupInfoChanged": {
        const { group } = /** @type {Events["onGroupInfoChanged"]} */ (event);
        return mine ? this.#learn(groupID) : this.#change(known, { ...group, ...(known?.role && { role: known.role }) });
      }
      case "onGrantAdministrator":
      case "onRevokeAdministrator":
        return mine ? this.#change(known, { role: name === "onGrantAdministrator" ? "admin" : "member" }) : undefined;
      case "onMemberInfoChanged":
      case "onQuitFromGroup": // onMemberLeave has said so, and onGroupInfoChanged the next
      case "onAllGroupMembersMuted":
      case "onGroupAttributeChanged":
    }
  }

  /** @param {GroupInfo | undefined} known @param {Partial<GroupInfo>} changes */
  #change(known, changes) {
    if (!known) return;
    this.#joined.set(known.groupID, { ...known, ...changes });
    this.emit("change", this.list());
  }

  /** @param {string} groupID */
  async #learn(groupID) {
    try {
      await this.#reread(groupID);
    } catch (thrown) {
      const code = codeOf(thrown);
      // Out of it again meanwhile, or offline: another event or the next welcome says so.
      if (code !== Code.notPermitted && code !== Code.groupUnknown && code !== Code.notLoggedIn) this.emit("fault", thrown);
    }
  }
}
