package room

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"callsvc/call"
	"callsvc/signaling/wire"
)

const (
	// maxTextBytes bounds one message in a room.
	maxTextBytes = 4 << 10
	// maxKept is how many messages a room keeps, and maxKeptBytes how much text.
	maxKept      = 200
	maxKeptBytes = 256 << 10
)

// chat is what was written in a room. It ends with the room.
type chat struct {
	kept  []wire.RoomMessage // the newest, the oldest first
	bytes int                // of text in these
	count int                // ever written
}

// add notes a message and gives it its id.
func (c *chat) add(msg wire.RoomMessage) wire.RoomMessage {
	c.count++
	msg.MessageID = call.MessageID(strconv.Itoa(c.count))
	c.kept = append(c.kept, msg)
	c.bytes += len(msg.Text)
	for len(c.kept) > maxKept || c.bytes > maxKeptBytes {
		c.bytes -= len(c.kept[0].Text)
		c.kept = c.kept[1:]
	}
	return msg
}

// SendMessage writes to those in the room: the others are told. Errors: 6017,
// 8001 over 4 KiB, 9002, 9005.
func (s *Service) SendMessage(ctx context.Context, who call.Caller, req *wire.SendRoomMessage) (res wire.SendRoomMessageResult, err error) {
	switch {
	case len(req.Text) > maxTextBytes:
		return res, call.Errorf(call.CodeMessageTooLarge, "the text has %d bytes; at most %d are allowed in a room", len(req.Text), maxTextBytes)
	case strings.TrimSpace(req.Text) == "":
		return res, call.Errorf(call.CodeInvalidParameter, "the text is empty")
	}
	err = s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		at := now()
		if wait := s.messages.Take(r.id, 1, at.Time()); wait > 0 {
			return call.Errorf(call.CodeRateLimited, "too many messages are written in room %s: wait", r.id).After(wait)
		}
		if err := r.broadcast(who); err != nil {
			return err
		}
		msg := r.chat.add(wire.RoomMessage{RoomID: r.id, UserID: m.user, User: m.name, Text: req.Text, At: at})
		r.tell(m, msg)
		res = wire.SendRoomMessageResult{MessageID: msg.MessageID, At: at}
		return nil
	})
	return res, err
}

// ListMessages returns what was written, as much as is kept. Errors: 6017, 9002.
func (s *Service) ListMessages(ctx context.Context, who call.Caller, req *wire.ListRoomMessages) (res wire.ListRoomMessagesResult, err error) {
	err = s.inRoom(ctx, who, req.RoomID, func(r *room, _ *member) error {
		res.Messages = slices.Clone(r.chat.kept)
		return nil
	})
	return res, err
}
