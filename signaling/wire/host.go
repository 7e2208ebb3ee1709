package wire

import "callsvc/call"

// The host tools of a room. Hosts may use them, and operators.
func hostMethods() []Method {
	return []Method{
		{"room.setInfo", func() Request { return new(SetRoomInfo) }, Empty{}},
		{"room.setHost", func() Request { return new(SetHost) }, Empty{}},
		{"room.muteUser", func() Request { return new(MuteUser) }, Empty{}},
		{"room.muteAll", func() Request { return new(MuteAll) }, Empty{}},
		{"room.askToUnmute", func() Request { return new(AskToUnmute) }, Empty{}},
		{"room.kick", func() Request { return new(KickUser) }, Empty{}},
		{"room.admit", func() Request { return new(Admit) }, Empty{}},
		{"room.dismiss", func() Request { return new(DismissRoom) }, Empty{}},
	}
}

// RoomInfo is a room as its hosts have set it up. It lasts as long as anybody
// is in the room.
type RoomInfo struct {
	Name  string `json:"name"`
	Scene string `json:"scene" oneof:"call,meeting,class,voice"`
	// Nobody new comes in unless a host admits them.
	Locked bool `json:"locked"`
	// Who comes by a meeting link waits until a host admits them.
	Lobby bool `json:"lobby"`
	// Newcomers' microphones are muted; they may unmute themselves.
	MutedOnEntry bool `json:"mutedOnEntry"`
	// What a host has muted stays so until a host allows it by room.askToUnmute;
	// newcomers are muted on entry.
	KeepMuted bool `json:"keepMuted"`
	// The longest present first.
	Hosts     []call.UserID `json:"hosts"`
	CreatedAt call.Millis   `json:"createdAt"`
}

// SetRoomInfo changes how a room is set up. Hosts only. An absent member is
// left as it is.
type SetRoomInfo struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// At most 200 bytes.
	Name         *string `json:"name,omitempty"`
	Locked       *bool   `json:"locked,omitempty"`
	Lobby        *bool   `json:"lobby,omitempty"`
	MutedOnEntry *bool   `json:"mutedOnEntry,omitempty"`
	KeepMuted    *bool   `json:"keepMuted,omitempty"`
}

// SetHost makes somebody in the room a host, or no host any more. Hosts only.
// When the last one steps down, the longest present of the others takes over.
type SetHost struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	UserID call.UserID `json:"userID" wire:"required"`
	Host   bool        `json:"host" wire:"required"`
}

// MuteUser mutes somebody's streams in the server: those that are true (TUIRoom
// closeRemoteDeviceByAdmin). Hosts only. They may unmute themselves unless the
// room keeps them muted; nobody can be unmuted by others.
type MuteUser struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	UserID call.UserID `json:"userID" wire:"required"`
	Audio  bool        `json:"audio,omitempty"`
	Video  bool        `json:"video,omitempty"`
	Screen bool        `json:"screen,omitempty"`
}

// MuteAll is MuteUser for everybody in the room but the hosts. Hosts only.
type MuteAll struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	Audio  bool        `json:"audio,omitempty"`
	Video  bool        `json:"video,omitempty"`
	Screen bool        `json:"screen,omitempty"`
}

// AskToUnmute asks somebody to unmute (TUIRoom openRemoteDeviceByAdmin), and
// allows it where the room keeps them muted. Hosts only.
type AskToUnmute struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	UserID call.UserID `json:"userID" wire:"required"`
	Audio  bool        `json:"audio,omitempty"`
	Video  bool        `json:"video,omitempty"`
	Screen bool        `json:"screen,omitempty"`
}

// KickUser takes somebody out of the room (TUIRoom kickRemoteUserOutOfRoom).
// They stay out until a host admits them. Hosts only.
type KickUser struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	UserID call.UserID `json:"userID" wire:"required"`
}

// Admit lets in somebody who waits, or who was kicked out; or it turns away
// somebody who waits. Hosts only.
type Admit struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	UserID call.UserID `json:"userID" wire:"required"`
	Admit  bool        `json:"admit" wire:"required"`
}

// DismissRoom ends a meeting, a class or a voice room for everybody (TRTC
// dismissRoom); who waits in its lobby is sent away. Hosts only. A room of scene
// call has no end but that people hang up.
type DismissRoom struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
}

// WaitingUser is somebody who waits to be let in.
type WaitingUser struct {
	UserID call.UserID `json:"userID"`
	Name   string      `json:"name"`
	// They came by a meeting link, without an account.
	Guest bool `json:"guest"`
	// Since when they wait.
	At call.Millis `json:"at"`
}

// RoomState is a room with who is in it, as operators see it.
type RoomState struct {
	RoomID call.RoomID `json:"roomID"`
	Info   RoomInfo    `json:"info"`
	// Those who have come in, the longest present first.
	Users []RoomUser `json:"users"`
	// Who waits to be let in, in the order they came.
	Waiting []WaitingUser `json:"waiting"`
	// In the order they were raised.
	Hands []Hand `json:"hands"`
}

// RoomInfoChanged: a room is set up otherwise, or has other hosts.
type RoomInfoChanged struct {
	RoomID call.RoomID `json:"roomID"`
	Info   RoomInfo    `json:"info"`
	// Who did it; "" where nobody did, as when a host has left.
	OpUser call.UserID `json:"opUser"`
}

// PublishingChanged: a host has muted streams of yours: those that are false.
type PublishingChanged struct {
	RoomID call.RoomID `json:"roomID"`
	UserID call.UserID `json:"userID"`
	OpUser call.UserID `json:"opUser"`
	call.Publishing
}

// AskedToUnmute: a host would like you to unmute, which you may now.
type AskedToUnmute struct {
	RoomID call.RoomID `json:"roomID"`
	OpUser call.UserID `json:"opUser"`
	Audio  bool        `json:"audio"`
	Video  bool        `json:"video"`
	Screen bool        `json:"screen"`
}

// LobbyChanged: who waits to be let in, all of them, in the order they came.
// Told to hosts.
type LobbyChanged struct {
	RoomID  call.RoomID   `json:"roomID"`
	Waiting []WaitingUser `json:"waiting"`
}

// Admitted: you wait no longer; room.enter lets you in now.
type Admitted struct {
	RoomID call.RoomID `json:"roomID"`
}

// LobbyDenied: you were turned away.
type LobbyDenied struct {
	RoomID call.RoomID `json:"roomID"`
}

// Name implements Event.
func (RoomInfoChanged) Name() string { return "onRoomInfoChanged" }

// Name implements Event.
func (PublishingChanged) Name() string { return "onPublishingChanged" }

// Name implements Event.
func (AskedToUnmute) Name() string { return "onAskedToUnmute" }

// Name implements Event.
func (LobbyChanged) Name() string { return "onLobbyChanged" }

// Name implements Event.
func (Admitted) Name() string { return "onAdmitted" }

// Name implements Event.
func (LobbyDenied) Name() string { return "onLobbyDenied" }

func (*SetRoomInfo) request() {}
func (*SetHost) request()     {}
func (*MuteUser) request()    {}
func (*MuteAll) request()     {}
func (*AskToUnmute) request() {}
func (*KickUser) request()    {}
func (*Admit) request()       {}
func (*DismissRoom) request() {}
