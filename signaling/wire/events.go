package wire

import "callsvc/call"

// Event is a notification's params. Sealed: the types are those in Events.
type Event interface{ Name() string }

// Events lists a zero value of each event.
func Events() []Event {
	return append(groupEvents(), []Event{
		Welcome{},
		Draining{},
		Kicked{},
		ReceiveNewInvitation{},
		InviteeAccepted{},
		InviteeRejected{},
		InvitationCancelled{},
		InvitationTimeout{},
		InvitationModified{},
		RemoteUserEnterRoom{},
		RemoteUserLeaveRoom{},
		RemoteUsersChanged{},
		UserVideoAvailable{},
		UserAudioAvailable{},
		UserSubStreamAvailable{},
		Slots{},
		EncodingsWanted{},
		UserVoiceVolume{},
		ActiveSpeakerChanged{},
		NetworkQuality{},
		Statistics{},
		UserRoleChanged{},
		RoomClosed{},
		KickedOut{},
		RoomInfoChanged{},
		PublishingChanged{},
		AskedToUnmute{},
		LobbyChanged{},
		Admitted{},
		LobbyDenied{},
		HandsChanged{},
		Reactions{},
		RoomMessage{},
		CallBegin{},
		CallEnd{},
		UserStatusChanged{},
		RecvNewMessage{},
		ConversationChanged{},
		SelfInfoUpdated{},
		BlackListChanged{},
		AllReceiveMessageOptChanged{},
		MissedCallsChanged{},
	}...)
}

// Transient reports whether an event is worth nothing a moment later: a session
// that is not connected never learns of it.
func Transient(ev Event) bool {
	switch ev.(type) {
	case UserVoiceVolume, NetworkQuality, Statistics, Reactions:
		return true
	}
	return false
}

// Welcome is the first frame of a connection. It has no seq.
type Welcome struct {
	SessionID call.SessionID `json:"sessionID"`
	UserID    call.UserID    `json:"userID"`
	UserName  string         `json:"name"`
	ServerAt  call.Millis    `json:"serverAt"`
	// Seconds between the server's pings.
	Heartbeat int `json:"heartbeat"`
	// The session named by ?session= goes on: every event after ?after= follows.
	Resumed bool   `json:"resumed"`
	Limits  Limits `json:"limits"`
	// For RTCPeerConnection's configuration.
	ICEServers []ICEServer `json:"iceServers"`
	// When their credentials expire: then ask session.getICEServers. Absent if
	// they have none.
	ICEServersExpireAt call.Millis `json:"iceServersExpireAt,omitempty"`
	// The server runs with --dev.
	Dev bool `json:"dev"`
}

// Limits are what the server will take.
type Limits struct {
	MaxDataBytes    int `json:"maxDataBytes"`
	MaxFrameBytes   int `json:"maxFrameBytes"`
	MaxParticipants int `json:"maxParticipants"`
	MaxSlots        int `json:"maxSlots"`
	// When the server has gone away, wait a random part of this before coming back.
	ReconnectSpreadMs int `json:"reconnectSpreadMs"`
}

// ICEServer is one entry of RTCConfiguration.iceServers (W3C WebRTC).
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Draining: the server will stop; rooms still open at DeadlineAt are closed.
type Draining struct {
	DeadlineAt call.Millis `json:"deadlineAt"`
}

// Kicked: this session is over; do not come back with the same credential,
// unless it is a shutdown: then the server will be there again.
type Kicked struct {
	// revoked, expired or shutdown.
	Reason string `json:"reason" oneof:"revoked,expired,shutdown"`
}

// ReceiveNewInvitation: somebody is asked something. In a group every member
// is told; look for yourself in InviteeList. Data of a final call-end
// invitation carries call_end and must not ring.
type ReceiveNewInvitation struct {
	InviteID    call.InviteID `json:"inviteID"`
	Inviter     call.UserID   `json:"inviter"`
	GroupID     call.GroupID  `json:"groupID"`
	InviteeList []call.UserID `json:"inviteeList"`
	Data        string        `json:"data"`
	Timeout     int           `json:"timeout"`
	// What is left of the timeout; absent where timeout is 0.
	ExpiresInMs *int64         `json:"expiresInMs,omitempty"`
	CreatedAt   call.Millis    `json:"createdAt"`
	MessageID   call.MessageID `json:"messageID,omitempty"`
}

// InviteeAccepted: an invitee said yes.
type InviteeAccepted struct {
	InviteID call.InviteID `json:"inviteID"`
	Inviter  call.UserID   `json:"inviter"`
	GroupID  call.GroupID  `json:"groupID"`
	Invitee  call.UserID   `json:"invitee"`
	Data     string        `json:"data"`
}

