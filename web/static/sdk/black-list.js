import { Kept } from "./kept.js";

/**
 * Whom one has blocked (TIM's black list). What they send and their invitations
 * to oneself alone are refused with Code.blacklisted.
 *
 * @extends {Kept<string[]>}
 */
export class BlackList extends Kept {
  #connection;

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    super(connection, [], async () => (await connection.request("user.getBlackList", {})).userIDList);
    this.#connection = connection;
    connection.on("onBlackListChanged", ({ userIDList }) => this.set(userIDList));
  }

  /** @param {string} userID */
  has(userID) {
    return this.value.includes(userID);
  }

  /** The list as the server has it now. */
  async getBlackList() {
    await this.refresh();
    return this.value;
  }

  /** @param {string[]} userIDList 1 to 100 */
  async addToBlackList(userIDList) {
    await this.#connection.request("user.addToBlackList", { userIDList }, { once: true });
    this.set([...new Set([...this.value, ...userIDList])].sort());
  }

  /** @param {string[]} userIDList 1 to 100 */
  async deleteFromBlackList(userIDList) {
    await this.#connection.request("user.deleteFromBlackList", { userIDList }, { once: true });
    this.set(this.value.filter((userID) => !userIDList.includes(userID)));
  }
}
