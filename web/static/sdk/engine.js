import { acceptData, parseCallData, randomRoomID } from "./calldata.js";
import { say } from "./engine-answers.js";
import { Emitter } from "./emitter.js";
import { TOLD_BY } from "./engine-events.js";
import { deadline, deadlineKey, initial, peerOf, step } from "./engine-state.js";
import { faultOf } from "./errors.js";
import { invitePeople } from "./invite-people.js";
import { ids, those } from "./participants.js";
import { KickedOutcome, reasonOf } from "./reasons.js";
import { RemoteViews, seen } from "./remote-views.js";

/**
 * @typedef {import("./engine-events.js").CallState} CallState
 * @typedef {import("./engine-events.js").CallOver} CallOver
 * @typedef {import("./engine-events.js").CallOptions} CallOptions
 * @typedef {import("./engine-events.js").EngineEvents} EngineEvents
 * @typedef {import("./engine-types.js").RunningCall} RunningCall
 * @typedef {import("./engine-state.js").Command} Command
 * @typedef {import("./wire.js").MediaType} MediaType
 */

const RING_SECONDS = 30;

/**
 * Calls between two, of several and of groups under TUICallEngine's names: it
 * joins signaling (who is asked, who answers) with the room (who is there,
 * what is seen).
 *
 * @extends {Emitter<EngineEvents>}
 */
export class CallEngine extends Emitter {
  #connection;
  #signaling;
  #room;
  #state = initial("");
  #greetedBefore = false;
  #timerKey = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #views;

  /**
   * @param {{connection: import("./connection.js").Connection,
   *   signaling: import("./signaling.js").Signaling, room: import("./room.js").Room}} parts
   */
  constructor({ connection, signaling, room }) {
    super();
    this.#connection = connection;
    this.#signaling = signaling;
    this.#room = room;
    this.#views = new RemoteViews(room);
    this.#listenToConnection();
    this.#listenToSignaling();
    this.#listenToRoom();
  }

  /** The room the calls meet in: devices, mutes, quality. */
  get room() {
    return this.#room;
  }

  /** The server's clock. */
  get clock() {
    return this.#connection.clock;
  }

  /** Where the call stands. */
  state() {
    return this.#state;
  }

  /**
   * Calls somebody.
   *
   * @param {string} userID
   * @param {MediaType} mediaType
   * @param {CallOptions} [options]
   */
  call(userID, mediaType, options) {
    this.groupCall("", [userID], mediaType, options);
  }

  /**
   * Calls members of a group; with an empty group id several people of none.
   *
   * @param {string} groupID
   * @param {string[]} userIDList
   * @param {MediaType} mediaType
   * @param {CallOptions} [options]
   */
  groupCall(groupID, userIDList, mediaType, { timeout = RING_SECONDS, camera = true, muted = false } = {}) {
    this.#begins(muted);
    const ringMs = timeout * 1000;
    this.#dispatch({ type: "call", groupID, userIDs: userIDList, mediaType, roomID: randomRoomID(), ringMs, camera });
  }

  /**
   * Asks more people into the call one is in; of a group's call its members.
   * Who declined or has left may be asked again.
   *
   * @param {string[]} userIDList
   * @param {{timeout?: number}} [options]
   */
  inviteUser(userIDList, { timeout = RING_SECONDS } = {}) {
    this.#dispatch({ type: "inviteUser", userIDs: userIDList, ringMs: timeout * 1000 });
  }

  /**
   * Goes into a call of a group that others are in (joinInGroupCall).
   *
   * @param {RunningCall} call
   * @param {Pick<CallOptions, "camera" | "muted">} [options]
   */
  join(call, { camera = true, muted = false } = {}) {
    this.#begins(muted);
    this.#dispatch({ type: "join", call, camera });
  }

  /**
   * Answers the call that rings.
   *
   * @param {{camera?: boolean, muted?: boolean}} [options]
   */
  accept({ camera = true, muted = false } = {}) {
    performance.mark("callsvc:accept");
    this.#room.media.setMuted(muted);
    this.#dispatch({ type: "accept", camera });
  }

  /** Declines the call that rings. */
  reject() {
    this.#dispatch({ type: "reject" });
  }

  /** Lets the caller believe that the line is busy. */
  ignore() {
    this.#dispatch({ type: "ignore" });
  }

  /** Ends whatever there is: takes back, declines or hangs up. */
  hangup() {
    this.#dispatch({ type: "hangup" });
  }

  /**
   * Where somebody's picture goes, in this call and the next ones; only theirs are sent here.
   *
   * @param {string} userID
   * @param {import("./views.js").MediaElement | null} view a muted video element with autoplay and playsinline
   * @param {{height?: number}} [options] height of the tile in pixels
   */
  startRemoteView(userID, view, { height = 0 } = {}) {
    this.#views.place(userID, view, height);
    this.#look();
  }

