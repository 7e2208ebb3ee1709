/**
 * The client SDK: signaling under TIM's names, rooms under TRTC's, calls under
 * TUICallEngine's. It touches no document; a page of any make can use it.
 *
 *     const client = new Client({ token });
 *     client.engine.on("onCallReceived", ({ callerID }) => ring(callerID));
 *     await client.connect();
 *     client.engine.call("bo", "video");
 */
import { Connection } from "./connection.js";
import { CallEngine } from "./engine.js";
import { History } from "./history.js";
import { Room } from "./room.js";
import { Signaling } from "./signaling.js";
import { Users } from "./users.js";

export { CallEngine } from "./engine.js";
export { CallError, Code, codeOf } from "./errors.js";
export { Connection } from "./connection.js";
export { EndReason } from "./reasons.js";
export { History } from "./history.js";
export { LocalMedia } from "./localmedia.js";
export { Room } from "./room.js";
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
    this.users = new Users(this.connection);
    this.history = new History(this.connection);
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
