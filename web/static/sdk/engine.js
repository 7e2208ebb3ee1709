import { acceptData, answerData, busyData, inviteData, parseCallData, randomRoomID } from "./calldata.js";
import { Emitter } from "./emitter.js";
import { deadline, initial, step } from "./engine-state.js";
import { codeOf } from "./errors.js";
import { EndReason, reasonOf } from "./reasons.js";

/**
 * @typedef {import("./engine-state.js").State} CallState
 * @typedef {import("./engine-state.js").Outcome} Outcome
 * @typedef {import("./engine-state.js").Command} Command
 * @typedef {import("./wire.js").MediaType} MediaType
 * @typedef {import("./wire.js").CallEnd} CallEnd
 *
 * @typedef {object} CallOver
 * @property {string} callID empty if the server never told one
 * @property {string} roomID
 * @property {MediaType} mediaType
 * @property {"caller" | "callee" | "none"} role one's own
 * @property {string} peer the other one
 * @property {number} reason TUICallEngine's CallEndReason
 * @property {Outcome} outcome the same in finer words
 * @property {string} userID who ended it, "server" if nobody did
 * @property {number} totalTime whole seconds, by the server's clock
 * @property {{code: number, message: string}} [fault] with outcome "failed"
 *
 * @typedef {object} EngineEvents
 * @property {CallState} onStateChanged after each change; state() gives the same
 * @property {{inviteID: string, callerID: string, calleeIDList: string[], mediaType: MediaType, roomID: string}} onCallReceived it rings
 * @property {{callID: string, roomID: string, mediaType: MediaType, role: string, startedAt: number}} onCallBegin both are in
 * @property {CallOver} onCallEnd a call that had begun is over
 * @property {CallOver} onCallNotConnected a call is over that never began
 * @property {CallEnd} onCallRecord the server's final word on a call, also on one answered elsewhere
 * @property {{userID: string}} onUserReject the other one declined
 * @property {{userID: string}} onUserLineBusy the other one is on another call
 * @property {{userID: string}} onUserNoResponse nobody answered
 * @property {{userID: string}} onUserJoin the other one is in the room
 * @property {{userID: string}} onUserLeave the other one has left it
 * @property {{userID: string, available: boolean}} onUserVideoAvailable their picture came or went
 * @property {{userID: string, available: boolean}} onUserAudioAvailable their voice came or went
 * @property {import("./wire.js").UserVoiceVolume} onUserVoiceVolumeChanged how loud everyone is
 * @property {import("./wire.js").NetworkQuality} onUserNetworkQualityChanged every 2 s
 * @property {{code: number, message: string}} onError something failed that does not end the call
 *
 * @typedef {object} CallOptions
 * @property {number} [timeout] seconds it may ring, 30 by default
 * @property {boolean} [camera] false: a video call with one's own camera off
 * @property {boolean} [muted] true: with one's own microphone muted
 */

const RING_SECONDS = 30;