  /**
   * Opens the camera while it still rings, so that accepting need not wait for
   * it. For a page that shows the picture and knows that it was allowed before.
   */
  async openPreview() {
    if (this.#state.phase !== "ringing") return;
    await this.#room.media.open({ camera: true });
    if (this.state().phase === "idle") this.#room.media.closeAll();
  }

  #listenToConnection() {
    this.#connection.on("welcome", ({ userID, resumed }) => {
      if (this.#state.self !== userID) this.#state = initial(userID);
      if (this.#greetedBefore && !resumed) this.#dispatch({ type: "sessionLost" });
      this.#greetedBefore = true;
    });
    this.#connection.on("closed", () => this.#dispatch({ type: "roomGone", outcome: "networkLost" }));
    this.#connection.on("onCallBegin", (event) => this.#dispatch({ ...event, type: "callBegin" }));
    this.#connection.on("onCallEnd", (event) => {
      this.#dispatch({ ...event, type: "callEnd" });
      this.emit("onCallRecord", event);
    });
  }

  #listenToSignaling() {
    const signaling = this.#signaling;
    signaling.on("onReceiveNewInvitation", (invitation) => this.#received(invitation));
    signaling.on("onInviteeAccepted", (event) => this.#dispatch({ ...event, type: "inviteeAccepted" }));
    signaling.on("onInviteeRejected", (event) => {
      const busy = parseCallData(event.data)?.busy ?? false;
      this.#dispatch({ ...event, type: "inviteeRejected", busy });
    });
    signaling.on("onInvitationCancelled", (event) => this.#dispatch({ ...event, type: "cancelled" }));
    signaling.on("onInvitationTimeout", (event) => this.#dispatch({ ...event, type: "timedOut" }));
  }

  #listenToRoom() {
    const room = this.#room;
    room.on("onRemoteUserEnterRoom", ({ userID, at }) => this.#dispatch({ type: "remoteEntered", userID, at }));
    room.on("onRemoteUserLeaveRoom", ({ userID, reason }) => this.#dispatch({ type: "remoteLeft", userID, reason }));
    room.on("onMediaConnected", () => this.#dispatch({ type: "mediaUp", at: this.clock.now() }));
    room.on("onConnectionLost", () => this.#dispatch({ type: "mediaLost" }));
    room.on("onConnectionRecovery", () => this.#dispatch({ type: "mediaRecovered" }));
    room.on("onRoomClosed", ({ reason }) => {
      this.#dispatch({ type: "roomGone", outcome: reason === "serverDrain" ? "serverDrain" : "roomClosed" });
    });
    room.on("onKickedOut", ({ reason }) => this.#dispatch({ type: "roomGone", outcome: KickedOutcome[reason] }));
    room.on("onError", (fault) => {
      if (room.roomID === "") this.#dispatch({ type: "roomGone", outcome: "networkLost" });
      else this.emit("onError", fault);
    });
    room.on("onUserVideoAvailable", (event) => this.emit("onUserVideoAvailable", event));
    room.on("onUserAudioAvailable", (event) => this.emit("onUserAudioAvailable", event));
    room.on("onUserVoiceVolume", (event) => this.emit("onUserVoiceVolumeChanged", event));
    room.on("onNetworkQuality", (event) => this.emit("onUserNetworkQualityChanged", event));
  }

  /**
   * Calls ring; the notice of a call's end and other applications' data do not.
   *
   * @param {import("./wire.js").ReceiveNewInvitation} invitation
   */
  #received({ inviteID, inviter, groupID, inviteeList, data, expiresInMs = 0 }) {
    const call = parseCallData(data);
    if (!call?.roomID || call.kind === "hangup") return;
    const { roomID, mediaType, inCall } = call;
    if (call.kind === "switch") return this.#dispatch({ type: "switchAsked", inviteID, inviter, roomID, mediaType });
    if (call.consumed && !groupID) return; // seen to on another device of an old client
    const ringing = { inviteID, inviter, groupID, inviteeList, roomID, mediaType, inCall, ringMs: expiresInMs };
    this.#dispatch({ type: "invitation", call: ringing });
  }

  /** @param {boolean} muted */
  #begins(muted) {
    if (this.#state.phase !== "idle") throw new Error("in a call already: hangup() first");
    this.#room.media.setMuted(muted);
  }

  /** @param {import("./engine-state.js").Event} event */
  #dispatch(event) {
    const before = this.#state;
    const { state, commands } = step(before, event);
    this.#state = state;
    this.#connection.urgent = state.phase !== "idle";
    this.#setTimer();
    for (const command of commands) this.#run(command, before, state);
    this.#look();
    if (state !== before) this.emit("onStateChanged", this.#state);
  }

  /** Wants the pictures of those who are in the call, or may come. */
  #look() {
    this.#views.follow(ids(seen(this.#state.participants, this.#views.placed)));
  }

  #setTimer() {
    const timerKey = deadlineKey(this.#state);
    if (timerKey === this.#timerKey) return;
    this.#timerKey = timerKey;
    clearTimeout(this.#timer);
    const ms = deadline(this.#state);
    if (ms > 0) this.#timer = setTimeout(() => this.#dispatch({ type: "deadline" }), ms);
  }

  /**
   * @param {Command} command
   * @param {CallState} before
   * @param {CallState} after
   */
  #run(command, before, after) {
    switch (command.do) {
      case "warm":
        this.#look();
        return this.#room.prepare();
      case "enter":
        this.#look();
        return void this.#enter(command.roomID, after.key);
      case "capture":
        return void this.#capture(command.camera && after.mediaType === "video");
      case "exit":
        this.#views.follow([]);
        return void this.#report(this.#room.exitRoom());
      case "release":
        this.#room.release();
        return this.#room.media.closeAll();
      case "invite":
        for (const { userIDs, answer } of invitePeople(this.#signaling, after, command)) void this.#invited(answer, userIDs, after.key);
        return;
      case "accept":
        return void this.#accept(command, after.key);
      case "reject":
      case "rejectBusy":
      case "cancel":
      case "acceptSwitch":
        return void this.#report(say(this.#signaling, command));
      case "told":
        return this.#tell(command);
      case "received":
        return this.#tellReceived(after);
      case "begun":
        return this.#tellBegun(after);
      case "fault":
        return this.emit("onError", command.fault);
      case "ended":
        return this.#tellEnded(command, before);
    }
  }

  /**
   * @param {string} roomID
   * @param {number} key
   */
  async #enter(roomID, key) {
    try {
      const { callID = "", startedAt = 0 } = await this.#room.enterRoom({ roomID, scene: "call" });
      if (this.#room.roomID === roomID) this.#dispatch({ type: "entered", key, callID, startedAt });
    } catch (thrown) {
      if (this.#state.roomID !== roomID) return; // left before it was entered
      this.#dispatch({ type: "enterFailed", key, fault: faultOf(thrown) });
    }
  }

  /**
   * @param {Promise<import("./wire.js").InviteResult>} answer
   * @param {string[]} userIDs
   * @param {number} key
   */
  async #invited(answer, userIDs, key) {
    try {
      const { inviteID, merged, roomID = "" } = await answer;
      this.#dispatch({ type: "invited", key, userIDs, inviteID, mergedRoomID: merged ? roomID : "" });
    } catch (thrown) {
      this.#dispatch({ type: "inviteFailed", key, userIDs, fault: faultOf(thrown) });
    }
  }

  /**
   * @param {{inviteID: string, mediaType: MediaType, inviter: string}} command
   * @param {number} key
   */
  async #accept({ inviteID, mediaType, inviter }, key) {
    try {
      await this.#signaling.accept(inviteID, acceptData(mediaType, inviter));
    } catch (thrown) {
      this.#dispatch({ type: "acceptFailed", key, fault: faultOf(thrown) });
    }
  }

  /** @param {boolean} camera */
  async #capture(camera) {
    const media = this.#room.media;
    if (!camera) media.close("camera");
    await media.open({ mic: true, camera });
    if (this.#state.phase === "idle") media.closeAll();
  }

  /**
   * A parting word nobody waits for. That it came too late (8010, 9002) is no fault.
   *
   * @param {Promise<unknown>} answer
   */
  async #report(answer) {
    try {
      await answer;
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (![8010, 9002, 9003, 6014].includes(fault.code)) this.emit("onError", fault);
    }
  }

  /** @param {Extract<Command, {do: "told"}>} command */
  #tell({ userID, state }) {
    const name = TOLD_BY[state];
    if (name) this.emit(name, { userID });
  }

  /** @param {CallState} state */
  #tellReceived({ inviteID, inviter, self, groupID, participants, mediaType, roomID }) {
    const calleeIDList = [self, ...ids(those(participants, "inviting"))];
    this.emit("onCallReceived", { inviteID, callerID: inviter, calleeIDList, groupID, mediaType, roomID });
  }

  /** @param {CallState} state */
  #tellBegun({ callID, roomID, mediaType, role, startedAt }) {
    this.emit("onCallBegin", { callID, roomID, mediaType, role, startedAt });
  }

  /**
   * @param {Extract<Command, {do: "ended"}>} command
   * @param {CallState} before the call as it was
   */
  #tellEnded({ outcome, by, fault }, before) {
    const { callID, roomID, groupID, mediaType, role, participants, startedAt, phase } = before;
    const began = phase === "connected";
    const totalTime = began ? Math.max(0, Math.floor((this.clock.now() - startedAt) / 1000)) : 0;
    this.emit(began ? "onCallEnd" : "onCallNotConnected", {
      ...{ callID, roomID, groupID, mediaType, role, participants, totalTime, outcome },
      peer: peerOf(before),
      reason: reasonOf(outcome),
      userID: by,
      ...(fault && { fault }),
    });
  }
}
