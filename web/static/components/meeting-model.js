import { Code, codeOf, faultOf } from "../sdk/errors.js";
import { StageModel } from "./stage-model.js";

/**
 * @typedef {import("./stage-model.js").Display} Display
 * @typedef {import("../sdk/wire.js").RoomMessage} RoomMessage
 * @typedef {"left" | "kicked" | "elsewhere" | "denied" | "closed" | "dismissed" | "dismissedBySelf" | "drained" | "forbidden" | "failed" | "signedOut"} MeetingEnd why one is not in it any more
 *
 * @typedef {object} Asked a host asks to unmute
 * @property {string} opUser
 * @property {boolean} audio
 * @property {boolean} video
 */

/** What it means that a session was ended. @type {Readonly<Record<string, number>>} */
const KICKED = Object.freeze({ expired: Code.tokenExpired, revoked: Code.tokenInvalid, shutdown: Code.draining });

/** All that a meeting's page shows, gathered from its room; knows no document. */
export class MeetingModel extends StageModel {
  /** How the last meeting ended; null before, and while one is in. @type {{end: MeetingEnd, fault: {code: number, message: string} | null} | null} */
  over = null;
  /** @type {RoomMessage[]} */
  messages = [];
  /** A host asks, until it is answered. @type {Asked | null} */
  asked = null;

  /** @type {Display} */
  #display = "idle";
  #roomID = "";
  #invite = "";
  #lost = false;
  /** One has asked that it be over for all. */
  #dismissing = false;
  #enteredAt = 0;
  /** Those who are in, and since when. @type {Map<string, number>} */
  #inside = new Map();
  /** Why the server has ended the session, as the code of an error; 0 before. */
  #kickedFrom = 0;
  #read = 0;
  #reading = false;
  #clock;

