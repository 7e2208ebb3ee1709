package wire

import (
	"slices"

	"callsvc/call"
)

// Request is a request's params. Sealed: the types are those in Methods.
type Request interface{ request() }

// Method is one entry of the table of requests.
type Method struct {
	Name   string
	New    func() Request
	Result any // a zero value of the result's type
}

// Methods is the table of requests.
func Methods() []Method {
	return slices.Concat(callMethods(), hostMethods(), floorMethods(), linkMethods(), messageMethods(), groupMethods(), muteMethods(), applicationMethods(), userMethods(), pushMethods())
}

func callMethods() []Method {
	return []Method{
		{"signaling.invite", func() Request { return new(Invite) }, InviteResult{}},
		{"signaling.inviteInGroup", func() Request { return new(InviteInGroup) }, InviteResult{}},
		{"signaling.cancel", func() Request { return new(Cancel) }, Empty{}},
		{"signaling.accept", func() Request { return new(Accept) }, Empty{}},
		{"signaling.reject", func() Request { return new(Reject) }, Empty{}},
		{"signaling.modifyInvitation", func() Request { return new(ModifyInvitation) }, Empty{}},
		{"signaling.getSignalingInfo", func() Request { return new(GetSignalingInfo) }, &SignalingInfo{}},
		{"room.enter", func() Request { return new(EnterRoom) }, EnterRoomResult{}},
		{"room.offer", func() Request { return new(OfferRoom) }, OfferRoomResult{}},
		{"room.exit", func() Request { return new(ExitRoom) }, Empty{}},
		{"room.setPublishing", func() Request { return new(SetPublishing) }, Empty{}},
		{"room.setViews", func() Request { return new(SetViews) }, Empty{}},
		{"room.switchRole", func() Request { return new(SwitchRole) }, Empty{}},
		{"room.setRole", func() Request { return new(SetRole) }, Empty{}},
		{"history.query", func() Request { return new(QueryHistory) }, QueryHistoryResult{}},
		{"user.listOnline", func() Request { return new(ListOnline) }, ListOnlineResult{}},
		{"user.subscribeStatus", func() Request { return new(SubscribeStatus) }, Empty{}},
		{"user.logout", func() Request { return new(Logout) }, Empty{}},
		{"session.time", func() Request { return new(SessionTime) }, SessionTimeResult{}},
		{"session.getICEServers", func() Request { return new(GetICEServers) }, GetICEServersResult{}},
	}
}

// Empty is the result of a request that only succeeds.
type Empty struct{}

// Invite asks one user something (TIM invite).
type Invite struct {
	// Who is asked.
	Invitee call.UserID `json:"invitee" wire:"required"`
	// Opaque to signaling, at most 12 KiB. JSON with businessID av_call begins a call.
	Data string `json:"data,omitempty"`
	// Seconds until onInvitationTimeout, a whole number; 30 if absent, 0 = never.
	Timeout *float64 `json:"timeout,omitempty"`
	// Delivered to those online only, not stored in the history.
	OnlineUserOnly bool `json:"onlineUserOnly,omitempty"`
	// TIM's V2TIMOfflinePushInfo.
	OfflinePushInfo *OfflinePushInfo `json:"offlinePushInfo,omitempty"`
}

// InviteInGroup asks members of a group something (TIM inviteInGroup). Every
// member is told.
type InviteInGroup struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	// Who is asked: members, nobody twice, not oneself.
	InviteeList []call.UserID `json:"inviteeList" wire:"required"`
	// Opaque to signaling, at most 12 KiB. JSON with businessID av_call begins a call.
	Data string `json:"data,omitempty"`
	// Seconds until onInvitationTimeout, a whole number; 30 if absent, 0 = never.
	Timeout *float64 `json:"timeout,omitempty"`
	// Delivered to those online only, not stored in the history.
	OnlineUserOnly bool `json:"onlineUserOnly,omitempty"`
	// TIM's V2TIMOfflinePushInfo.
	OfflinePushInfo *OfflinePushInfo `json:"offlinePushInfo,omitempty"`
}

// OfflinePushInfo is what a push notification should show (TIM V2TIMOfflinePushInfo).
type OfflinePushInfo struct {
	Title       string `json:"title,omitempty"`
	Desc        string `json:"desc,omitempty"`
	Ext         string `json:"ext,omitempty"`
	DisablePush bool   `json:"disablePush,omitempty"`
	// Desc and Ext as TIM's SDK for the web names them; those win if both are there.
	Description string `json:"description,omitempty"`
	Extension   string `json:"extension,omitempty"`
	// push.no_sound: shown without a sound. The sound is the browser's otherwise.
	IOSSound string `json:"iOSSound,omitempty"`
}

