package wire

import "callsvc/call"

func messageMethods() []Method {
	return []Method{
		{"message.send", func() Request { return new(SendMessage) }, SendMessageResult{}},
		{"message.list", func() Request { return new(ListMessages) }, ListMessagesResult{}},
		{"conversation.list", func() Request { return new(ListConversations) }, ListConversationsResult{}},
		{"conversation.markRead", func() Request { return new(MarkRead) }, Empty{}},
	}
}

// SendMessage sends a message to a user or to a group one is in.
type SendMessage struct {
	// A user; this or GroupID.
	To      call.UserID  `json:"to,omitempty"`
	GroupID call.GroupID `json:"groupID,omitempty"`
	Type    string       `json:"type" wire:"required" oneof:"text,custom"`
	// Of a text message; with Data at most 12 KiB.
	Text string `json:"text,omitempty"`
	// Of a custom message, opaque to the server.
	Data string `json:"data,omitempty"`
}

// SendMessageResult says where the message stands.
type SendMessageResult struct {
	MessageID call.MessageID `json:"messageID"`
	// Counts per conversation from 1, without gaps.
	MessageSeq int64       `json:"messageSeq"`
	CreatedAt  call.Millis `json:"createdAt"`
}

// ListMessages asks for a page of a conversation, newest first.
type ListMessages struct {
	// The other user; this or GroupID.
	Peer    call.UserID  `json:"peer,omitempty"`
	GroupID call.GroupID `json:"groupID,omitempty"`
	// Only messages before this one; the newest if absent.
	BeforeSeq int64 `json:"beforeSeq,omitempty"`
	// 50 if absent, at most 200.
	Limit int `json:"limit,omitempty"`
}

// ListMessagesResult is one page. It is shorter than the limit where the
// messages are large.
type ListMessagesResult struct {
	Messages []call.Message `json:"messages"`
	// There are older ones.
	More bool `json:"more"`
}

// ListConversations asks for one's conversations, that with the newest message first.
type ListConversations struct {
	Cursor string `json:"cursor,omitempty"`
	// 100 if absent, which is the most.
	Limit int `json:"limit,omitempty"`
}

// ListConversationsResult is one page. An empty cursor means there is no more.
type ListConversationsResult struct {
	Conversations []Conversation `json:"conversations"`
	Cursor        string         `json:"cursor"`
}

// Conversation is a conversation as one of its people sees it.
type Conversation struct {
	// The other user, or else GroupID.
	Peer        call.UserID  `json:"peer,omitempty"`
	GroupID     call.GroupID `json:"groupID,omitempty"`
	LastMessage call.Message `json:"lastMessage"`
	// Others' messages after ReadSeq, of the latest 1,000; those that are
	// excluded do not count.
	Unread  int   `json:"unread"`
	ReadSeq int64 `json:"readSeq"`
	// Of the last message, which LastMessage is not if that is excluded.
	LastSeq int64 `json:"lastSeq"`
}

// MarkRead says that one has read a conversation up to a message. Going back
// does nothing.
type MarkRead struct {
	// The other user; this or GroupID.
	Peer       call.UserID  `json:"peer,omitempty"`
	GroupID    call.GroupID `json:"groupID,omitempty"`
	MessageSeq int64        `json:"messageSeq" wire:"required"`
}

// RecvNewMessage: a text or custom message was sent (TIM onRecvNewMessage).
// Signaling messages are told by signaling's own events.
type RecvNewMessage struct {
	Message call.Message `json:"message"`
}

// ConversationChanged: another session of yours has read the conversation up
// to ReadSeq (TIM onConversationChanged).
type ConversationChanged struct {
	Peer    call.UserID  `json:"peer,omitempty"`
	GroupID call.GroupID `json:"groupID,omitempty"`
	ReadSeq int64        `json:"readSeq"`
}

// Name implements Event.
func (RecvNewMessage) Name() string { return "onRecvNewMessage" }

// Name implements Event.
func (ConversationChanged) Name() string { return "onConversationChanged" }

func (*SendMessage) request()       {}
func (*ListMessages) request()      {}
func (*ListConversations) request() {}
func (*MarkRead) request()          {}
