package im

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// The pages.
const (
	defaultMessages  = 50
	maxMessages      = 200
	maxConversations = 100
	// maxPageBytes is about how large the messages of a page get together: a
	// page of the largest would be more than a slow reader may have waiting.
	maxPageBytes = 512 << 10
)

// ListMessages returns a page of a conversation. A member of a group sees what
// was said since they came, in a Meeting group also what was said before.
func (s *Service) ListMessages(ctx context.Context, who call.Caller, p *wire.ListMessages) (wire.ListMessagesResult, error) {
	var result wire.ListMessagesResult
	c, err := conversationOf(who, "peer", p.Peer, p.GroupID)
	if err != nil {
		return result, err
	}
	limit, err := limitOf(p.Limit, defaultMessages, maxMessages)
	if err != nil {
		return result, err
	}
	if p.BeforeSeq < 0 {
		return result, call.Errorf(call.CodeInvalidParameter, "beforeSeq: must be the messageSeq of a message")
	}
	since := int64(0)
	if c.GroupID != "" {
		if since, err = s.sinceOf(ctx, c.GroupID, who); err != nil {
			return result, err
		}
	}
	found, err := s.store.Messages(ctx, c, since, p.BeforeSeq, limit+1)
	if err != nil {
		return result, err
	}
	n := fitting(found, limit, func(m *call.Message) int { return len(m.Text) + len(m.Data) })
	return wire.ListMessagesResult{Messages: found[:n], More: n < len(found)}, nil
}

// sinceOf is the last message that is not the member's to see.
func (s *Service) sinceOf(ctx context.Context, id call.GroupID, who call.Caller) (since int64, err error) {
	err = s.ask(ctx, id, func(g *group) error {
		since = g.FirstSeq
		if m := g.Member(who.UserID); m != nil {
			since = m.SinceSeq
		}
		return insiders(g, who)
	})
	return since, err
}

// ListConversations returns a page of one's conversations.
func (s *Service) ListConversations(ctx context.Context, who call.Caller, p *wire.ListConversations) (wire.ListConversationsResult, error) {
	var result wire.ListConversationsResult
	limit, err := limitOf(p.Limit, maxConversations, maxConversations)
	if err != nil {
		return result, err
	}
	q := call.ConversationQuery{Of: who.UserID, Limit: limit + 1}
	if p.Cursor != "" {
		if q.Before, err = parseCursor(p.Cursor, who); err != nil {
			return result, err
		}
	}
	found, err := s.store.Conversations(ctx, q)
	if err != nil {
		return result, err
	}
	n := fitting(found, limit, func(c *call.ConversationSummary) int { return len(c.Last.Text) + len(c.Last.Data) })
	for _, c := range found[:n] {
		result.Conversations = append(result.Conversations, seenBy(who, c))
	}
	if n < len(found) {
		result.Cursor = cursorOf(who, &found[n-1].Last)
	}
	return result, nil
}

// seenBy is a conversation as that user sees it.
func seenBy(who call.Caller, c call.ConversationSummary) wire.Conversation {
	seen := wire.Conversation{
		GroupID: c.Last.GroupID, LastMessage: c.Last, Unread: c.Unread, ReadSeq: c.ReadSeq, LastSeq: c.LastSeq,
	}
	if c.Last.GroupID == "" {
		seen.Peer = c.Last.Conversation().Peer(who.UserID)
	}
	return seen
}

// MarkRead says how far one has read a conversation.
func (s *Service) MarkRead(ctx context.Context, who call.Caller, p *wire.MarkRead) (wire.Empty, error) {
	c, err := conversationOf(who, "peer", p.Peer, p.GroupID)
	if err != nil {
		return wire.Empty{}, err
	}
	t, err := s.tails.held(ctx, c)
	if err != nil {
		return wire.Empty{}, err
	}
	defer s.tails.release(t)
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		if c.GroupID != "" {
			if _, err := s.insideOf(c.GroupID, who); err != nil {
				return err
			}
		}
		if p.MessageSeq < 1 || p.MessageSeq > t.last {
			return call.Errorf(call.CodeInvalidParameter, "messageSeq: the conversation has %d messages", t.last)
		}
		tx.Save(call.SaveReadMark{UserID: who.UserID, Conversation: c, Seq: p.MessageSeq})
		s.tell(tx, []call.UserID{who.UserID}, who.SessionID,
			wire.ConversationChanged{Peer: p.Peer, GroupID: p.GroupID, ReadSeq: p.MessageSeq})
		return tx.Remember(who, now(), wire.Empty{})
	})
}

func limitOf(asked, otherwise, most int) (int, error) {
	switch {
	case asked == 0:
		return otherwise, nil
	case asked < 0 || asked > most:
		return 0, call.Errorf(call.CodeInvalidParameter, "limit: must be 1 to %d", most)
	}
	return asked, nil
}

// fitting is how many of the first fit a page: at most limit, at least one.
func fitting[T any](found []T, limit int, size func(*T) int) int {
	total := 0
	for i := range found[:min(limit, len(found))] {
		total += size(&found[i])
		if total > maxPageBytes && i > 0 {
			return i
		}
	}
	return min(limit, len(found))
}

// cursorOf is where a page of conversations ends, opaque to clients.
func cursorOf(who call.Caller, last *call.Message) string {
	at := strconv.FormatInt(int64(last.CreatedAt), 10)
	name := " group " + string(last.GroupID)
	if last.GroupID == "" {
		name = " peer " + string(last.Conversation().Peer(who.UserID))
	}
	return base64.RawURLEncoding.EncodeToString([]byte(at + name))
}

// parseCursor reads what cursorOf wrote: a message that stands for the last of
// that page.
func parseCursor(cursor string, who call.Caller) (*call.Message, error) {
	broken := brokenCursor()
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, broken
	}
	parts := strings.Split(string(raw), " ")
	if len(parts) != 3 {
		return nil, broken
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || at <= 0 {
		return nil, broken
	}
	m := &call.Message{From: who.UserID, CreatedAt: call.Millis(at)}
	switch {
	case parts[1] == "group" && call.GroupID(parts[2]).Valid():
		m.GroupID = call.GroupID(parts[2])
	case parts[1] == "peer" && call.UserID(parts[2]).Valid():
		m.To = call.UserID(parts[2])
	default:
		return nil, broken
	}
	return m, nil
}