// InviteeRejected: an invitee said no.
type InviteeRejected struct {
	InviteID call.InviteID `json:"inviteID"`
	Inviter  call.UserID   `json:"inviter"`
	GroupID  call.GroupID  `json:"groupID"`
	Invitee  call.UserID   `json:"invitee"`
	Data     string        `json:"data"`
}

// InvitationCancelled: the invitation is taken back from InviteeList.
type InvitationCancelled struct {
	InviteID    call.InviteID `json:"inviteID"`
	Inviter     call.UserID   `json:"inviter"`
	GroupID     call.GroupID  `json:"groupID"`
	InviteeList []call.UserID `json:"inviteeList"`
	Data        string        `json:"data"`
}

// InvitationTimeout: those in InviteeList did not answer in time.
type InvitationTimeout struct {
	InviteID    call.InviteID `json:"inviteID"`
	Inviter     call.UserID   `json:"inviter"`
	GroupID     call.GroupID  `json:"groupID"`
	InviteeList []call.UserID `json:"inviteeList"`
}

// InvitationModified: the data of a pending invitation is another now.
type InvitationModified struct {
	InviteID call.InviteID `json:"inviteID"`
	Data     string        `json:"data"`
}

// RemoteUserEnterRoom: somebody's media transport is up.
type RemoteUserEnterRoom struct {
	RoomID call.RoomID `json:"roomID"`
	UserID call.UserID `json:"userID"`
	User   string      `json:"name"`
	Role   string      `json:"role" oneof:"anchor,audience,host"`
	At     call.Millis `json:"at"`
}

// RemoteUserLeaveRoom: somebody is gone. Reason 0 left, 1 connection lost, 2
// kicked, 3 became audience.
type RemoteUserLeaveRoom struct {
	RoomID call.RoomID      `json:"roomID"`
	UserID call.UserID      `json:"userID"`
	Reason call.LeaveReason `json:"reason"`
	// When they were there last.
	At call.Millis `json:"at"`
}

// UserVideoAvailable: somebody's camera began or stopped to send.
type UserVideoAvailable struct {
	RoomID    call.RoomID `json:"roomID"`
	UserID    call.UserID `json:"userID"`
	Available bool        `json:"available"`
}

// UserAudioAvailable: somebody's microphone began or stopped to send.
type UserAudioAvailable struct {
	RoomID    call.RoomID `json:"roomID"`
	UserID    call.UserID `json:"userID"`
	Available bool        `json:"available"`
}

// UserSubStreamAvailable: somebody's screen share began or stopped.
type UserSubStreamAvailable struct {
	RoomID    call.RoomID `json:"roomID"`
	UserID    call.UserID `json:"userID"`
	Available bool        `json:"available"`
}

// Slots: what each receive slot carries now, all of them.
type Slots struct {
	RoomID call.RoomID `json:"roomID"`
	Slots  []call.Slot `json:"slots"`
}

// EncodingsWanted: what is needed of the video this session sends, all of it.
// Nobody looks at an encoding that is not active: set
// RTCRtpEncodingParameters.active, in both directions.
type EncodingsWanted struct {
	RoomID  call.RoomID         `json:"roomID"`
	Senders []call.SenderWanted `json:"senders"`
}

// UserVoiceVolume: who speaks how loud. It comes up to every 300 ms while that
// changes, once a second while somebody speaks, and once when nobody does any more.
type UserVoiceVolume struct {
	RoomID  call.RoomID   `json:"roomID"`
	Volumes []call.Volume `json:"volumes"`
}

// ActiveSpeakerChanged: userID is the one who speaks; empty when nobody has for
// a while. It stays with one of several who speak at once.
type ActiveSpeakerChanged struct {
	RoomID call.RoomID `json:"roomID"`
	UserID call.UserID `json:"userID"`
	At     call.Millis `json:"at"`
}

// NetworkQuality: one's own network and that of the others. 0 unknown, 1
// excellent, 2 good, 3 poor, 4 bad, 5 very bad, 6 down.
type NetworkQuality struct {
	RoomID call.RoomID        `json:"roomID"`
	Local  call.Quality       `json:"local"`
	Remote []call.UserQuality `json:"remote"`
}

// Statistics: what the server measured of the session's media in the last two
// seconds. Rates are bits per second, loss is a share, 0 to 1.
type Statistics struct {
	RoomID call.RoomID           `json:"roomID"`
	Local  call.LocalStatistics  `json:"local"`
	Down   call.DownStatistics   `json:"down"`
	Slots  []call.SlotStatistics `json:"slots"`
}

