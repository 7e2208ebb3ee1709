/**
 * What a Room tells: the server's events of this room, and its own.
 *
 * @typedef {import("./wire.js").Events} Events
 *
 * @typedef {Pick<Events, "onRemoteUserEnterRoom" | "onRemoteUserLeaveRoom" | "onUserVideoAvailable" |
 *   "onUserAudioAvailable" | "onUserSubStreamAvailable" | "onSlots" | "onEncodingsWanted" | "onUserVoiceVolume" |
 *   "onActiveSpeakerChanged" | "onNetworkQuality" | "onStatistics" | "onUserRoleChanged" | "onRoomClosed" | "onKickedOut" |
 *   "onRoomInfoChanged" | "onPublishingChanged" | "onAskedToUnmute" | "onLobbyChanged" | "onAdmitted" | "onLobbyDenied" | "onHandsChanged" |
 *   "onReactions" | "onRoomMessage">} ForwardedEvents this room's, as the server sent them
 *
 * @typedef {object} OwnEvents
 * @property {import("./wire.js").EnterRoomResult} onEnterRoom in the room, for the first time or again
 * @property {{roomID: string}} onWaiting in the lobby, until a host admits one
 * @property {null} onExitRoom out of it, by one's own wish
 * @property {null} onMediaConnected the media transport is up for the first time
 * @property {null} onConnectionLost the media transport is gone; what was last seen stays
 * @property {null} onTryToReconnect an attempt to get it back has begun
 * @property {null} onConnectionRecovery it is back
 * @property {{code: number, message: string}} onError the room could not be taken up again
 * @property {{streams: MediaStream[]}} onRemoteAudio what has to be played; one stream a receive slot. There may be more of
 *   them at any time; those that were there stay where they are in the list
 * @property {{volumes: number[]}} onRemoteAudioVolumes how loud each of them is to be played, 0 to 100
 * @property {{deviceID: string}} onSpeakerChanged where it has to be played
 * @property {import("./device-watch.js").DeviceChange} onDeviceChanged a device was plugged in, to be offered, or out; one in
 *   use is replaced by the default one
 * @property {{audio: boolean}} onScreenCaptureStarted one's own screen is shared, with its sound or without
 * @property {{reason: number}} onScreenCaptureStopped it is no longer; see ScreenStop
 *
 * @typedef {ForwardedEvents & OwnEvents} RoomEvents
 *
 * @typedef {object} EnterOptions
 * @property {string} roomID
 * @property {NonNullable<import("./wire.js").EnterRoom["role"]>} [role]
 * @property {NonNullable<import("./wire.js").EnterRoom["scene"]>} [scene]
 * @property {string} [invite] of a meeting link, for who has no other right to enter
 */

/** @type {(keyof ForwardedEvents)[]} */
export const FORWARDED = [
  "onRemoteUserEnterRoom",
  "onRemoteUserLeaveRoom",
  "onUserVideoAvailable",
  "onUserAudioAvailable",
  "onUserSubStreamAvailable",
  "onSlots",
  "onEncodingsWanted",
  "onUserVoiceVolume",
  "onActiveSpeakerChanged",
  "onNetworkQuality",
  "onStatistics",
  "onUserRoleChanged",
  "onRoomClosed",
  "onKickedOut",
  "onRoomInfoChanged",
  "onPublishingChanged",
  "onAskedToUnmute",
  "onLobbyChanged",
  "onAdmitted",
  "onLobbyDenied",
  "onHandsChanged",
  "onReactions",
  "onRoomMessage",
];
