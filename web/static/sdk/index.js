/**
 * The client SDK: signaling under TIM's names, rooms under TRTC's, calls under
 * TUICallEngine's. It touches no document; a page of any make can use it.
 *
 *     const client = new Client({ token });
 *     client.engine.on("onCallReceived", ({ callerID }) => ring(callerID));
 *     await client.connect();
 *     client.engine.call("bo", "video");
 */
import { BlackList } from "./black-list.js";
import { Connection } from "./connection.js";
import { Conversations } from "./conversations.js";
import { CallEngine } from "./engine.js";
import { Groups } from "./groups.js";
import { becomeGuest } from "./guests.js";
import { History } from "./history.js";
import { MessageList } from "./message-list.js";
import { Messages } from "./messages.js";
import { MissedCalls } from "./missed-calls.js";
import { NetworkCheck } from "./network-check.js";
import { Profiles } from "./profiles.js";
import { Push } from "./push.js";
import { AllReceiveOpt } from "./receive-opt.js";
import { Room } from "./room.js";
import { Signaling } from "./signaling.js";
import { Users } from "./users.js";

export { BlackList } from "./black-list.js";
export { foldCalls } from "./callcards.js";
export { callMessage } from "./callmessage.js";
export { callText } from "./calltexts.js";
export { Connection } from "./connection.js";
export { c2cID, conversationIDOf, groupConversationID, partyOf } from "./conversation-id.js";
export { Conversations } from "./conversations.js";
export { CallEngine } from "./engine.js";
export { CallError, Code, codeOf } from "./errors.js";
export { Groups } from "./groups.js";
export { becomeGuest } from "./guests.js";
export { EndReason } from "./reasons.js";
export { AllReceiveOpt, ReceiveOpt } from "./receive-opt.js";
export { History } from "./history.js";
export { LocalMedia } from "./localmedia.js";
export { MessageList } from "./message-list.js";
export { Messages } from "./messages.js";
export { MissedCalls } from "./missed-calls.js";
export { Profiles } from "./profiles.js";
export { Push } from "./push.js";
export { NetworkCheck } from "./network-check.js";
export { NetworkQuality, networkQuality } from "./network-quality.js";
export { Room } from "./room.js";
export { ScreenStop } from "./room-devices.js";
export { runningCallOf } from "./running-call.js";
export { Signaling } from "./signaling.js";
export { Users } from "./users.js";
export { browser } from "./platform.js";

/** One signed-in user: a connection and what rides on it. */
export class Client {
  /** @param {import("./connection.js").ConnectionOptions} options */
  constructor(options) {
    this.connection = new Connection(options);
    this.signaling = new Signaling(this.connection);
    this.room = new Room(this.connection);
    this.engine = new CallEngine({ connection: this.connection, signaling: this.signaling, room: this.room });
    this.profiles = new Profiles(this.connection);
    this.users = new Users(this.connection, this.profiles);
    this.blackList = new BlackList(this.connection);
    this.receiveOpt = new AllReceiveOpt(this.connection);
    this.missedCalls = new MissedCalls(this.connection);
    this.history = new History(this.connection);
    this.messages = new Messages(this.connection, this.signaling);
    this.conversations = new Conversations(this.messages, this.connection);
    this.groups = new Groups(this.connection);
    this.push = new Push(this.connection);
    this.networkCheck = new NetworkCheck(this.connection);
  }

  /**
   * A client for who comes by a meeting link and has no account: connect() it,
   * and enter that room. Rejected as becomeGuest() is.
   *
   * @param {{invite: string, name: string} & Omit<import("./connection.js").ConnectionOptions, "token">} options
   */
  static async asGuest({ invite, name, ...options }) {
    const { token, userID, roomID } = await becomeGuest({ invite, name, ...options });
    return { client: new Client({ ...options, token }), userID, roomID };
  }

  /**
   * A conversation to read and write in; close() it after use.
   *
   * @param {string} conversationID see c2cID() and groupConversationID()
   */
  openConversation(conversationID) {
    return new MessageList(this.messages, this.connection, conversationID);
  }

  /** @returns {Promise<import("./wire.js").Welcome>} rejected with a CallError when the token is refused */
  connect() {
    return this.connection.connect();
  }

  /** Signs out: hangs up and ends the session. */
  async logout() {
    this.engine.hangup();
    await this.connection.logout();
  }
}