// UserRoleChanged: somebody's role in the room is another now.
type UserRoleChanged struct {
	RoomID call.RoomID `json:"roomID"`
	UserID call.UserID `json:"userID"`
	Role   string      `json:"role" oneof:"anchor,audience,host"`
}

// RoomClosed: the room is closed for everyone. Reason closed, serverDrain or
// dismissed (by a host).
type RoomClosed struct {
	RoomID call.RoomID `json:"roomID"`
	Reason string      `json:"reason" oneof:"closed,serverDrain,dismissed"`
}

// KickedOut: you are out of the room. Reason kick, otherDevice or lost.
type KickedOut struct {
	RoomID call.RoomID `json:"roomID"`
	Reason string      `json:"reason" oneof:"kick,otherDevice,lost"`
}

// CallBegin: the call is active, its clock runs (TUICallEngine onCallBegin).
type CallBegin struct {
	CallID call.ID     `json:"callID"`
	RoomID call.RoomID `json:"roomID"`
	Type   call.Media  `json:"type"`
	// The same for everyone.
	StartedAt call.Millis `json:"startedAt"`
}

// CallEnd: the record of a call one took part in is final, whatever the result
// (TUICallEngine onCallEnd, onCallNotConnected).
type CallEnd struct {
	CallID       call.ID       `json:"callID"`
	RoomID       call.RoomID   `json:"roomID"`
	Type         call.Media    `json:"type"`
	Inviter      call.UserID   `json:"inviter"`
	Result       call.Result   `json:"result"`
	EndedBy      string        `json:"endedBy"`
	StartedAt    call.Millis   `json:"startedAt"`
	EndedAt      call.Millis   `json:"endedAt"`
	Duration     int64         `json:"duration"`
	Participants []call.UserID `json:"participants"`
}

// UserStatusChanged: somebody came or went (TIM onUserStatusChanged).
type UserStatusChanged struct {
	UserStatusList []UserStatus `json:"userStatusList"`
}

// Name implements Event.
func (Welcome) Name() string { return "session.welcome" }

// Name implements Event.
func (Draining) Name() string { return "session.draining" }

// Name implements Event.
func (Kicked) Name() string { return "session.kicked" }

// Name implements Event.
func (ReceiveNewInvitation) Name() string { return "onReceiveNewInvitation" }

// Name implements Event.
func (InviteeAccepted) Name() string { return "onInviteeAccepted" }

// Name implements Event.
func (InviteeRejected) Name() string { return "onInviteeRejected" }

// Name implements Event.
func (InvitationCancelled) Name() string { return "onInvitationCancelled" }

// Name implements Event.
func (InvitationTimeout) Name() string { return "onInvitationTimeout" }

// Name implements Event.
func (InvitationModified) Name() string { return "onInvitationModified" }

// Name implements Event.
func (RemoteUserEnterRoom) Name() string { return "onRemoteUserEnterRoom" }

// Name implements Event.
func (RemoteUserLeaveRoom) Name() string { return "onRemoteUserLeaveRoom" }

// Name implements Event.
func (UserVideoAvailable) Name() string { return "onUserVideoAvailable" }

// Name implements Event.
func (UserAudioAvailable) Name() string { return "onUserAudioAvailable" }

// Name implements Event.
func (UserSubStreamAvailable) Name() string { return "onUserSubStreamAvailable" }

// Name implements Event.
func (Slots) Name() string { return "onSlots" }

// Name implements Event.
func (EncodingsWanted) Name() string { return "onEncodingsWanted" }

// Name implements Event.
func (UserVoiceVolume) Name() string { return "onUserVoiceVolume" }

// Name implements Event.
func (ActiveSpeakerChanged) Name() string { return "onActiveSpeakerChanged" }

// Name implements Event.
func (NetworkQuality) Name() string { return "onNetworkQuality" }

// Name implements Event.
func (Statistics) Name() string { return "onStatistics" }

// Name implements Event.
func (UserRoleChanged) Name() string { return "onUserRoleChanged" }

// Name implements Event.
func (RoomClosed) Name() string { return "onRoomClosed" }

// Name implements Event.
func (KickedOut) Name() string { return "onKickedOut" }

// Name implements Event.
func (CallBegin) Name() string { return "onCallBegin" }

// Name implements Event.
func (CallEnd) Name() string { return "onCallEnd" }

// Name implements Event.
func (UserStatusChanged) Name() string { return "onUserStatusChanged" }
