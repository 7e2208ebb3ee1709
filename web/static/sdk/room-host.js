/**
 * Meetings: hosts, lobby, hands, chat and links. All of it is on `client.room`:
 *
 *     // Into a room. By a link: with an account …
 *     const { roomID } = await client.room.openLink(invite);
 *     await client.room.enterRoom({ roomID, scene: "meeting", invite });
 *     // … or as a guest, who has none:
 *     const { client, roomID } = await Client.asGuest({ invite, name: "Gus" });
 *     await client.connect();
 *     await client.room.enterRoom({ roomID, scene: "meeting" });
 *
 * Where one has to wait in the lobby, enterRoom() tells `onWaiting {roomID}` (and
 * `room.waiting` is true) and goes on by itself once a host has admitted one. It
 * rejects with Code.roomForbidden when one is turned away, with Code.roomClosed
 * when the meeting ends, or is not open yet for guests. exitRoom() leaves the lobby.
 *
 * State, as it is now:
 *   room.info     {name, scene, locked, lobby, mutedOnEntry, keepMuted, hosts, createdAt}, null outside
 *   room.role     one's own: "anchor", "audience" or "host"
 *   room.isHost   whether one may use the host tools
 *   room.hands    [{userID, raisedAt}], the first raised first
 *   room.lobby    [{userID, name, guest, at}] who waits; for hosts
 *   room.waiting  whether one waits oneself
 *
 * Events:
 *   onRoomInfoChanged    {info, opUser} set up otherwise, or other hosts; opUser "" where nobody did it
 *   onUserRoleChanged    {userID, role} somebody's role, also one's own
 *   onPublishingChanged  {opUser, audio?, video?, screen?} a host has muted those that are false. The SDK has
 *                        muted the microphone, closed the camera, stopped the screen by then; opUser "" on entry
 *   onAskedToUnmute      {opUser, audio, video, screen} a host asks: muteLocalAudio(false), openCamera()
 *   onLobbyChanged       {waiting} for hosts
 *   onHandsChanged       {hands}
 *   onReactions          {reactions: [{userID, reaction, at}]} also one's own; kept nowhere
 *   onRoomMessage        {messageID, userID, name, text, at} also of one's own messages
 *   onWaiting            {roomID} one has to wait; then onAdmitted, onLobbyDenied or onRoomClosed
 * A refused unmute (the room keeps one muted) is onError with Code.publishForbidden, and the device is muted again.
 *
 * Methods for hosts (Code.notPermitted for others):
 *   closeRemoteDeviceByAdmin(userID, {audio, video, screen})   mute somebody; these that are true
 *   openRemoteDeviceByAdmin(userID, {audio, video, screen})    ask somebody to unmute, and allow it
 *   muteAll({audio, video, screen})                            everybody but the hosts; audio if nothing is said
 *   kickRemoteUserOutOfRoom(userID)
 *   setHost(userID, host)
 *   changeUserRole(userID, role)                               in a class or a voice room: who may be seen and heard
 *   setInfo({locked, lobby, mutedOnEntry, keepMuted, name})    those that are given
 *   updateRoomNameByAdmin(name)
 *   admit(userID, admit = true)                                of those in room.lobby, or who was kicked
 *   dismissRoom()                                              ends the meeting for everybody: onRoomClosed "dismissed"
 *   lowerHand(userID = "")                                     "" lowers all
 * For everybody:
 *   switchRole(role)   one's own; Code.publishForbidden if a host has to make one an anchor
 *   raiseHand(raised = true)
 *   sendReaction(emoji)
 *   sendMessage(text)  -> {messageID, at}
 *   listMessages()     -> [{messageID, userID, name, text, at}], the oldest first
 *   createLink({ttl})  -> {invite, linkID, expiresAt}; ttl in seconds, a day if absent. Hosts, in a meeting all but guests
 *   listLinks()        -> [{linkID, invite, userID, createdAt, expiresAt}] that are good: hosts all, others their own
 *   revokeLink(linkID, {kick})  nobody comes by it any more; kick (hosts) takes out who came by it
 *   openLink(invite)   -> {roomID, expiresAt}
 *   fetchRoomInfo(roomID, {invite})  -> {open, waits, name, count, users: [{userID, name}]} before one enters; not for guests
 */
import { CallError, Code, codeOf } from "./errors.js";
import { RoomDevices } from "./room-devices.js";

/** How often, and how many times, a guest asks whether the room they were in is open again. */
const REOPEN_MS = 1_000;
const REOPEN_TRIES = 30;
/** How the user ids of guests begin. */
const GUEST = "guest-";

/**
 * @typedef {import("./wire.js").EnterRoomResult} EnterRoomResult
 * @typedef {import("./wire.js").RoomInfo} RoomInfo
 * @typedef {EnterRoomResult["role"]} Role
 * @typedef {{audio?: boolean, video?: boolean, screen?: boolean}} Streams
 */

