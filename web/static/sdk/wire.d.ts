// The messages of the wire contract, as TypeScript sees them.

/** Unix milliseconds on the server's clock; 0 is "not yet". */
export type Millis = number;

export type MediaType = "audio" | "video";
export type Role = "anchor" | "audience" | "host";
export type Scene = "call" | "meeting" | "class" | "voice";
export type Source = "mic" | "camera" | "screen" | "screenAudio";

export interface Welcome {
  sessionID: string;
  userID: string;
  name: string;
  serverAt: Millis;
  /** Seconds between the server's pings. */
  heartbeat: number;
  /** True when the session went on and every missed event follows. */
  resumed: boolean;
  limits: Limits;
  iceServers: IceServer[];
  dev: boolean;
}

export interface Limits {
  maxDataBytes: number;
  maxFrameBytes: number;
  maxParticipants: number;
  maxSlots: number;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export interface UserStatus {
  userID: string;
  name: string;
  /** 1 online, 2 offline (TIM's numbers). */
  statusType: number;
}

export interface InviteParams {
  invitee: string;
  data?: string;
  timeout?: number;
  onlineUserOnly?: boolean;
  offlinePushInfo?: Record<string, unknown>;
}

export interface InviteInGroupParams {
  groupID: string;
  inviteeList: string[];
  data?: string;
  timeout?: number;
  onlineUserOnly?: boolean;
  offlinePushInfo?: Record<string, unknown>;
}

export interface InviteResult {
  inviteID: string;
  messageID?: string;
  /** The invitee had invited us already: this was taken as our acceptance. */
  merged?: boolean;
  /** With merged: the room of the invitation that was accepted. */
  roomID?: string;
}

export interface AnswerParams {
  inviteID: string;
  data?: string;
}

export interface Invitation {
  inviteID: string;
  inviter: string;
  groupID: string;
  inviteeList: string[];
  data: string;
  timeout: number;
  /** What is left of the time; absent where timeout is 0. */
  expiresInMs?: number;
  createdAt: Millis;
}

export interface InviteeAnswer {
  inviteID: string;
  inviter: string;
  groupID: string;
  invitee: string;
  data: string;
}

export interface InvitationCancelled {
  inviteID: string;
  inviter: string;
  groupID: string;
  inviteeList: string[];
  data: string;
}

export interface InvitationTimeout {
  inviteID: string;
  inviter: string;
  groupID: string;
  /** Those still pending when the time was up. */
  inviteeList: string[];
}

export interface Send {
  mid: string;
  source: Source;
}

export interface View {
  mid: string;
  userID: string;
  stream: "camera" | "screen";
  height?: number;
}

export interface Slot {
  mid: string;
  /** Empty: the slot carries nothing. */
  userID: string;
  stream?: Source;
  layer?: string;
}

export interface EnterRoomParams {
  roomID: string;
  offer?: string;
  send?: Send[];
  role?: Role;
  scene?: Scene;
}

export interface RoomUser {
  userID: string;
  name: string;
  role: Role;
  audio: boolean;
  video: boolean;
  screen: boolean;
  enteredAt: Millis;
}

export interface EnterRoomResult {
  answer?: string;
  role: Role;
  /** The others already in. */
  users: RoomUser[];
  callID?: string;
  /** 0 while the call has not begun. */
  startedAt?: Millis;
  serverAt: Millis;
}

export interface PublishingParams {
  roomID: string;
  audio?: boolean;
  video?: boolean;
  screen?: boolean;
}

export interface RemoteUserEntered {
  roomID: string;
  userID: string;
  name: string;
  role: Role;
  at: Millis;
}

export interface RemoteUserLeft {
  roomID: string;
  userID: string;
  /** 0 left, 1 connection lost, 2 kicked, 3 became audience. */
  reason: number;
  at: Millis;
}

export interface StreamAvailable {
  roomID: string;
  userID: string;
  available: boolean;
}

export interface NetworkQuality {
  roomID: string;
  /** 0 unknown, 1 excellent to 5 very bad, 6 down. */
  local: number;
  remote: { userID: string; quality: number }[];
}

export interface VoiceVolume {
  roomID: string;
  /** Each from 0 to 100. */
  volumes: { userID: string; volume: number }[];
}

export interface RoomGone {
  roomID: string;
  reason: string;
}

export type CallResult =
  | "answered"
  | "declined"
  | "busy"
  | "noAnswer"
  | "unreachable"
  | "cancelled"
  | "answeredElsewhere"
  | "mediaFailed"
  | "networkLost"
  | "kicked"
  | "roomClosed"
  | "serverDrain"
  | "serverCrash";

export interface CallBegin {
  callID: string;
  roomID: string;
  type: MediaType;
  startedAt: Millis;
}

export interface CallEnd {
  callID: string;
  roomID: string;
  result: CallResult;
  /** A user id, or "server". */
  endedBy: string;
  /** 0 or absent when the call never began. */
  startedAt?: Millis;
  endedAt: Millis;
  /** Whole seconds. */
  duration: number;
  type: MediaType;
  inviter: string;
  participants: string[];
}

export interface Quality {
  rttMs: number;
  jitterMs: number;
  lossSent: number;
  lossReceived: number;
  packetsSent: number;
  packetsReceived: number;
  worst: number;
  mean: number;
}

export interface Interval {
  enteredAt: Millis;
  leftAt: Millis;
  reason: number;
}

export interface CallParticipant {
  userID: string;
  role: "caller" | "callee";
  state: string;
  invitedAt: Millis;
  answeredAt: Millis;
  intervals: Interval[];
  seconds: number;
  quality: Quality | null;
}

export interface CallRecord {
  callID: string;
  roomID: string;
  groupID: string;
  type: MediaType;
  scene: Scene;
  inviter: string;
  createdAt: Millis;
  startedAt: Millis;
  endedAt: Millis;
  duration: number;
  result: CallResult | "";
  endedBy: string;
  participants: CallParticipant[];
}

export interface HistoryFilter {
  with?: string;
  groupID?: string;
  result?: string;
  direction?: "incoming" | "outgoing";
  missed?: boolean;
  type?: MediaType;
  from?: Millis;
  to?: Millis;
  cursor?: string;
  limit?: number;
}

export interface HistoryPage {
  calls: CallRecord[];
  /** Empty on the last page. */
  cursor?: string;
}

type Nothing = Record<string, never>;

/** Every request: what it takes and what it gives. */
export interface Methods {
  "session.time": { params: Nothing; result: { serverAt: Millis } };
  "user.listOnline": { params: Nothing; result: { users: UserStatus[] } };
  "user.subscribeStatus": { params: Nothing; result: Nothing };
  "user.logout": { params: Nothing; result: Nothing };
  "signaling.invite": { params: InviteParams; result: InviteResult };
  "signaling.inviteInGroup": { params: InviteInGroupParams; result: InviteResult };
  "signaling.cancel": { params: AnswerParams; result: Nothing };
  "signaling.accept": { params: AnswerParams; result: Nothing };
  "signaling.reject": { params: AnswerParams; result: Nothing };
  "signaling.modifyInvitation": { params: { inviteID: string; data: string }; result: Nothing };
  "signaling.getSignalingInfo": { params: { messageID: string }; result: Invitation | null };
  "room.enter": { params: EnterRoomParams; result: EnterRoomResult };
  "room.offer": { params: { roomID: string; offer: string; send?: Send[] }; result: { answer: string } };
  "room.exit": { params: { roomID: string }; result: Nothing };
  "room.setPublishing": { params: PublishingParams; result: Nothing };
  "room.setViews": { params: { roomID: string; views: View[] }; result: Nothing };
  "room.switchRole": { params: { roomID: string; role: Role }; result: Nothing };
  "room.setRole": { params: { roomID: string; userID: string; role: Role }; result: Nothing };
  "history.query": { params: HistoryFilter; result: HistoryPage };
}

/** Every event the server sends. */
export interface Events {
  "session.welcome": Welcome;
  "session.kicked": { reason: "revoked" | "expired" | "shutdown" };
  "session.draining": { deadlineAt: Millis };
  onUserStatusChanged: { userStatusList: UserStatus[] };
  onReceiveNewInvitation: Invitation;
  onInviteeAccepted: InviteeAnswer;
  onInviteeRejected: InviteeAnswer;
  onInvitationCancelled: InvitationCancelled;
  onInvitationTimeout: InvitationTimeout;
  onInvitationModified: { inviteID: string; data: string };
  onRemoteUserEnterRoom: RemoteUserEntered;
  onRemoteUserLeaveRoom: RemoteUserLeft;
  onUserVideoAvailable: StreamAvailable;
  onUserAudioAvailable: StreamAvailable;
  onUserSubStreamAvailable: StreamAvailable;
  onSlots: { roomID: string; slots: Slot[] };
  onUserVoiceVolume: VoiceVolume;
  onNetworkQuality: NetworkQuality;
  onRoomClosed: RoomGone;
  onKickedOut: RoomGone;
  onCallBegin: CallBegin;
  onCallEnd: CallEnd;
}
