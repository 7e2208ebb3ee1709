import { conversationIDOf, conversationOf, partyOf } from "./conversation-id.js";
import { Emitter } from "./emitter.js";

/**
 * @typedef {import("./wire.js").Message} Message
 *
 * @typedef {object} MessagesEvents
 * @property {{conversationID: string, message: Message}} onRecvNewMessage somebody wrote, or oneself on another device
 * @property {{conversationID: string, message: Message}} sent this session wrote
 * @property {{conversationID: string, readSeq: number}} onConversationChanged another device of ours has read so far
 * @property {{conversationID: string, readSeq: number}} read this session has read so far
 * @property {{conversationIDs: string[], groupID: string}} signaled signaling may have left messages in one of these; in
 *   any of all where there are none
 *
 * @typedef {object} HistoryOptions
 * @property {number} [beforeSeq] only older ones than this; the newest by default
 * @property {number} [limit] 50 by default, at most 200
 */

/**
 * TIM's messages and conversations. A conversation is named by its TIM id, see
 * c2cID() and groupConversationID().
 *
 * @extends {Emitter<MessagesEvents>}
 */
export class Messages extends Emitter {
  #connection;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./signaling.js").Signaling} signaling
   */
  constructor(connection, signaling) {
    super();
    this.#connection = connection;
    connection.on("onRecvNewMessage", ({ message }) => {
      this.emit("onRecvNewMessage", { conversationID: conversationOf(message, connection.userID), message });
    });
    connection.on("onConversationChanged", (event) => {
      this.emit("onConversationChanged", { conversationID: conversationIDOf(event), readSeq: event.readSeq });
    });
    for (const name of /** @type {const} */ (["onReceiveNewInvitation", "onInvitationCancelled", "onInvitationTimeout"])) {
      signaling.on(name, ({ groupID, inviter, inviteeList }) => this.#signaled(groupID, [inviter, ...inviteeList]));
    }
    for (const name of /** @type {const} */ (["onInviteeAccepted", "onInviteeRejected"])) {
      signaling.on(name, ({ groupID, inviter, invitee }) => this.#signaled(groupID, [inviter, invitee]));
    }
    signaling.on("acted", () => this.emit("signaled", { conversationIDs: [], groupID: "" }));
  }

  /** The user in whose name all this happens. */
  get self() {
    return this.#connection.userID;
  }

  /**
   * Sends a text.
   *
   * @param {string} conversationID
   * @param {string} text
   * @param {string} [requestID] of an attempt before, so that the text arrives once
   * @returns {Promise<Message>} as it stands in the conversation
   */
  sendTextMessage(conversationID, text, requestID) {
    return this.#send(conversationID, { type: "text", text }, requestID);
  }

  /**
   * Sends data of one's own, opaque to the server.
   *
   * @param {string} conversationID
   * @param {string} data
   * @param {string} [requestID]
   * @returns {Promise<Message>}
   */
  sendCustomMessage(conversationID, data, requestID) {
    return this.#send(conversationID, { type: "custom", data }, requestID);
  }

  /**
   * A page of a conversation, newest first.
   *
   * @param {string} conversationID
   * @param {HistoryOptions} [options]
   */
  getHistoryMessageList(conversationID, options = {}) {
    return this.#connection.request("message.list", { ...partyOf(conversationID), ...options });
  }

  /**
   * A page of conversations, that with the newest message first.
   *
   * @param {{cursor?: string, limit?: number}} [page]
   */
  getConversationList(page = {}) {
    return this.#connection.request("conversation.list", page);
  }

  /**
   * Says on all devices that everything up to a message was read.
   *
   * @param {string} conversationID
   * @param {number} messageSeq
   */
  async markConversationAsRead(conversationID, messageSeq) {
    await this.#connection.request("conversation.markRead", { ...partyOf(conversationID), messageSeq });
    this.emit("read", { conversationID, readSeq: messageSeq });
  }

  /**
   * @param {string} conversationID
   * @param {{type: "text", text: string} | {type: "custom", data: string}} content
   * @param {string} [requestID]
   */
  async #send(conversationID, content, requestID) {
    const party = partyOf(conversationID);
    const to = party.groupID === undefined ? { to: party.peer } : { groupID: party.groupID };
    const options = requestID ? { requestID } : { once: true };
    const stands = await this.#connection.request("message.send", { ...to, ...content }, options);
    const message = { from: this.self, ...to, ...content, ...stands };
    this.emit("sent", { conversationID, message });
    return message;
  }

  /** @param {string} groupID @param {string[]} people */
  #signaled(groupID, people) {
    const conversationIDs = groupID ? [conversationIDOf({ groupID })] : people.filter((userID) => userID !== this.self).map((peer) => conversationIDOf({ peer }));
    this.emit("signaled", { conversationIDs, groupID });
  }
}
