/**
 * @typedef {import("./wire.js").RoomUser} RoomUser
 * @typedef {import("./wire.js").RemoteUsersChanged} RemoteUsersChanged
 * @typedef {import("./emitter.js").Emitter<import("./room-events.js").RoomEvents>} Room
 *
 * @typedef {import("./room-events.js").RoomEvents} RoomEvents
 * @typedef {"onRemoteUserEnterRoom" | "onRemoteUserLeaveRoom" | "onUserAudioAvailable" | "onUserVideoAvailable" |
 *   "onUserSubStreamAvailable" | "onUserRoleChanged"} News
 */

const STREAMS = /** @type {const} */ ([
  ["audio", "onUserAudioAvailable"],
  ["video", "onUserVideoAvailable"],
  ["screen", "onUserSubStreamAvailable"],
]);

/**
 * In a room of many the server tells of many people at once. This remembers who
 * is known, and tells of each of them as in a room of few.
 */
export class Crowd {
  /** @type {Map<string, RoomUser>} */
  #known = new Map();
  #tell;

  /**
   * @param {Room} room whose news of single people are followed
   * @param {<K extends News>(name: K, detail: RoomEvents[K]) => void} tell has the room tell one
   */
  constructor(room, tell) {
    this.#tell = tell;
    room.on("onEnterRoom", () => this.#known.clear()); // who is in already is told after it
    room.on("onRemoteUserEnterRoom", ({ userID, name, role, at }) => {
      this.#known.set(userID, { userID, name, role, enteredAt: at, audio: false, video: false, screen: false });
    });
    room.on("onRemoteUserLeaveRoom", ({ userID }) => void this.#known.delete(userID));
    room.on("onUserRoleChanged", ({ userID, role }) => {
      const user = this.#known.get(userID);
      if (user) user.role = role;
    });
    for (const [stream, name] of STREAMS) {
      room.on(name, ({ userID, available }) => {
        const user = this.#known.get(userID);
        if (user) user[stream] = available;
      });
    }
  }

  /** @param {RemoteUsersChanged} news @param {string} self one's own id */
  changed({ roomID, left, users }, self) {
    for (const { userID, reason, at } of left) {
      if (this.#known.has(userID)) this.#tell("onRemoteUserLeaveRoom", { roomID, userID, reason, at });
    }
    for (const user of users) {
      if (user.userID !== self) this.#update(roomID, user);
    }
  }

  /** @param {string} roomID @param {RoomUser} user */
  #update(roomID, user) {
    const { userID, name, role, enteredAt } = user;
    if (!this.#known.has(userID)) this.#tell("onRemoteUserEnterRoom", { roomID, userID, name, role, at: enteredAt });
    if (this.#known.get(userID)?.role !== role) this.#tell("onUserRoleChanged", { roomID, userID, role });
    for (const [stream, event] of STREAMS) {
      const available = user[stream];
      if (this.#known.get(userID)?.[stream] !== available) this.#tell(event, { roomID, userID, available });
    }
  }
}
