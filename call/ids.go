package call

import (
	"regexp"
	"time"
)

// UserID names a user: 1 to 32 characters of [A-Za-z0-9_-], case-sensitive
// (TIM's rule for user identifiers).
type UserID string

// RoomID names a room: 1 to 64 characters of [A-Za-z0-9_.:-]. A numeric room
// id of TRTC is the same room as its decimal string.
type RoomID string

// GroupID names a group of users. Empty means one-to-one.
type GroupID string

// InviteID names an invitation. It is opaque to clients.
type InviteID string

// ID names a call.
type ID string

// SessionID names one signed-in connection of a user, also across
// reconnections. A user may hold several.
type SessionID string

// MessageID names a message of a conversation.
type MessageID string

// LinkID names a meeting link. It opens nothing: its invitation does.
type LinkID string

// Millis is a moment: Unix milliseconds on the server's clock. Zero is "not yet".
type Millis int64

// MillisOf converts a time to Millis.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time converts back.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)) }

// Add moves the moment by a duration.
func (m Millis) Add(d time.Duration) Millis { return m + Millis(d.Milliseconds()) }

var (
	madeIDPattern  = regexp.MustCompile(`^[!-~]{1,64}$`)
	guestIDPattern = regexp.MustCompile(`^guest-[0-9a-f]{20}$`)
	userIDPattern  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
	roomIDPattern  = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)
	groupIDPattern = regexp.MustCompile(`^[A-Za-z0-9_.:@#-]{1,48}$`)
)

// Valid reports whether the id keeps to the rule of its type.
func (u UserID) Valid() bool { return userIDPattern.MatchString(string(u)) }

// Guest reports whether the id is one of those that are made up for guests of a
// meeting: people who come once, and whom no message, invitation or group reaches.
func (u UserID) Guest() bool { return guestIDPattern.MatchString(string(u)) }

// Valid reports whether the id keeps to the rule of its type.
func (r RoomID) Valid() bool { return roomIDPattern.MatchString(string(r)) }

// Valid reports whether the id keeps to TIM's rule: up to 48 printable characters.
func (g GroupID) Valid() bool { return groupIDPattern.MatchString(string(g)) }

// Valid reports whether the server may have made the id: printable characters,
// 64 at most. No store is asked for another, which some could not even be asked.
func (m MessageID) Valid() bool { return madeIDPattern.MatchString(string(m)) }

// Caller is who makes a request: a user, through one of their sessions.
type Caller struct {
	UserID     UserID
	SessionID  SessionID // empty for the REST API
	Name       string    // display name from the token, may be empty
	Admin      bool
	Rooms      []RoomID // rooms the credential itself opens
	Guest      bool     // came by a meeting link: may do nothing outside Rooms
	Unattended bool     // no person is there who could use host tools: WHIP and WHEP
	Link       RoomID   // the room of a meeting link that came with this request, empty if none did
	LinkID     LinkID   // the link itself; a guest's is the one they came by
	RequestID  string   // idempotency key of this request, empty if none
}
