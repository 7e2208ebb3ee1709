package room

import (
	"cmp"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
)

// Options are the limits of rooms. A zero member means its default.
type Options struct {
	// MaxParticipants in one room, announced or not; 100.
	MaxParticipants int
	// MaxSlots is how many receive slots one member may have, and how many
	// views; 64.
	MaxSlots int
	// MaxRoomsPerSession is how many rooms one session may be in at once; 8.
	MaxRoomsPerSession int
	// CrowdFrom is how many people are a crowd, in which news of people are told
	// of many at once to who asked for that; 30.
	CrowdFrom int
	// Messages that may be written in one room; zero is no limit.
	Messages limit.Rate
	// Broadcasts bounds what one user does in rooms, counted by the members who
	// are told of it; nil is no limit.
	Broadcasts *limit.Keyed[call.UserID]
}

// How long a room waits.
const (
	// LostAfter is how long a member may be without media transport, or
	// without a session if they have no media, before they are lost.
	LostAfter = 20 * time.Second
	// ConnectTimeout is how long the transport may take to come up the first time.
	ConnectTimeout = 30 * time.Second
)

// maxSends bounds the sending m-lines an offer may name.
const maxSends = 8

func (o Options) withDefaults() Options {
	o.MaxParticipants = cmp.Or(o.MaxParticipants, 100)
	o.MaxSlots = cmp.Or(o.MaxSlots, 64)
	o.CrowdFrom = cmp.Or(o.CrowdFrom, 30)
	o.MaxRoomsPerSession = cmp.Or(o.MaxRoomsPerSession, 8)
	return o
}
