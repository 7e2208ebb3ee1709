package call

import "slices"

// Media is the kind of a call: whether pictures were meant to be part of it.
type Media string

// The kinds of a call (call_type 1 and 2 of TUICalling's payload).
const (
	MediaAudio Media = "audio"
	MediaVideo Media = "video"
)

// Result says how a call ended. Empty while it is open.
type Result string

// The results of a call.
const (
	ResultAnswered    Result = "answered"    // people talked and somebody hung up
	ResultDeclined    Result = "declined"    // the callee said no
	ResultBusy        Result = "busy"        // the callee was in another call
	ResultNoAnswer    Result = "noAnswer"    // it rang and nobody answered
	ResultUnreachable Result = "unreachable" // no session of the callee ever was there to ring
	ResultCancelled   Result = "cancelled"   // the caller gave up
	ResultMediaFailed Result = "mediaFailed" // answered, but fewer than two got into the room
	ResultNetworkLost Result = "networkLost" // a participant vanished and did not come back
	ResultKicked      Result = "kicked"      // a participant was removed from the room
	ResultRoomClosed  Result = "roomClosed"  // the room was closed under the call
	ResultServerDrain Result = "serverDrain" // the server was told to stop
	ResultServerCrash Result = "serverCrash" // the server died and the people did not come back
	// ResultAnsweredElsewhere is what a device says of a call that another
	// device of its user took. No record has it: the call itself was answered.
	ResultAnsweredElsewhere Result = "answeredElsewhere"
)

// Results lists every result.
func Results() []Result {
	return []Result{
		ResultAnswered, ResultDeclined, ResultBusy, ResultNoAnswer, ResultUnreachable, ResultCancelled,
		ResultMediaFailed, ResultNetworkLost, ResultKicked, ResultRoomClosed, ResultServerDrain, ResultServerCrash,
		ResultAnsweredElsewhere,
	}
}

// Valid reports whether r is one of the results.
func (r Result) Valid() bool { return slices.Contains(Results(), r) }

// EndedByServer stands in Record.EndedBy where no user ended the call.
const EndedByServer = "server"

// ParticipantState is how one participant stands to the call.
type ParticipantState string

// The states of a participant. The caller has a state of its own: nobody asked them.
const (
	ParticipantCaller    ParticipantState = "caller"
	ParticipantPending   ParticipantState = "pending"
	ParticipantAccepted  ParticipantState = "accepted"
	ParticipantRejected  ParticipantState = "rejected"
	ParticipantBusy      ParticipantState = "busy"
	ParticipantCancelled ParticipantState = "cancelled"
	ParticipantTimedOut  ParticipantState = "timedOut"
)

// final reports whether somebody was asked and it came to nothing.
func (s ParticipantState) final() bool {
	switch s {
	case ParticipantRejected, ParticipantBusy, ParticipantCancelled, ParticipantTimedOut:
		return true
	case ParticipantCaller, ParticipantPending, ParticipantAccepted:
	}
	return false
}

// LeaveReason says why somebody left a room (TRTC onRemoteUserLeaveRoom).
type LeaveReason int

// The reasons of TRTC's onRemoteUserLeaveRoom, and two of our own that are
// never on the wire as a leave event, only in records.
const (
	LeaveNormal   LeaveReason = 0 // left by themselves
	LeaveLost     LeaveReason = 1 // the connection was lost
	LeaveKicked   LeaveReason = 2 // removed, or the room was closed
	LeaveAudience LeaveReason = 3 // became audience
	LeaveCrash    LeaveReason = 8 // the server died
	LeaveDrain    LeaveReason = 9 // the server was told to stop
)

// Interval is one stay in the room. LeftAt is zero while it lasts.
type Interval struct {
	EnteredAt Millis      `json:"enteredAt"`
	LeftAt    Millis      `json:"leftAt"`
	Reason    LeaveReason `json:"reason"`
}

// Participant is one person's part in a call.
type Participant struct {
	UserID     UserID           `json:"userID"`
	Role       string           `json:"role" oneof:"caller,callee"`
	State      ParticipantState `json:"state"`
	InvitedAt  Millis           `json:"invitedAt"`
	AnsweredAt Millis           `json:"answeredAt"`
	Intervals  []Interval       `json:"intervals"`
	Seconds    int64            `json:"seconds"` // in the room while the call was active, rounded down
	Quality    *MediaSummary    `json:"quality"`
}

// Missed reports whether they were asked and never answered, for whatever
// reason: the call belongs among their missed ones.
func (p Participant) Missed() bool {
	return p.Role == RoleCallee &&
		(p.State == ParticipantTimedOut || p.State == ParticipantCancelled || p.State == ParticipantBusy)
}

// The roles of a participant.
const (
	RoleCaller = "caller"
	RoleCallee = "callee"
)

// Record is what remains of a call. It is the server's: no client's word
// changes it.
type Record struct {
	CallID       ID            `json:"callID"`
	RoomID       RoomID        `json:"roomID"`
	GroupID      GroupID       `json:"groupID"`
	Type         Media         `json:"type"`
	Scene        string        `json:"scene"`
	Inviter      UserID        `json:"inviter"`
	CreatedAt    Millis        `json:"createdAt"`
	StartedAt    Millis        `json:"startedAt"` // the second participant's entering; 0 if it never began
	EndedAt      Millis        `json:"endedAt"`
	Duration     int64         `json:"duration"` // whole seconds from StartedAt to EndedAt, rounded down
	Result       Result        `json:"result"`
	EndedBy      string        `json:"endedBy"` // a user id, or EndedByServer
	Participants []Participant `json:"participants"`
}