/**
 * One-to-one calls under TUICallEngine's names: it joins signaling (who is
 * asked, who answers) with the room (who is there, what is seen).
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
  /** @type {import("./views.js").MediaElement | null} */
  #view = null;
  /** @type {MediaStream | null} */
  #remoteStream = null;

  /**
   * @param {{connection: import("./connection.js").Connection,
   *   signaling: import("./signaling.js").Signaling, room: import("./room.js").Room}} parts
   */
  constructor({ connection, signaling, room }) {
    super();
    this.#connection = connection;
    this.#signaling = signaling;
    this.#room = room;
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
  call(userID, mediaType, { timeout = RING_SECONDS, camera = true, muted = false } = {}) {
    if (this.#state.phase !== "idle") throw new Error("in a call already: hangup() first");
    this.#room.media.setMuted(muted);
    const ringMs = timeout * 1000;
    this.#dispatch({ type: "call", peer: userID, mediaType, roomID: randomRoomID(), ringMs, camera });
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
   * Where the other one's picture goes, in this call and the next ones.
   *
   * @param {import("./views.js").MediaElement | null} view a muted video element with autoplay and playsinline
   */
  startRemoteView(view) {
    if (this.#view === view) return;
    if (this.#view) this.#view.srcObject = null;
    this.#view = view;
    if (view) view.srcObject = this.#remoteStream;
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
    signaling.on("onInvitationCancelled", ({ inviteID }) => this.#dispatch({ type: "cancelled", inviteID }));
    signaling.on("onInvitationTimeout", ({ inviteID }) => this.#dispatch({ type: "timedOut", inviteID }));
  }

  #listenToRoom() {
    const room = this.#room;
    room.on("onRemoteUserEnterRoom", ({ userID, at }) => {
      this.#dispatch({ type: "remoteEntered", userID, at });
      this.emit("onUserJoin", { userID });
    });
    room.on("onRemoteUserLeaveRoom", ({ userID, reason }) => {
      this.#dispatch({ type: "remoteLeft", userID, reason });
      this.emit("onUserLeave", { userID });
    });
    room.on("onMediaConnected", () => this.#dispatch({ type: "mediaUp", at: this.clock.now() }));
    room.on("onConnectionLost", () => this.#dispatch({ type: "mediaLost" }));
    room.on("onConnectionRecovery", () => this.#dispatch({ type: "mediaRecovered" }));
    room.on("onRoomClosed", ({ reason }) => {
      this.#dispatch({ type: "roomGone", outcome: reason === "serverDrain" ? "serverDrain" : "roomClosed" });
    });
    room.on("onKickedOut", () => this.#dispatch({ type: "roomGone", outcome: "kicked" }));
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
    if (call?.kind !== "call" || !call.roomID || groupID) return;
    if (!inviteeList.includes(this.#state.self)) return;
    const { roomID, mediaType } = call;
    this.#dispatch({ type: "invitation", call: { inviteID, inviter, roomID, mediaType, ringMs: expiresInMs } });
  }

  /** @param {import("./engine-state.js").Event} event */
  #dispatch(event) {
    const before = this.#state;
    const { state, commands } = step(before, event);
    this.#state = state;
    this.#connection.urgent = state.phase !== "idle";
    this.#setTimer();
    for (const command of commands) this.#run(command, before, state);
    if (state !== before) this.emit("onStateChanged", this.#state);
  }

  #setTimer() {
    const { key, phase, lost, unconfirmed, peerPresent } = this.#state;
    const timerKey = [key, phase, lost, unconfirmed, peerPresent].join();
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
        return this.#room.prepare();
      case "enter":
        return void this.#enter(command.roomID, after.key);
      case "view":
        return this.#room.startRemoteView(command.userID, "camera", (stream) => this.#show(stream));
      case "capture":
        return void this.#capture(command.camera && after.mediaType === "video");
      case "exit":
        return void this.#report(this.#room.exitRoom());
      case "release":
        this.#room.release();
        return this.#room.media.closeAll();
      case "invite":
        return void this.#invite(command.userID, command.roomID, command.mediaType, after.key);
      case "accept":
        return void this.#accept(command, after.key);
      case "reject":
        return void this.#report(this.#signaling.reject(command.inviteID, answerData(command.mediaType, command.inviter)));
      case "rejectBusy":
        return void this.#report(this.#signaling.reject(command.inviteID, busyData(command.mediaType, command.inviter)));
      case "cancel":
        return void this.#report(this.#signaling.cancel(command.inviteID, answerData(command.mediaType, command.inviter)));
      case "received":
        return this.#tellReceived(after);
      case "begun":
        return this.#tellBegun(after);
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
   * @param {string} userID
   * @param {string} roomID
   * @param {MediaType} mediaType
   * @param {number} key
   */
  async #invite(userID, roomID, mediaType, key) {
    const data = inviteData({ mediaType, roomID, inviter: this.#state.self, userIDs: [userID] });
    const timeout = Math.round(this.#state.ringMs / 1000);
    try {
      const { inviteID, merged, roomID: other = "" } = await this.#signaling.invite(userID, { data, timeout });
      this.#dispatch({ type: "invited", key, inviteID, mergedRoomID: merged ? other : "" });
    } catch (thrown) {
      this.#dispatch({ type: "inviteFailed", key, fault: faultOf(thrown) });
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

  /** @param {MediaStream | null} stream */
  #show(stream) {
    this.#remoteStream = stream;
    if (this.#view) this.#view.srcObject = stream;
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

  /** @param {CallState} state */
  #tellReceived({ inviteID, peer, self, mediaType, roomID }) {
    this.emit("onCallReceived", { inviteID, callerID: peer, calleeIDList: [self], mediaType, roomID });
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
    const { callID, roomID, mediaType, role, peer, self, startedAt, phase } = before;
    const reason = reasonOf(outcome);
    const began = phase === "connected";
    const totalTime = began ? Math.max(0, Math.floor((this.clock.now() - startedAt) / 1000)) : 0;
    if (role === "caller" && by !== self) {
      if (reason === EndReason.reject) this.emit("onUserReject", { userID: peer });
      if (reason === EndReason.lineBusy) this.emit("onUserLineBusy", { userID: peer });
      if (reason === EndReason.noResponse) this.emit("onUserNoResponse", { userID: peer });
    }
    const over = { callID, roomID, mediaType, role, peer, reason, outcome, userID: by, totalTime, ...(fault && { fault }) };
    this.emit(began ? "onCallEnd" : "onCallNotConnected", over);
  }
}

/** @param {unknown} thrown */
function faultOf(thrown) {
  return { code: codeOf(thrown), message: thrown instanceof Error ? thrown.message : String(thrown) };
}