// InviteResult answers an invitation.
type InviteResult struct {
	InviteID call.InviteID `json:"inviteID"`
	// Of the invitation's message; absent for an online-only one.
	MessageID call.MessageID `json:"messageID,omitempty"`
	// The invitee was already calling: this was taken as the acceptance of
	// their invitation, whose id is InviteID.
	Merged bool `json:"merged,omitempty"`
	// With Merged: the room to go to.
	RoomID call.RoomID `json:"roomID,omitempty"`
}

// Cancel takes an invitation back from those still pending. Only the inviter may.
type Cancel struct {
	InviteID call.InviteID `json:"inviteID" wire:"required"`
	Data     string        `json:"data,omitempty"`
}

// Accept is a pending invitee's yes.
type Accept struct {
	InviteID call.InviteID `json:"inviteID" wire:"required"`
	Data     string        `json:"data,omitempty"`
}

// Reject is a pending invitee's no.
type Reject struct {
	InviteID call.InviteID `json:"inviteID" wire:"required"`
	Data     string        `json:"data,omitempty"`
}

// ModifyInvitation replaces the data of an invitation that is still pending.
type ModifyInvitation struct {
	InviteID call.InviteID `json:"inviteID" wire:"required"`
	Data     string        `json:"data" wire:"required"`
}

// GetSignalingInfo asks for the invitation a message is about.
type GetSignalingInfo struct {
	MessageID call.MessageID `json:"messageID" wire:"required"`
}

// SignalingInfo is an invitation as it stands (TIM V2TIMSignalingInfo). The
// result is null for a message that is about none, or none of yours.
type SignalingInfo struct {
	InviteID call.InviteID `json:"inviteID"`
	Inviter  call.UserID   `json:"inviter"`
	GroupID  call.GroupID  `json:"groupID"`
	// Those still pending.
	InviteeList []call.UserID `json:"inviteeList"`
	Data        string        `json:"data"`
	Timeout     int           `json:"timeout"`
	// What happened last: 1 invited, 2 cancelled, 3 accepted, 4 rejected, 5 timed out.
	ActionType int `json:"actionType"`
	// Everybody asked, and what became of it.
	Invitees  []call.Invitee `json:"invitees"`
	CreatedAt call.Millis    `json:"createdAt"`
}

// EnterRoom goes into a room (TRTC enterRoom). With an offer the media
// transport is set up by the same exchange.
type EnterRoom struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// SDP with the sending m-lines and the receive slots.
	Offer string `json:"offer,omitempty"`
	// What the sending m-lines carry.
	Send []call.Send `json:"send,omitempty"`
	// anchor or audience; anchor if absent.
	Role string `json:"role,omitempty" oneof:"anchor,audience"`
	// call, meeting, class or voice; call if absent. The first to enter decides.
	Scene string `json:"scene,omitempty" oneof:"call,meeting,class,voice"`
	// In a room of many, be told of people by onRemoteUsersChanged instead of one
	// by one.
	Batch bool `json:"batch,omitempty"`
	// Of a meeting link, where one has no other right to come in.
	Invite string `json:"invite,omitempty"`
	// Of an earlier result: gives back one's place after the server has restarted.
	Ticket string `json:"ticket,omitempty"`
}

// EnterRoomResult is the room as it was found.
type EnterRoomResult struct {
	// One is not in, but waits for onAdmitted, and then enters again. Of the
	// other members only Role means anything.
	Waiting bool   `json:"waiting,omitempty"`
	Answer  string `json:"answer,omitempty"`
	// The role given, which may be less than was asked for.
	Role string `json:"role" oneof:"anchor,audience,host"`
	// The others already in.
	Users []RoomUser `json:"users"`
	// Absent for who waits.
	Info *RoomInfo `json:"info,omitempty"`
	// In the order they were raised.
	Hands []Hand `json:"hands"`
	// Who waits to be let in; for hosts only.
	Lobby []WaitingUser `json:"lobby,omitempty"`
	// What is held back of one's own streams is false, as after onPublishingChanged.
	Publishing call.Publishing `json:"publishing"`
	// Of the call the room belongs to, if any.
	CallID call.ID `json:"callID,omitempty"`
	// When that call began; 0 if it has not.
	StartedAt call.Millis `json:"startedAt,omitempty"`
	// For the next room.enter, should the server restart meanwhile.
	Ticket   string      `json:"ticket,omitempty"`
	ServerAt call.Millis `json:"serverAt"`
}

// RoomUser is somebody in a room.
type RoomUser struct {
	UserID    call.UserID `json:"userID"`
	Name      string      `json:"name"`
	Role      string      `json:"role" oneof:"anchor,audience,host"`
	Audio     bool        `json:"audio"`
	Video     bool        `json:"video"`
	Screen    bool        `json:"screen"`
	EnteredAt call.Millis `json:"enteredAt"`
}

