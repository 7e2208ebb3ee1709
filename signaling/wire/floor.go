package wire

import "callsvc/call"

// What everybody in a room may do besides media: raise a hand, react and write.
func floorMethods() []Method {
	return []Method{
		{"room.raiseHand", func() Request { return new(RaiseHand) }, Empty{}},
		{"room.lowerHand", func() Request { return new(LowerHand) }, Empty{}},
		{"room.sendReaction", func() Request { return new(SendReaction) }, Empty{}},
		{"room.sendMessage", func() Request { return new(SendRoomMessage) }, SendRoomMessageResult{}},
		{"room.listMessages", func() Request { return new(ListRoomMessages) }, ListRoomMessagesResult{}},
	}
}

// RaiseHand raises one's hand or lowers it.
type RaiseHand struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	Raised bool        `json:"raised" wire:"required"`
}

// LowerHand lowers somebody's hand, or everybody's. Hosts only.
type LowerHand struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// Empty for all.
	UserID call.UserID `json:"userID,omitempty"`
}

// Hand is a raised hand.
type Hand struct {
	UserID   call.UserID `json:"userID"`
	RaisedAt call.Millis `json:"raisedAt"`
}

// SendReaction shows those in the room, for a moment, how one takes what is
// being said. Others get onReactions. It is not kept.
type SendReaction struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// One emoji, at most 64 bytes.
	Reaction string `json:"reaction" wire:"required"`
}

// SendRoomMessage writes to those in the room. Others get onRoomMessage.
type SendRoomMessage struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// At most 4 KiB.
	Text string `json:"text" wire:"required"`
}

// SendRoomMessageResult says where the message stands.
type SendRoomMessageResult struct {
	MessageID call.MessageID `json:"messageID"`
	At        call.Millis    `json:"at"`
}

// ListRoomMessages asks for what was written in the room since it began.
type ListRoomMessages struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
}

// ListRoomMessagesResult is the newest 200 messages, fewer where they are
// large, the oldest first.
type ListRoomMessagesResult struct {
	Messages []RoomMessage `json:"messages"`
}

// RemoteUsersChanged: what has changed about people in a room of many, for who
// entered with batch. First those in Left are gone; then those in Users are as
// they stand there, whether they are new or were there before. One may be known
// already, or be oneself.
type RemoteUsersChanged struct {
	RoomID call.RoomID `json:"roomID"`
	Left   []LeftUser  `json:"left"`
	Users  []RoomUser  `json:"users"`
}

// LeftUser is somebody who has left a room, as onRemoteUserLeaveRoom tells it.
type LeftUser struct {
	UserID call.UserID      `json:"userID"`
	Reason call.LeaveReason `json:"reason"`
	// When they were there last.
	At call.Millis `json:"at"`
}

// HandsChanged: whose hands are up, all of them, the first raised first.
type HandsChanged struct {
	RoomID call.RoomID `json:"roomID"`
	Hands  []Hand      `json:"hands"`
}

// Reactions: how people in the room have just reacted, in the order they did. In
// a room of many those of a moment are told together, and of very many only the
// first. It may have one's own among them. Who is not connected never learns of it.
type Reactions struct {
	RoomID    call.RoomID `json:"roomID"`
	Reactions []Reaction  `json:"reactions"`
}

// Reaction is an emoji from somebody.
type Reaction struct {
	UserID   call.UserID `json:"userID"`
	Reaction string      `json:"reaction"`
	At       call.Millis `json:"at"`
}

// RoomMessage: somebody wrote to those in the room.
type RoomMessage struct {
	RoomID    call.RoomID    `json:"roomID"`
	MessageID call.MessageID `json:"messageID"`
	UserID    call.UserID    `json:"userID"`
	User      string         `json:"name"`
	Text      string         `json:"text"`
	At        call.Millis    `json:"at"`
}

// Name implements Event.
func (RemoteUsersChanged) Name() string { return "onRemoteUsersChanged" }

// Name implements Event.
func (HandsChanged) Name() string { return "onHandsChanged" }

// Name implements Event.
func (Reactions) Name() string { return "onReactions" }

// Name implements Event.
func (RoomMessage) Name() string { return "onRoomMessage" }

func (*RaiseHand) request()        {}
func (*LowerHand) request()        {}
func (*SendReaction) request()     {}
func (*SendRoomMessage) request()  {}
func (*ListRoomMessages) request() {}
