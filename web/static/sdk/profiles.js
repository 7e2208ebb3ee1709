import { Emitter } from "./emitter.js";
import { Code, codeOf } from "./errors.js";

/**
 * @typedef {import("./wire.js").UserInfo} UserInfo
 *
 * @typedef {object} ProfilesEvents
 * @property {UserInfo[]} change more is known, or it is another now: these users'
 * @property {UserInfo} onSelfInfoUpdated what one shows of oneself was changed, on whichever device
 * @property {unknown} fault
 */

/** Users that turn up together are asked for together. */
const SOON_MS = 50;
/** How many users a request may name. */
const MAX_USERS = 100;
/** What else a page may take for a user id, such as what was typed, is nobody's. */
const USER_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * What users show of themselves: name and picture (TIM V2TIMUserFullInfo). The
 * server tells of one's own changes only, so others' are read anew in every new
 * session.
 *
 * @extends {Emitter<ProfilesEvents>}
 */
export class Profiles extends Emitter {
  #connection;
  /** @type {Map<string, UserInfo>} */
  #known = new Map();
  /** @type {Set<string>} asked for in this session, or about to be */
  #asked = new Set();
  /** @type {Set<string>} */
  #wanted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    super();
    this.#connection = connection;
    connection.on("onSelfInfoUpdated", ({ userID, name, avatarURL }) => this.#own({ userID, name, avatarURL }));
    connection.on("welcome", ({ resumed }) => void (!resumed && this.#asked.clear()));
    connection.on("closed", () => clearTimeout(this.#timer));
  }

  /** What one shows of oneself, as far as it is known. */
  get self() {
    const { userID, welcome } = this.#connection;
    return this.get(userID) ?? { userID, name: welcome?.name ?? "", avatarURL: "" };
  }

  /**
   * A user, if known. The server is asked about one it was not asked about in
   * this session; `change` tells when the answer is there.
   *
   * @param {string} userID
   */
  get(userID) {
    if (USER_ID.test(userID) && !this.#asked.has(userID)) this.#want(userID);
    return this.#known.get(userID);
  }

  /**
   * The name to show for a user, the id where none is known (yet); see get().
   *
   * @param {string} userID
   */
  nameOf(userID) {
    return this.get(userID)?.name || userID;
  }

  /**
   * Reads what users show of themselves. Of strangers the name is empty.
   *
   * @param {string[]} userIDList any number
   */
  async getUsersInfo(userIDList) {
    /** @type {UserInfo[]} */
    const all = [];
    for (let i = 0; i < userIDList.length; i += MAX_USERS) {
      const { users } = await this.#connection.request("user.getUsersInfo", { userIDList: userIDList.slice(i, i + MAX_USERS) });
      all.push(...users);
    }
    this.#learn(all);
    return all;
  }

  /**
   * Changes what one shows of oneself; absent members stay as they are.
   *
   * @param {import("./wire.js").SetSelfInfo} info
   */
  async setSelfInfo(info) {
    await this.#connection.request("user.setSelfInfo", info, { once: true });
    const { users } = await this.#connection.request("user.getUsersInfo", { userIDList: [this.#connection.userID] });
    for (const user of users) this.#own(user);
  }

  /** @param {string} userID */
  #want(userID) {
    this.#asked.add(userID);
    this.#wanted.add(userID);
    this.#timer ??= setTimeout(() => void this.#ask(), SOON_MS);
  }

  async #ask() {
    const wanted = [...this.#wanted];
    this.#timer = undefined;
    this.#wanted.clear();
    try {
      await this.getUsersInfo(wanted);
    } catch (thrown) {
      // The next to ask for them asks the server again.
      for (const userID of wanted) this.#asked.delete(userID);
      if (codeOf(thrown) !== Code.notLoggedIn) this.emit("fault", thrown);
    }
  }

  /** @param {UserInfo} user */
  #own(user) {
    this.#learn([user]);
    this.emit("onSelfInfoUpdated", user);
  }

  /** @param {UserInfo[]} users */
  #learn(users) {
    for (const user of users) {
      this.#asked.add(user.userID);
      this.#known.set(user.userID, user);
    }
    this.emit("change", users);
  }
}
