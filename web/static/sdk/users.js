import { Emitter } from "./emitter.js";
import { Code, codeOf } from "./errors.js";

/**
 * @typedef {import("./wire.js").UserStatus} UserStatus
 * @typedef {{change: UserStatus[]}} UsersEvents `change`: the list of those online, oneself left out
 */

const ONLINE = 1;

/**
 * Who is online, where the server tells: kept up to date across reconnections.
 *
 * @extends {Emitter<UsersEvents>}
 */
export class Users extends Emitter {
  #connection;
  #profiles;
  /** @type {Map<string, UserStatus>} */
  #online = new Map();
  #watching = false;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./profiles.js").Profiles} profiles
   */
  constructor(connection, profiles) {
    super();
    this.#connection = connection;
    this.#profiles = profiles;
    connection.on("onUserStatusChanged", ({ userStatusList }) => this.#apply(userStatusList));
    connection.on("welcome", ({ resumed }) => {
      if (this.#watching && !resumed) void this.#reload();
    });
  }

  /** Those online, by name. */
  list() {
    return [...this.#online.values()].sort((a, b) => displayName(a).localeCompare(displayName(b)));
  }

  /**
   * The name to show for a user id: who is online has told theirs, others' the
   * profiles know, and where none is known (yet) it is the id itself.
   *
   * @param {string} userID
   */
  nameOf(userID) {
    const user = this.#online.get(userID);
    return user ? displayName(user) : this.#profiles.nameOf(userID);
  }

  /** @param {string} userID */
  isOnline(userID) {
    return this.#online.has(userID);
  }

  /** Reads the list and follows its changes; rejected with code 10007 where the server keeps it to itself. */
  async watch() {
    await this.#load();
    this.#watching = true;
  }

  async #reload() {
    try {
      await this.#load();
    } catch (thrown) {
      // Lost again on the way: the next welcome comes here once more.
      if (codeOf(thrown) !== Code.notLoggedIn) throw thrown;
    }
  }

  async #load() {
    // Follow first, read then: a change in between is in the list already, and harmless twice.
    await this.#connection.request("user.subscribeStatus", {}, { sessionBound: true });
    const { users } = await this.#connection.request("user.listOnline", {}, { sessionBound: true });
    this.#online.clear();
    this.#apply(users);
  }

  /** @param {UserStatus[]} changes */
  #apply(changes) {
    for (const user of changes) {
      if (user.userID === this.#connection.userID) continue;
      if (user.statusType === ONLINE) this.#online.set(user.userID, user);
      else this.#online.delete(user.userID);
    }
    this.emit("change", this.list());
  }
}

/** @param {UserStatus} user */
function displayName({ name, userID }) {
  return name || userID;
}
