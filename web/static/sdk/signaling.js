import { Emitter } from "./emitter.js";

/**
 * @typedef {import("./wire.js").Events} Events
 *
 * @typedef {Pick<Events, "onReceiveNewInvitation" | "onInviteeAccepted" | "onInviteeRejected" |
 *   "onInvitationCancelled" | "onInvitationTimeout" | "onInvitationModified">} SignalingEvents
 *   TIM's six: an invitation came; an invitee accepted or rejected (ourselves on another device
 *   too); it was cancelled; its time was up; its data changed.
 *
 * @typedef {SignalingEvents & {acted: null}} OwnEvents `acted`: this session has asked, answered or taken back, of
 *   which the server tells the others only
 *
 * @typedef {{[K in keyof SignalingEvents]?: (detail: SignalingEvents[K]) => void}} SignalingListener
 *
 * @typedef {object} InviteOptions
 * @property {string} [data] opaque to signaling, at most 12 KiB
 * @property {number} [timeout] seconds, 30 by default; 0 = none
 * @property {boolean} [onlineUserOnly]
 * @property {Record<string, unknown>} [offlinePushInfo]
 */

/** @type {(keyof SignalingEvents)[]} */
const NAMES = [
  "onReceiveNewInvitation",
  "onInviteeAccepted",
  "onInviteeRejected",
  "onInvitationCancelled",
  "onInvitationTimeout",
  "onInvitationModified",
];

/**
 * TIM's signaling: ask people something, and be told what became of it. The
 * server holds the one truth of each invitation; of two answers one wins and
 * the other gets 8010.
 *
 * @extends {Emitter<OwnEvents>}
 */
export class Signaling extends Emitter {
  #connection;
  /** @type {Map<SignalingListener, (() => void)[]>} */
  #listeners = new Map();

  /** @param {import("./connection.js").Connection} connection */
  constructor(connection) {
    super();
    this.#connection = connection;
    for (const name of NAMES) connection.on(name, (detail) => this.emit(name, detail));
  }

  /**
   * Invites one user.
   *
   * @param {string} invitee
   * @param {InviteOptions} [options]
   * @returns {Promise<import("./wire.js").InviteResult>}
   */
  invite(invitee, options = {}) {
    return this.#act("signaling.invite", { invitee, ...options });
  }

  /**
   * Invites members of a group; every member is told.
   *
   * @param {string} groupID
   * @param {string[]} inviteeList
   * @param {InviteOptions} [options]
   * @returns {Promise<import("./wire.js").InviteResult>}
   */
  inviteInGroup(groupID, inviteeList, options = {}) {
    return this.#act("signaling.inviteInGroup", { groupID, inviteeList, ...options });
  }

  /**
   * Takes back one's own invitation from those who have not answered.
   *
   * @param {string} inviteID
   * @param {string} [data]
   */
  cancel(inviteID, data = "") {
    return this.#act("signaling.cancel", { inviteID, data });
  }

  /**
   * @param {string} inviteID
   * @param {string} [data]
   */
  accept(inviteID, data = "") {
    return this.#act("signaling.accept", { inviteID, data });
  }

  /**
   * @param {string} inviteID
   * @param {string} [data]
   */
  reject(inviteID, data = "") {
    return this.#act("signaling.reject", { inviteID, data });
  }

  /**
   * Replaces the data of an invitation that is still pending.
   *
   * @param {string} inviteID
   * @param {string} data
   */
  modifyInvitation(inviteID, data) {
    return this.#connection.request("signaling.modifyInvitation", { inviteID, data }, { once: true });
  }

  /**
   * The invitation a message carried, as it stands now; null if it carried none.
   *
   * @param {string} messageID
   */
  getSignalingInfo(messageID) {
    return this.#connection.request("signaling.getSignalingInfo", { messageID });
  }

  /**
   * Adds an object whose methods are named like the events.
   *
   * @param {SignalingListener} listener
   */
  addSignalingListener(listener) {
    if (this.#listeners.has(listener)) return;
    const stops = NAMES.map((name) => this.#forward(name, listener));
    this.#listeners.set(listener, stops);
  }

  /** @param {SignalingListener} listener */
  removeSignalingListener(listener) {
    for (const stop of this.#listeners.get(listener) ?? []) stop();
    this.#listeners.delete(listener);
  }

  /**
   * @template {"signaling.invite" | "signaling.inviteInGroup" | "signaling.cancel" | "signaling.accept" | "signaling.reject"} K
   * @param {K} method
   * @param {import("./wire.js").Methods[K]["params"]} params
   */
  async #act(method, params) {
    const result = await this.#connection.request(method, params, { once: true });
    this.emit("acted", null);
    return result;
  }

  /**
   * @template {keyof SignalingEvents} K
   * @param {K} name
   * @param {SignalingListener} listener
   */
  #forward(name, listener) {
    return this.on(name, (detail) => listener[name]?.(detail));
  }
}