  /**
   * @param {Pick<import("../sdk/index.js").Client, "connection">} client
   * @param {import("../sdk/room.js").Room} room of its own: a call that comes in needs another
   */
  constructor(client, room) {
    super(client, room);
    const { connection } = client;
    this.#clock = connection.clock;
    room.on("onEnterRoom", () => this.#entered());
    room.on("onRemoteUserEnterRoom", ({ userID, at }) => this.#came(userID, at));
    room.on("onRemoteUserLeaveRoom", ({ userID }) => this.#went(userID));
    room.on("onConnectionLost", () => this.#setLost(true));
    room.on("onConnectionRecovery", () => this.#setLost(false));
    room.on("onWaiting", () => this.#become("waiting"));
    room.on("onRoomClosed", ({ reason }) => this.#closed(reason));
    connection.on("session.kicked", ({ reason }) => void (this.#kickedFrom = KICKED[reason] ?? 0));
    connection.on("closed", ({ code, reason }) => this.#end("signedOut", { code: this.#kickedFrom || code, message: reason }));
    room.on("onKickedOut", ({ reason }) => this.#kicked(reason));
    room.on("onRoomMessage", (message) => this.#wrote(message));
    room.on("onAskedToUnmute", ({ opUser, audio, video }) => this.#ask({ opUser, audio, video }));
    room.on("onPublishingChanged", ({ opUser, audio }) => void (audio === false && this.brief({ mutedBy: opUser })));
    room.on("onError", (fault) => (room.roomID === "" ? this.#end("failed", fault) : this.brief({ fault })));
    for (const name of /** @type {const} */ (["onRoomInfoChanged", "onHandsChanged", "onLobbyChanged"])) room.on(name, () => this.emit("change", null));
  }

  /** @override @returns {Display} */
  get display() {
    return this.#display === "connected" && this.#lost ? "reconnecting" : this.#display;
  }

  get roomID() {
    return this.#roomID;
  }

  /** @override */
  get elapsed() {
    const began = this.room.info?.createdAt ?? this.#enteredAt;
    return began ? Math.max(0.001, (this.#clock.now() - began) / 1000) : 0;
  }

  /** @override */
  get others() {
    return [...this.#inside].map(([userID, since]) => ({ ...this.facts(userID), userID, since, state: /** @type {const} */ ("joined") }));
  }

  /** @override @returns {import("./i18n.js").Key} */
  get leaveLabel() {
    return "leaveMeeting";
  }

  /** @override */
  get canRaise() {
    return this.#display === "connected";
  }

  /** @override */
  get raised() {
    return this.handOf(this.self) > 0;
  }

  /** @override @param {boolean} raised */
  async raiseHand(raised) {
    await this.do(() => this.room.raiseHand(raised));
  }

  /** @override @param {string} userID */
  handOf(userID) {
    return this.room.hands.findIndex((hand) => hand.userID === userID) + 1;
  }

  /** @override @param {string} userID */
  isHost(userID) {
    return this.room.info?.hosts.includes(userID) ?? false;
  }

  /** @override */
  get unread() {
    return this.#reading ? 0 : this.messages.length - this.#read;
  }

  /** @override */
  get knocking() {
    return this.room.lobby.length;
  }

  /** Messages are on the screen, or are no more. @param {boolean} reading */
  read(reading) {
    this.#reading = reading;
    this.#read = this.messages.length;
  }

  /** @override @param {string} userID @param {HTMLVideoElement | null} element @param {number} height */
  showCamera(userID, element, height) {
    if (element) this.room.startRemoteView(userID, "camera", element, { height });
    else this.room.stopRemoteView(userID, "camera");
  }

  /**
   * Goes into a meeting with the devices as they are; comes back when one is
   * in, or never will be.
   *
   * @param {string} roomID
   * @param {string} [invite] what lets one in, where one has nothing else
   */
  async enter(roomID, invite = "") {
    if (this.room.roomID) return;
    this.over = null;
    this.fault = null;
    this.unplugged = "";
    this.#roomID = roomID;
    this.#invite = invite;
    this.#become("connecting");
    try {
      await this.room.enterRoom({ roomID, scene: "meeting", ...(invite && { invite }) });
    } catch (thrown) {
      if (this.#display === "ended" || this.#display === "idle") return; // left, or told so meanwhile
      const waited = this.#display === "waiting";
      const code = codeOf(thrown);
      if (code === Code.roomForbidden) this.#end(waited ? "denied" : "forbidden");
      else if (code === Code.roomClosed) this.#end("closed");
      else this.#end("failed", faultOf(thrown));
    }
  }

  /** Into the same meeting once more. */
  again() {
    return this.enter(this.#roomID, this.#invite);
  }

  /** @override */
  leave() {
    if (this.#display === "idle" || this.#display === "ended") return;
    this.#end("left");
    this.room.exitRoom().catch((thrown) => this.set({ fault: faultOf(thrown) }));
  }

  /** @override */
  get canDismiss() {
    return this.room.isHost && this.#inside.size > 0;
  }

  /** @override */
  dismissForAll() {
    void this.do(async () => {
      this.#dismissing = true;
      try {
        await this.room.dismissRoom();
      } catch (thrown) {
        this.#dismissing = false;
        throw thrown;
      }
    });
  }

  /** @override */
  get locked() {
    return this.room.info?.locked ?? false;
  }

  /** Puts away what was said of the end. */
  dismiss() {
    this.over = null;
    this.#become("idle");
  }

  /** Answers a host's question. @param {boolean} yes */
  async answerAsked(yes) {
    const { asked, room } = this;
    this.#ask(null);
    if (!yes || !asked) return;
    if (asked.video) await room.openCamera();
    if (!asked.audio) return;
    room.muteLocalAudio(false);
    if (!this.media.track("mic")) await room.startLocalAudio();
  }

  /** @param {Asked | null} asked */
  #ask(asked) {
    this.asked = asked;
    this.emit("change", null);
  }

  /** @param {import("../sdk/wire.js").RoomClosed["reason"]} reason */
  #closed(reason) {
    if (reason === "serverDrain") this.#end("drained");
    else if (reason === "dismissed") this.#end(this.#dismissing ? "dismissedBySelf" : "dismissed");
    else this.#end("closed");
  }

  /** Who was lost is brought back by the room itself. @param {import("../sdk/wire.js").KickedOut["reason"]} reason */
  #kicked(reason) {
    if (reason !== "lost") this.#end(reason === "otherDevice" ? "elsewhere" : "kicked");
  }

  #entered() {
    this.#inside.clear();
    this.#enteredAt = this.#clock.now();
    this.#lost = false;
    this.#become("connected");
    void this.do(() => this.#recall());
  }

  async #recall() {
    const before = await this.room.listMessages();
    const known = new Set(before.map(({ messageID }) => messageID));
    const later = this.messages.filter(({ messageID }) => !known.has(messageID));
    const first = this.messages.length === 0;
    this.messages = [...before.map((message) => ({ ...message, roomID: this.#roomID })), ...later];
    if (first) this.#read = before.length; // said before one came
    this.emit("change", null);
  }

  /** @param {RoomMessage} message */
  #wrote(message) {
    if (this.messages.some(({ messageID }) => messageID === message.messageID)) return;
    this.messages = [...this.messages, message];
    if (message.userID === this.self || this.#reading) this.#read = this.messages.length;
    this.emit("change", null);
  }

  /** @param {string} userID @param {number} at */
  #came(userID, at) {
    this.#inside.set(userID, at);
    this.emit("change", null);
  }

  /** @param {string} userID */
  #went(userID) {
    this.#inside.delete(userID);
    this.emit("change", null);
  }

  /** @param {boolean} lost */
  #setLost(lost) {
    this.#lost = lost;
    this.emit("change", null);
  }

  /** @param {Display} display */
  #become(display) {
    this.#display = display;
    this.emit("change", null);
  }

  /** @param {MeetingEnd} end @param {{code: number, message: string} | null} [fault] */
  #end(end, fault = null) {
    if (this.#display === "ended" || this.#display === "idle") return;
    this.over = { end, fault };
    this.asked = null;
    this.messages = [];
    this.#read = 0;
    this.#inside.clear();
    this.#lost = false;
    this.#dismissing = false;
    this.forget();
    this.media.closeAll();
    this.#become("ended");
  }
}