/** What keeps a room in order, and what people do in it besides looking and talking. */
export class RoomHost extends RoomDevices {
  #connection;
  /** @type {RoomInfo | null} */
  #info = null;
  /** @type {Role} */
  #role = "anchor";
  /** @type {import("./wire.js").Hand[]} */
  #hands = [];
  /** @type {import("./wire.js").WaitingUser[]} */
  #lobby = [];
  #waiting = false;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./localmedia.js").LocalMedia} media
   * @param {import("./platform.js").Platform} platform
   */
  constructor(connection, media, platform) {
    super(connection, media, platform);
    this.#connection = connection;
    this.on("onEnterRoom", (result) => this.#entered(result));
    this.on("onRoomInfoChanged", ({ info }) => void (this.#info = info));
    this.on("onUserRoleChanged", ({ userID, role }) => void (userID === connection.userID && (this.#role = role)));
    this.on("onHandsChanged", ({ hands }) => void (this.#hands = hands));
    this.on("onLobbyChanged", ({ waiting }) => void (this.#lobby = waiting));
    this.on("onPublishingChanged", (what) => this.#hold(what));
  }

  /** How the room is set up; null outside of any. */
  get info() {
    return this.link.inRoom ? this.#info : null;
  }

  /** One's own role in the room; outside of any, in the last one. */
  get role() {
    return this.#role;
  }

  /** Whether one may use the host tools. */
  get isHost() {
    return this.info?.hosts.includes(this.#connection.userID) ?? false;
  }

  /** Whose hands are up, the first raised first. */
  get hands() {
    return this.link.inRoom ? this.#hands : [];
  }

  /** Who waits to be let in; hosts know. */
  get lobby() {
    return this.isHost ? this.#lobby : [];
  }

  /** Whether one waits to be let in oneself. */
  get waiting() {
    return this.#waiting;
  }

  /**
   * Mutes somebody in the server. They may unmute, unless the room keeps them muted.
   *
   * @param {string} userID
   * @param {Streams} streams those that are true
   */
  async closeRemoteDeviceByAdmin(userID, streams) {
    await this.link.request("room.muteUser", { userID, ...streams });
  }

  /**
   * Asks somebody to unmute, and allows it.
   *
   * @param {string} userID
   * @param {Streams} streams those that are true
   */
  async openRemoteDeviceByAdmin(userID, streams) {
    await this.link.request("room.askToUnmute", { userID, ...streams });
  }

  /** Mutes everybody but the hosts. @param {Streams} [streams] */
  async muteAll(streams = { audio: true }) {
    await this.link.request("room.muteAll", streams);
  }

  /** They stay out until a host admits them. @param {string} userID */
  async kickRemoteUserOutOfRoom(userID) {
    await this.link.request("room.kick", { userID });
  }

  /**
   * @param {string} userID
   * @param {boolean} host
   */
  async setHost(userID, host) {
    await this.link.request("room.setHost", { userID, host });
  }

  /**
   * Says who may be seen and heard, in a class or a voice room.
   *
   * @param {string} userID
   * @param {Role} role
   */
  async changeUserRole(userID, role) {
    await this.link.request("room.setRole", { userID, role });
  }

  /** Changes one's own role. @param {"anchor" | "audience"} role */
  async switchRole(role) {
    await this.link.request("room.switchRole", { role });
  }

  /** What is not given stays. @param {Partial<Pick<RoomInfo, "name" | "locked" | "lobby" | "mutedOnEntry" | "keepMuted">>} info */
  async setInfo(info) {
    await this.link.request("room.setInfo", info);
  }

  /** @param {string} name */
  updateRoomNameByAdmin(name) {
    return this.setInfo({ name });
  }

  /**
   * Lets in who waits or was kicked; or turns away who waits.
   *
   * @param {string} userID
   */
  async admit(userID, admit = true) {
    await this.link.request("room.admit", { userID, admit });
  }

  /** Ends a meeting for everybody, oneself too; a call ends when people hang up. */
  async dismissRoom() {
    await this.link.request("room.dismiss", {});
  }

  /** Lowers somebody's hand; everybody's without a name. */
  async lowerHand(userID = "") {
    await this.link.request("room.lowerHand", { userID });
  }

  async raiseHand(raised = true) {
    await this.link.request("room.raiseHand", { raised });
  }

  /** Shows the others for a moment how one takes what is being said. @param {string} reaction one emoji, of at most 64 bytes */
  async sendReaction(reaction) {
    const { roomID } = this;
    await this.link.request("room.sendReaction", { reaction });
    const { userID, clock } = this.#connection;
    if (this.roomID === roomID) this.emit("onReactions", { roomID, reactions: [{ userID, reaction, at: clock.now() }] });
  }

  /** Writes to those in the room. @param {string} text at most 4 KiB */
  async sendMessage(text) {
    const { roomID } = this;
    const { messageID, at } = await this.link.request("room.sendMessage", { text }, { once: true });
    const { userID, welcome } = this.#connection;
    if (this.roomID === roomID) this.emit("onRoomMessage", { roomID, messageID, userID, name: welcome?.name ?? "", text, at });
    return { messageID, at };
  }

  /** What was written since the room began, as much as is kept. */
  async listMessages() {
    return (await this.link.request("room.listMessages", {})).messages;
  }

  /** Makes an invitation that lets in whoever is shown it. @param {{ttl?: number}} [options] seconds it is good for */
  createLink(options = {}) {
    return this.link.request("room.createLink", options);
  }

  /** The links that are good: for hosts all of them, for others those they made. */
  async listLinks() {
    return (await this.link.request("room.listLinks", {})).links;
  }

  /**
   * Takes a link back: nobody comes in by it any more.
   *
   * @param {string} linkID
   * @param {{kick?: boolean}} [options] kick takes out who came in by it, too; for hosts
   */
  async revokeLink(linkID, options = {}) {
    await this.link.request("room.revokeLink", { linkID, ...options });
  }

  /** Where an invitation leads; give both to enterRoom(). @param {string} invite */
  openLink(invite) {
    return this.#connection.request("room.openLink", { invite });
  }

  /**
   * What a room is like that one is about to enter; for all but guests. Who would
   * have to wait to be let in sees that, and nobody inside.
   *
   * @param {string} roomID
   * @param {{invite?: string}} [options] invite: of a meeting link, where one has no other right to come in
   */
  fetchRoomInfo(roomID, options = {}) {
    return this.#connection.request("room.fetchInfo", { roomID, ...options });
  }

  /** The room one is in or on the way into; empty if none. */
  get roomID() {
    return this.link.roomID;
  }

  /**
   * Asks to be let in, and again each time one was admitted.
   *
   * @protected
   * @param {() => Promise<EnterRoomResult>} ask
   */
  async throughLobby(ask) {
    for (;;) {
      const result = await this.#patiently(ask);
      if (!result.waiting) return result;
      this.#waiting = true;
      try {
        this.emit("onWaiting", { roomID: this.roomID });
        await this.#admitted();
      } finally {
        this.#waiting = false;
      }
    }
  }

  /**
   * Asks. A guest who is back sooner than those who open rooms, after a restart
   * of the server, asks again for a while.
   *
   * @param {() => Promise<EnterRoomResult>} ask
   */
  async #patiently(ask) {
    for (let left = REOPEN_TRIES; ; left--) {
      try {
        return await ask();
      } catch (thrown) {
        const early = codeOf(thrown) === Code.roomClosed && this.link.returning && this.#connection.userID.startsWith(GUEST);
        if (!early || left === 0) throw thrown;
      }
      await new Promise((again) => setTimeout(again, REOPEN_MS));
    }
  }

  /** Waits until one is admitted; rejected if that is not to be. @returns {Promise<void>} */
  #admitted() {
    return new Promise((resolve, reject) => {
      /** @param {number} code @param {string} why */
      const refuse = (code, why) => () => settle(() => reject(new CallError(code, why)));
      const lost = refuse(Code.notLoggedIn, "the session was lost while waiting in the lobby");
      const stop = [
        this.on("onAdmitted", () => settle(resolve)),
        this.on("onLobbyDenied", refuse(Code.roomForbidden, "a host turned you away")),
        this.on("onRoomClosed", refuse(Code.roomClosed, "the meeting is over")),
        this.on("onKickedOut", refuse(Code.roomForbidden, "another of your devices waits instead")),
        this.on("onExitRoom", () => settle(() => reject(new Error("left while waiting in the lobby")))),
        this.#connection.on("welcome", ({ resumed }) => resumed || lost()),
        this.#connection.on("closed", lost),
      ];
      const settle = (/** @type {() => void} */ done) => {
        stop.forEach((each) => each());
        done();
      };
    });
  }

  /** @param {EnterRoomResult} result */
  #entered({ role, info, hands = [], lobby = [], publishing = {} }) {
    this.#role = role;
    this.#info = info ?? null;
    this.#hands = hands;
    this.#lobby = lobby;
    const held = Object.fromEntries(Object.entries(publishing).filter(([, on]) => on === false));
    if (Object.keys(held).length === 0) return;
    const { userID } = this.#connection;
    this.emit("onPublishingChanged", { roomID: this.roomID, userID, opUser: "", ...held });
  }

  /** Makes one's devices do what the server does. @param {Streams} what */
  #hold({ audio, video, screen }) {
    if (audio === false && !this.media.muted) this.muteLocalAudio(true);
    if (video === false && this.media.track("camera")) this.closeCamera();
    if (screen === false) this.stopScreenCapture();
  }
}