// OfferRoom brings a later offer: more slots, a screen share, an ICE restart.
type OfferRoom struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	Offer  string      `json:"offer" wire:"required"`
	Send   []call.Send `json:"send,omitempty"`
}

// OfferRoomResult carries the answer.
type OfferRoomResult struct {
	Answer string `json:"answer"`
}

// ExitRoom leaves a room (TRTC exitRoom).
type ExitRoom struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
}

// SetPublishing mutes and unmutes one's own streams, gated in the server
// (TRTC muteLocalAudio, muteLocalVideo). An absent member is left as it is.
type SetPublishing struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	call.Publishing
}

// SetViews says which stream each video slot should carry: the whole wanted
// picture, each time (TRTC startRemoteView). Audio slots need not be named.
type SetViews struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	Views  []call.View `json:"views" wire:"required"`
}

// SwitchRole changes one's own role (TRTC switchRole).
type SwitchRole struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	Role   string      `json:"role" wire:"required" oneof:"anchor,audience"`
}

// SetRole changes somebody's role. Hosts only.
type SetRole struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	UserID call.UserID `json:"userID" wire:"required"`
	Role   string      `json:"role" wire:"required" oneof:"anchor,audience,host"`
}

// QueryHistory asks for records of ended calls, newest first. Absent members
// do not filter.
type QueryHistory struct {
	With      string `json:"with,omitempty"`
	GroupID   string `json:"groupID,omitempty"`
	Result    string `json:"result,omitempty"`
	Direction string `json:"direction,omitempty" oneof:"incoming,outgoing"`
	Missed    bool   `json:"missed,omitempty"`
	Type      string `json:"type,omitempty" oneof:"audio,video"`
	// Only calls created at or after this moment.
	From int64 `json:"from,omitempty"`
	// Only calls created before this moment.
	To     int64  `json:"to,omitempty"`
	Cursor string `json:"cursor,omitempty"`
	Limit  int    `json:"limit,omitempty"`
	// Everyone's calls; operators only.
	All bool `json:"all,omitempty"`
}

// QueryHistoryResult is one page. An empty cursor means there is no more.
type QueryHistoryResult struct {
	Calls  []call.Record `json:"calls"`
	Cursor string        `json:"cursor"`
}

// ListOnline asks who is online, oneself left out. Needs --directory=all.
type ListOnline struct{}

// ListOnlineResult lists those online.
type ListOnlineResult struct {
	Users []UserStatus `json:"users"`
}

// UserStatus says whether a user is there (TIM V2TIMUserStatus).
type UserStatus struct {
	UserID call.UserID `json:"userID"`
	Name   string      `json:"name"`
	// 1 online, 2 offline.
	StatusType int `json:"statusType"`
}

// The status types of TIM.
const (
	StatusOnline  = 1
	StatusOffline = 2
)

// SubscribeStatus turns on onUserStatusChanged for this session. Needs --directory=all.
type SubscribeStatus struct{}

// Logout ends this session at once; the rooms it is in are left.
type Logout struct{}

// SessionTime asks for the server's clock.
type SessionTime struct{}

// SessionTimeResult is the server's clock.
type SessionTimeResult struct {
	ServerAt call.Millis `json:"serverAt"`
}

// GetICEServers asks for session.welcome's iceServers anew: their credentials
// are good for some hours, and sessions last longer. Ask before a
// PeerConnection is made, if they have expired or will soon.
type GetICEServers struct{}

// GetICEServersResult is for RTCPeerConnection's configuration.
type GetICEServersResult struct {
	ICEServers []ICEServer `json:"iceServers"`
	// From when no new connection may be begun with them; absent if they have no
	// credentials.
	ICEServersExpireAt call.Millis `json:"iceServersExpireAt,omitempty"`
}

func (*Invite) request()           {}
func (*InviteInGroup) request()    {}
func (*Cancel) request()           {}
func (*Accept) request()           {}
func (*Reject) request()           {}
func (*ModifyInvitation) request() {}
func (*GetSignalingInfo) request() {}
func (*EnterRoom) request()        {}
func (*OfferRoom) request()        {}
func (*ExitRoom) request()         {}
func (*SetPublishing) request()    {}
func (*SetViews) request()         {}
func (*SwitchRole) request()       {}
func (*SetRole) request()          {}
func (*QueryHistory) request()     {}
func (*ListOnline) request()       {}
func (*SubscribeStatus) request()  {}
func (*Logout) request()           {}
func (*SessionTime) request()      {}
func (*GetICEServers) request()    {}
