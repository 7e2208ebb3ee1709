package room

import (
	"context"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Notifier sends an event to sessions. It must not block. Events about one
// room are handed over in the order in which they happened.
//
// The first events can be handed over before the result of Enter has been
// written to the socket if the member entered without an offer; whoever
// implements this should queue events of a session behind an answer to
// room.enter that is under way. With an offer the room itself holds them back
// until the transport is up, which needs the answer.
type Notifier interface {
	NotifySession(id call.SessionID, ev wire.Event)
	// NotifySessions sends one event to several. The slice is theirs to keep.
	NotifySessions(ids []call.SessionID, ev wire.Event)
}

// Gate says who may go in. Its methods are called outside any lock, and for
// several users at once.
type Gate interface {
	// MayEnter reports whether who may enter the room; occupied says whether
	// somebody is in it. For a room that was free but is occupied by the time
	// the answer is there it is asked again. It is asked for those who are in
	// the room already, too, when they enter again. An error means that it
	// cannot be told.
	MayEnter(ctx context.Context, who call.Caller, room call.RoomID, occupied bool) (bool, error)
	// CallOf returns the open call the room belongs to and when that began;
	// empty and zero if there is none or it has not begun, or it cannot be told.
	CallOf(ctx context.Context, room call.RoomID) (id call.ID, startedAt call.Millis)
}

// Observer is told who is in a room, as the members are. Its methods are called
// on the room's goroutine, in order for each room: they must not block and must
// not call the Service.
type Observer interface {
	// UserEntered: a member was announced. summary says what was measured of
	// them during this stay; it may be called at any time from any goroutine,
	// also after they left.
	UserEntered(room call.RoomID, scene string, user call.UserID, at call.Millis, summary func() call.MediaSummary)
	// UserLeft: a member who was announced is gone since at.
	UserLeft(room call.RoomID, user call.UserID, reason call.LeaveReason, at call.Millis)
	// RoomClosed: the server closed the room. UserLeft of its members follows.
	RoomClosed(room call.RoomID, result call.Result, at call.Millis)
}
