package im

import (
	"context"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// MaxMessageBytes bounds what a message carries (TIM: 12 KB).
const MaxMessageBytes = 12 << 10

// Send sends a message. Errors: CodeInvalidParameter, CodeMessageTooLarge,
// CodeGroupIDInvalid, CodeGroupUnknown, CodeGroupPermission for who is no
// member, CodeGroupMuted, CodeGroupMessageRate, CodeRateLimited,
// CodeBlackListed for who was blocked by the other.
func (s *Service) Send(ctx context.Context, who call.Caller, p *wire.SendMessage) (wire.SendMessageResult, error) {
	m, err := newMessage(who, p)
	if err != nil {
		return wire.SendMessageResult{}, err
	}
	t, err := s.tails.held(ctx, m.Conversation())
	if err != nil {
		return wire.SendMessageResult{}, err
	}
	defer s.tails.release(t)
	var result wire.SendMessageResult
	err = s.loop.Do(ctx, func(tx *commit.Tx) error {
		if s.blocked.Blocks(m.To, m.From) {
			return call.Errorf(call.CodeBlackListed, "%s does not take messages from you", m.To)
		}
		readers := []call.UserID{m.From, m.To}
		if m.GroupID != "" {
			g, err := s.insideOf(m.GroupID, who)
			if err != nil {
				return err
			}
			if err := s.CheckMuted(m.GroupID, who.UserID); err != nil && !who.Admin {
				return err
			}
			if err := s.affords(who, len(g.ids)); err != nil {
				return err
			}
			if err := s.admitMessage(g); err != nil {
				return err
			}
			readers = g.ids
		}
		m.CreatedAt = now()
		s.append(tx, t, &m, "")
		s.tell(tx, readers, who.SessionID, wire.RecvNewMessage{Message: m})
		result = wire.SendMessageResult{MessageID: m.MessageID, MessageSeq: m.Seq, CreatedAt: m.CreatedAt}
		return tx.Remember(who, m.CreatedAt, result)
	})
	return result, err
}

// newMessage checks the params and makes a message of them.
func newMessage(who call.Caller, p *wire.SendMessage) (call.Message, error) {
	m := call.Message{
		From: who.UserID, To: p.To, GroupID: p.GroupID, Type: call.MessageType(p.Type), Text: p.Text, Data: p.Data,
	}
	if _, err := conversationOf(who, "to", p.To, p.GroupID); err != nil {
		return m, err
	}
	content, other := p.Text, p.Data
	switch m.Type {
	case call.MessageText:
	case call.MessageCustom:
		content, other = p.Data, p.Text
	default:
		return m, call.Errorf(call.CodeInvalidParameter, "type: must be text or custom")
	}
	if content == "" || other != "" {
		return m, call.Errorf(call.CodeInvalidParameter, "a text message has a text and no data, a custom message data and no text")
	}
	if len(content) > MaxMessageBytes {
		return m, call.Errorf(call.CodeMessageTooLarge, "the message has %d bytes, at most %d are allowed", len(content), MaxMessageBytes)
	}
	return m, nil
}

// conversationOf is the conversation that a request names: one's own with a
// user, or a group's. member is what the request calls the user.
func conversationOf(who call.Caller, member string, user call.UserID, group call.GroupID) (call.Conversation, error) {
	switch {
	case (user == "") == (group == ""):
		return call.Conversation{}, call.Errorf(call.CodeInvalidParameter, "either %s or groupID must be there, and not both", member)
	case group != "" && !group.Valid():
		return call.Conversation{}, badGroupID()
	case group != "":
		return call.GroupConversation(group), nil
	case !user.Valid():
		return call.Conversation{}, call.Errorf(call.CodeInvalidParameter, "%s: not a user id (1 to 32 of A-Z a-z 0-9 _ -)", member)
	case user.Guest():
		return call.Conversation{}, call.Errorf(call.CodeInvalidParameter,
			"%s: is a guest of a meeting, who has no conversations; write to them in the room (room.sendMessage)", member)
	case user == who.UserID:
		return call.Conversation{}, call.Errorf(call.CodeInvalidParameter, "%s: is yourself", member)
	}
	return call.DirectConversation(who.UserID, user), nil
}

// insideOf returns the group of that id to its members.
func (s *Service) insideOf(id call.GroupID, who call.Caller) (*group, error) {
	g, err := s.find(id)
	if err != nil {
		return nil, err
	}
	return g, insiders(g, who)
}

// append gives a message its id and number and stores it. The number is spent
// even if the decision is refused afterwards, so nothing may refuse it.
func (s *Service) append(tx *commit.Tx, t *tail, m *call.Message, about call.InviteID) {
	t.last++
	m.MessageID, m.Seq = call.MessageID(newID()), t.last
	tx.Save(call.SaveMessage{Message: *m, InviteID: about})
	if m.Seq == 1 && m.GroupID == "" { // it becomes a conversation of both
		for _, u := range t.conversation.Users {
			tx.Save(call.SaveReadMark{UserID: u, Conversation: t.conversation})
		}
	}
	s.tails.hold(t.conversation)
	tx.After(func() { s.tails.release(t) })
}
