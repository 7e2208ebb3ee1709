package call

import (
	"slices"
	"time"
)

// State is where a call stands in its life.
type State string

// The states of a call. Ended is final.
const (
	StateRinging    State = "ringing"    // asked, nobody has accepted
	StateConnecting State = "connecting" // accepted, fewer than two are in the room
	StateActive     State = "active"     // at least two have been in the room together
	StateRecovering State = "recovering" // the server restarted; its people may come back
	StateEnded      State = "ended"
)

// How long a call waits.
const (
	// ConnectTimeout is how long after an accept two people have to get in.
	ConnectTimeout = 30 * time.Second
	// RecoveryTimeout is how long after a restart its people have to come back.
	RecoveryTimeout = 20 * time.Second
)

// Person is a participant and what the server knows of them besides.
type Person struct {
	Participant
	InviteID  InviteID `json:"inviteID,omitempty"`  // of the invitation that asked them
	InvitedBy UserID   `json:"invitedBy,omitempty"` // who asked them; empty for who was let in unasked
	WasBusy   bool     `json:"wasBusy,omitempty"`   // in another call when they were asked
	Unreached bool     `json:"unreached,omitempty"` // never had a session while pending
}

// in reports whether they are in the room now.
func (p *Person) in() bool {
	n := len(p.Intervals)
	return n > 0 && p.Intervals[n-1].LeftAt == 0
}

// expected reports whether they said yes and have not been in the room since.
func (p *Person) expected() bool {
	if p.State != ParticipantAccepted || p.in() {
		return false
	}
	n := len(p.Intervals)
	return n == 0 || p.Intervals[n-1].LeftAt <= p.AnsweredAt
}

// Call is one call from its first invitation to its record. The zero value is
// a call nobody has been invited to; Apply an [Invited] to begin.
type Call struct {
	CallID      ID        `json:"callID"`
	RoomID      RoomID    `json:"roomID"`
	GroupID     GroupID   `json:"groupID"`
	Type        Media     `json:"type"`
	Scene       string    `json:"scene"`
	Inviter     UserID    `json:"inviter"`
	CreatedAt   Millis    `json:"createdAt"`
	StartedAt   Millis    `json:"startedAt"`
	EndedAt     Millis    `json:"endedAt"`
	Result      Result    `json:"result"`
	EndedBy     string    `json:"endedBy"`
	State       State     `json:"state"`
	People      []*Person `json:"people"`
	Deadline    Millis    `json:"deadline,omitempty"`    // when a DeadlinePassed is due; 0 = never
	LastAlive   Millis    `json:"lastAlive,omitempty"`   // of the server that died under the call
	EndInviteID InviteID  `json:"endInviteID,omitempty"` // of the final call-end invitation
}

// Person returns the participant of that id, nil if there is none.
func (c *Call) Person(u UserID) *Person {
	for _, p := range c.People {
		if p.UserID == u {
			return p
		}
	}
	return nil
}

// UserIDs lists everyone who is or was part of the call, the caller first.
func (c *Call) UserIDs() []UserID {
	ids := make([]UserID, len(c.People))
	for i, p := range c.People {
		ids[i] = p.UserID
	}
	return ids
}

// Inside lists those who are in the call's room now.
func (c *Call) Inside() []UserID {
	var ids []UserID
	for _, p := range c.People {
		if p.in() {
			ids = append(ids, p.UserID)
		}
	}
	return ids
}

// InRoom reports whether that user is in the call's room now.
func (c *Call) InRoom(u UserID) bool {
	p := c.Person(u)
	return p != nil && p.in()
}

// Engaged reports whether the call keeps that user busy: it is open and they
// are calling, have accepted, or are in the room.
func (c *Call) Engaged(u UserID) bool {
	if c.State == StateEnded {
		return false
	}
	p := c.Person(u)
	return p != nil && (p.in() || p.expected() || p.State == ParticipantCaller && c.State != StateRecovering)
}

// Clone copies the call deeply, so that a copy on its way to the store does
// not see later changes.
func (c *Call) Clone() *Call {
	d := *c
	d.People = make([]*Person, len(c.People))
	for i, p := range c.People {
		q := *p
		q.Intervals = slices.Clone(p.Intervals)
		d.People[i] = &q
	}
	return &d
}

// Record is what the call amounts to so far; final once it has ended.
func (c *Call) Record() Record {
	r := Record{
		CallID: c.CallID, RoomID: c.RoomID, GroupID: c.GroupID, Type: c.Type, Scene: c.Scene,
		Inviter: c.Inviter, CreatedAt: c.CreatedAt, StartedAt: c.StartedAt, EndedAt: c.EndedAt,
		Duration: c.Seconds(), Result: c.Result, EndedBy: c.EndedBy,
		Participants: make([]Participant, len(c.People)),
	}
	for i, p := range c.People {
		q := p.Participant
		q.Intervals = slices.Clone(p.Intervals)
		if q.Intervals == nil {
			q.Intervals = []Interval{}
		}
		q.Seconds = c.secondsOf(p)
		r.Participants[i] = q
	}
	return r
}

// Seconds is the duration of an ended call in whole seconds, rounded down; 0
// for one that never began or has not ended.
func (c *Call) Seconds() int64 {
	if c.StartedAt == 0 || c.EndedAt == 0 {
		return 0
	}
	return int64(c.EndedAt-c.StartedAt) / 1000
}

// secondsOf is how long p was in the room while the call was active.
func (c *Call) secondsOf(p *Person) int64 {
	if c.StartedAt == 0 || c.EndedAt == 0 {
		return 0
	}
	var sum Millis
	for _, iv := range p.Intervals {
		from, to := max(iv.EnteredAt, c.StartedAt), iv.LeftAt
		if to == 0 || to > c.EndedAt {
			to = c.EndedAt
		}
		sum += max(0, to-from)
	}
	return int64(sum) / 1000
}
