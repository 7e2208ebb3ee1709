package call

import (
	"encoding/json"
	"slices"
	"strings"
)

// Conversation is where messages stand, numbered from 1 without gaps: between
// two users, or in a group. It is comparable.
type Conversation struct {
	GroupID GroupID   // empty: between two users
	Users   [2]UserID // in order; empty in a group
}

// DirectConversation is the one between two users, whoever is named first.
func DirectConversation(a, b UserID) Conversation {
	return Conversation{Users: [2]UserID{min(a, b), max(a, b)}}
}

// GroupConversation is that of a group.
func GroupConversation(id GroupID) Conversation { return Conversation{GroupID: id} }

// Key names the conversation in a store.
func (c Conversation) Key() string {
	if c.GroupID != "" {
		return "group:" + string(c.GroupID)
	}
	return "c2c:" + string(c.Users[0]) + ":" + string(c.Users[1]) // a user id has no colon
}

// Peer is the other one of the two, as one of them sees it.
func (c Conversation) Peer(of UserID) UserID {
	if c.Users[0] == of {
		return c.Users[1]
	}
	return c.Users[0]
}

// MessageType says what a message carries.
type MessageType string

// The types of message.
const (
	MessageText      MessageType = "text"
	MessageCustom    MessageType = "custom"
	MessageSignaling MessageType = "signaling"
)

// Message is one message of a conversation.
type Message struct {
	MessageID MessageID `json:"messageID"`
	// Counts per conversation from 1, without gaps.
	Seq     int64       `json:"messageSeq"`
	From    UserID      `json:"from"`
	To      UserID      `json:"to,omitempty"`
	GroupID GroupID     `json:"groupID,omitempty"`
	Type    MessageType `json:"type"`
	Text    string      `json:"text,omitempty"`
	// Of a custom message what its sender put there; of a signaling message TIM's envelope as JSON.
	Data      string `json:"data,omitempty"`
	CreatedAt Millis `json:"createdAt"`
	// Not counted as unread and never a lastMessage: its data asked for that (TIM excludeFromHistoryMessage).
	Excluded bool `json:"isExcludedFromUnreadCount,omitempty"`
}

// Conversation is where the message stands.
func (m *Message) Conversation() Conversation {
	if m.GroupID != "" {
		return GroupConversation(m.GroupID)
	}
	return DirectConversation(m.From, m.To)
}

// ConversationSummary is a conversation as one user sees it in a list.
type ConversationSummary struct {
	Last    Message // the last one that is not excluded
	LastSeq int64   // of the last message, excluded or not
	ReadSeq int64   // what the user has read
	Unread  int     // of the latest UnreadWindow messages, others' and not excluded
}

// UnreadWindow is how many of a conversation's latest messages are looked at to
// count the unread ones.
const UnreadWindow = 1000

// ConversationQuery asks for a page of a user's conversations.
type ConversationQuery struct {
	Of     UserID
	Before *Message // the last message of the page before; nil for the first page
	Limit  int
}

// SignalingAction is TIM's number of what a signaling message says.
type SignalingAction int

// The actions of TIM's signaling envelope (actionType).
const (
	ActionInvite  SignalingAction = 1
	ActionCancel  SignalingAction = 2
	ActionAccept  SignalingAction = 3
	ActionReject  SignalingAction = 4
	ActionTimeout SignalingAction = 5
)

// Signaled is what happened to an invitation, as its conversation tells it.
type Signaled struct {
	Action   SignalingAction
	By       UserID   // who acted; of a timeout the inviter
	Invitees []UserID // those it happened to
	Data     string   // what came with it; of a timeout the invitation's
	At       Millis
}

// envelope is what a TIM client puts into the custom message that carries an
// operation of signaling.
type envelope struct {
	BusinessID     int             `json:"businessID"` // 1: signaling
	InviteID       InviteID        `json:"inviteID"`
	Inviter        UserID          `json:"inviter"`
	ActionType     SignalingAction `json:"actionType"`
	InviteeList    []UserID        `json:"inviteeList"`
	GroupID        GroupID         `json:"groupID"`
	Data           string          `json:"data"`
	Timeout        int             `json:"timeout"` // 0 in all but an invitation
	OnlineUserOnly bool            `json:"onlineUserOnly"`
}

// Conversation is where the invitation's messages stand.
func (inv *Invitation) Conversation() Conversation {
	if inv.GroupID != "" {
		return GroupConversation(inv.GroupID)
	}
	return DirectConversation(inv.Inviter, inv.Invitees[0].UserID)
}

// In is the invitation as it stands in one of several conversations: between
// the two whose it is, in the inviter's name if it is theirs.
func (inv *Invitation) In(c Conversation) *Invitation {
	if c.GroupID != "" || c == inv.Conversation() {
		return inv
	}
	one := inv.Clone()
	if !slices.Contains(c.Users[:], one.Inviter) {
		one.Inviter = c.Users[0]
	}
	one.Invitees = []Invitee{{UserID: c.Peer(one.Inviter)}}
	return one
}

// Message is what stands in the conversation for something that happened to
// the invitation; it has no id and no number yet.
func (inv *Invitation) Message(s Signaled) Message {
	e := envelope{
		BusinessID: 1, InviteID: inv.InviteID, Inviter: inv.Inviter, ActionType: s.Action,
		InviteeList: s.Invitees, GroupID: inv.GroupID, Data: s.Data, OnlineUserOnly: inv.OnlineUserOnly,
	}
	if s.Action == ActionInvite {
		e.Timeout = inv.Timeout
	}
	b, err := json.Marshal(e)
	if err != nil { // a struct of strings and integers always encodes
		panic(err)
	}
	m := Message{
		From: s.By, GroupID: inv.GroupID, Type: MessageSignaling, Data: string(b),
		CreatedAt: s.At, Excluded: excluded(s.Action, s.Data),
	}
	if inv.GroupID == "" {
		m.To = inv.Conversation().Peer(s.By)
	}
	return m
}

// excluded reports whether a signaling message is neither counted as unread
// nor shown as the last: TIM's clients ask for it by a word in the data.
func excluded(action SignalingAction, data string) bool {
	if action == ActionTimeout {
		return strings.Contains(data, "excludeTimeoutSignalingFromHistoryMessage")
	}
	return strings.Contains(data, "excludeFromHistoryMessage") ||
		strings.Contains(data, "excludeOriginalSignalingFromHistoryMessage")
}

// The changes of conversations.
type (
	// SaveMessage inserts a message. InviteID is set for a signaling message.
	SaveMessage struct {
		Message  Message
		InviteID InviteID
	}
	// ReviseMessage replaces what the message of that number says.
	ReviseMessage struct{ Message Message }
	// SaveReadMark says how far a user has read. It never moves back. With Seq 0
	// it makes the conversation one of the user's.
	SaveReadMark struct {
		UserID       UserID
		Conversation Conversation
		Seq          int64
	}
)

func (SaveMessage) change()   {}
func (ReviseMessage) change() {}
func (SaveReadMark) change()  {}
