import { t } from "./i18n.js";

/** @typedef {import("../sdk/wire.js").Link} Link */

/** A link is given away once more if it is good for at least so long. */
const LONG_ENOUGH_MS = 3_600_000;

/** The links into the meeting one is in: making them, handing them out, taking them back. */
export class InviteLinks {
  /** Those that are good, as far as one may see them; a host sees all. @type {readonly Link[]} */
  list = [];
  /** What to say of what was copied; empty before. */
  copied = "";

  #model;
  #addressOf;
  #changed;

  /**
   * @param {import("./meeting-model.js").MeetingModel} model
   * @param {(invite: string) => string} addressOf where an invitation is opened
   * @param {() => void} changed
   */
  constructor(model, addressOf, changed) {
    this.#model = model;
    this.#addressOf = addressOf;
    this.#changed = changed;
  }

  /** Nothing is known of the next meeting. */
  forget() {
    this.list = [];
    this.copied = "";
  }

  /** Reads which there are. */
  read() {
    return this.#do(() => this.#read());
  }

  /** Copies a link of one's own, making one if there is none that is good for a while. */
  copyOwn() {
    return this.#do(async () => {
      await this.#read();
      const { room, self } = this.#model;
      const least = Date.now() + LONG_ENOUGH_MS;
      const own = this.list.findLast(({ userID, expiresAt }) => userID === self && expiresAt > least);
      await this.#copy(own ?? (await room.createLink()));
      if (!own) await this.#read();
    });
  }

  /** Copies one. @param {{invite: string}} link */
  copy(link) {
    return this.#do(() => this.#copy(link));
  }

  /** Takes one back. @param {string} linkID @param {boolean} kick takes out who came by it, too; for hosts */
  revoke(linkID, kick) {
    return this.#do(async () => {
      await this.#model.room.revokeLink(linkID, { kick });
      this.copied = t("linkRevoked");
      await this.#read();
    });
  }

  async #read() {
    this.list = await this.#model.room.listLinks();
  }

  /** @param {{invite: string}} link */
  async #copy({ invite }) {
    const address = this.#addressOf(invite);
    try {
      await navigator.clipboard.writeText(address);
      this.copied = t("inviteCopied");
    } catch {
      this.copied = address; // a browser that lets no page write there: it can be copied by hand
    }
  }

  /** @param {() => Promise<void>} deed */
  async #do(deed) {
    await this.#model.do(deed);
    this.#changed();
  }
}
