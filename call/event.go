package call

// Event is something that happens to a call; each carries its own time. Sealed.
type Event interface{ event() }

// The events of a call.
type (
	// Invited begins a call, or asks more people into one.
	Invited struct {
		InviteID InviteID
		CallID   ID
		RoomID   RoomID
		GroupID  GroupID
		Type     Media
		Scene    string
		Inviter  UserID
		Invitees []UserID
		Busy     []UserID // those of Invitees who are in another call
		At       Millis
	}
	// Accepted is one invitee's yes.
	Accepted struct {
		By UserID
		At Millis
	}
	// Rejected is one invitee's no; Busy if they said their line is.
	Rejected struct {
		By   UserID
		Busy bool
		At   Millis
	}
	// Cancelled is the inviter's giving up on Users.
	Cancelled struct {
		By    UserID
		Users []UserID
		At    Millis
	}
	// TimedOut is the timer's word on Users; Unreached are those of them who
	// never had a session while they were asked.
	TimedOut struct {
		Users     []UserID
		Unreached []UserID
		At        Millis
	}
	// Entered: a user's media transport is up in the call's room.
	Entered struct {
		User UserID
		At   Millis
	}
	// Left: a user is in the call's room no more. At is when they were there
	// last, which for a lost connection is earlier than when it was noticed.
	Left struct {
		User   UserID
		Reason LeaveReason
		At     Millis
	}
	// Measured brings what the SFU measured of a participant so far.
	Measured struct {
		User    UserID
		Summary MediaSummary
	}
	// InviterGone: the inviter has no session left, nor media.
	InviterGone struct{ At Millis }
	// EndReported: a client of TUICalling's kind says the call is over.
	EndReported struct {
		By UserID
		At Millis
	}
	// DeadlinePassed: Call.Deadline has come.
	DeadlinePassed struct{ At Millis }
	// Restarted: the server died and is back. LastAlive is the last moment it
	// is known to have lived.
	Restarted struct {
		LastAlive Millis
		At        Millis
	}
	// RoomClosed: the room was closed under the call.
	RoomClosed struct {
		Result Result // ResultRoomClosed or ResultServerDrain
		At     Millis
	}
)

func (Invited) event()        {}
func (Accepted) event()       {}
func (Rejected) event()       {}
func (Cancelled) event()      {}
func (TimedOut) event()       {}
func (Entered) event()        {}
func (Left) event()           {}
func (Measured) event()       {}
func (InviterGone) event()    {}
func (EndReported) event()    {}
func (DeadlinePassed) event() {}
func (Restarted) event()      {}
func (RoomClosed) event()     {}

// Effect is what must be done because of an event. Sealed.
type Effect interface{ effect() }

// The effects of a call's events.
type (
	// Began: tell the participants that the clock runs from At.
	Began struct{ At Millis }
	// CancelRinging: these invitations are pending for a call that is over.
	CancelRinging struct{ InviteIDs []InviteID }
	// SendEnd: send the final call-end invitation. At most one in a call's life.
	SendEnd struct {
		From    UserID
		To      []UserID
		Seconds int64
	}
	// Ended: the record is final.
	Ended struct{}
)

func (Began) effect()         {}
func (CancelRinging) effect() {}
func (SendEnd) effect()       {}
func (Ended) effect()         {}
