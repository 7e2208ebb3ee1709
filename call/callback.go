package call

import "encoding/json"

// Callback is one event of which other systems are told, in the form of
// TUICallKit's server callbacks (calls) and TRTC's event callbacks (rooms).
type Callback struct {
	// Seq numbers all callbacks in the order in which they were committed,
	// from 1 and without a gap. The store gives it.
	Seq     int64           `json:"seq"`
	Event   string          `json:"event"` // one of the Callback constants
	CallID  ID              `json:"callID,omitempty"`
	RoomID  RoomID          `json:"roomID"` // callbacks of one room, and so of one call, are delivered in order
	GroupID GroupID         `json:"groupID,omitempty"`
	At      Millis          `json:"at"`
	Body    json.RawMessage `json:"body"` // what is delivered
}

// The events of calls (CallbackCommand of TUICallKit's callbacks).
const (
	CallbackStartCall     = "Call.CallbackAfterStartCall"     // somebody calls
	CallbackMemberChanged = "Call.CallbackAfterMemberChanged" // somebody was asked, answered, came or left
	CallbackEndCall       = "Call.CallbackAfterEndCall"       // the record is final
)

// The events of rooms (names of TRTC's event types).
const (
	CallbackCreateRoom  = "EVENT_TYPE_CREATE_ROOM"
	CallbackDismissRoom = "EVENT_TYPE_DISMISS_ROOM"
	CallbackEnterRoom   = "EVENT_TYPE_ENTER_ROOM"
	CallbackExitRoom    = "EVENT_TYPE_EXIT_ROOM"
)

// SaveCallback appends a callback. Deliver queues it for delivery besides; the
// rest can be read all the same.
type SaveCallback struct {
	Callback
	Deliver bool
}

func (SaveCallback) change() {}

// QueuedCallback waits for delivery since QueuedAt.
type QueuedCallback struct {
	Callback
	QueuedAt Millis
}

// DeadCallback is one whose delivery was given up, and what went wrong last.
type DeadCallback struct {
	Callback
	Error string `json:"error"`
}

type callbackBody struct {
	CallbackCommand string
	CallInfo        *callInfo    `json:",omitempty"`
	UserList        []UserStatus `json:",omitempty"`
	CallRecord      *callRecord  `json:",omitempty"`
	EventTime       Millis
}

type callInfo struct {
	CallID        ID      `json:"CallId"`
	CallMediaType string  // Audio, Video
	ChatGroupID   GroupID `json:"ChatGroupId"`
	RoomID        RoomID  `json:"RoomId"`
	RoomIDType    int     `json:"RoomIdType"`
}

// UserStatus is one participant as TUICallKit's callbacks show them. InRoom is
// an addition.
type UserStatus struct {
	UserID UserID `json:"User_Account"`
	Status string
	InRoom bool
}

// callRecord is an ended call in seconds, as TUICallKit's callbacks have it.
// Record is an addition: the whole of it.
type callRecord struct {
	CallID     ID     `json:"CallId"`
	Caller     UserID `json:"Caller_Account"`
	MediaType  string
	CallType   string
	StartTime  int64
	EndTime    int64
	AcceptTime int64
	CallResult string
	Callees    []UserID `json:"CalleeList_Account"`
	RoomID     RoomID   `json:"RoomId"`
	RoomIDType int      `json:"RoomIdType"`
	Record     Record
}

// StartCallback tells that the call was made.
func (c *Call) StartCallback() Callback {
	return c.callback(CallbackStartCall, c.CreatedAt, callbackBody{CallInfo: c.info(), UserList: c.Statuses()})
}

// MemberCallback tells who is how in the call since a moment.
func (c *Call) MemberCallback(at Millis) Callback {
	return c.callback(CallbackMemberChanged, at, callbackBody{CallInfo: c.info(), UserList: c.Statuses()})
}

// EndCallback tells that the call is over. Only for an ended call.
func (c *Call) EndCallback() Callback {
	record := &callRecord{
		CallID: c.CallID, Caller: c.Inviter, MediaType: c.Type.title(), CallType: "SingleCall",
		StartTime: c.CreatedAt.seconds(), EndTime: c.EndedAt.seconds(), AcceptTime: c.StartedAt.seconds(),
		CallResult: c.Result.callback(), Callees: []UserID{}, RoomID: c.RoomID, RoomIDType: c.RoomID.kind(), Record: c.Record(),
	}
	for _, p := range c.People {
		if p.UserID != c.Inviter {
			record.Callees = append(record.Callees, p.UserID)
		}
	}
	if c.GroupID != "" || len(c.People) > 2 {
		record.CallType = "MultiCall"
	}
	return c.callback(CallbackEndCall, c.EndedAt, callbackBody{CallRecord: record})
}

func (c *Call) callback(event string, at Millis, body callbackBody) Callback {
	body.CallbackCommand, body.EventTime = event, at
	return Callback{Event: event, CallID: c.CallID, RoomID: c.RoomID, GroupID: c.GroupID, At: at, Body: encode(body)}
}

func (c *Call) info() *callInfo {
	return &callInfo{
		CallID: c.CallID, CallMediaType: c.Type.title(), ChatGroupID: c.GroupID,
		RoomID: c.RoomID, RoomIDType: c.RoomID.kind(),
	}
}

// Statuses is how each participant stands to the call: Calling takes part or
// wants to, Waiting is asked, Left was there and is not; the rest are answers.
func (c *Call) Statuses() []UserStatus {
	list := make([]UserStatus, len(c.People))
	for i, p := range c.People {
		list[i] = UserStatus{UserID: p.UserID, Status: p.status(), InRoom: p.in()}
	}
	return list
}

func (p *Person) status() string {
	switch p.State {
	case ParticipantPending:
		return "Waiting"
	case ParticipantRejected:
		return "Reject"
	case ParticipantBusy:
		return "CallBusy"
	case ParticipantCancelled:
		return "Cancel"
	case ParticipantTimedOut:
		return "NotAnswer"
	case ParticipantCaller, ParticipantAccepted:
	}
	if len(p.Intervals) > 0 && !p.in() && !p.expected() {
		return "Left"
	}
	return "Calling"
}

// title is the media type as callbacks write it.
func (m Media) title() string {
	if m == MediaVideo {
		return "Video"
	}
	return "Audio"
}

// callback is the result in TUICallKit's words, which are fewer.
func (r Result) callback() string {
	switch r {
	case ResultAnswered:
		return "NormalEnd"
	case ResultDeclined:
		return "Reject"
	case ResultBusy:
		return "CallBusy"
	case ResultNoAnswer, ResultUnreachable:
		return "NotAnswer"
	case ResultCancelled:
		return "Cancel"
	case ResultNetworkLost:
		return "Offline"
	case ResultMediaFailed, ResultKicked, ResultRoomClosed, ResultServerDrain, ResultServerCrash, ResultAnsweredElsewhere:
	}
	return "Interrupt"
}

// seconds is a moment in Unix seconds, 0 for none.
func (m Millis) seconds() int64 { return int64(m) / 1000 }

// kind is RoomIdType: whether a room id is a number.
func (id RoomID) kind() int {
	if _, ok := id.number(); ok {
		return roomIDInt
	}
	return roomIDString
}

type roomBody struct {
	EventGroupID int    `json:"EventGroupId"`
	EventType    int    // 101 to 104
	CallbackTs   Millis // when the event was written down
	EventInfo    roomInfo
}

type roomInfo struct {
	RoomID    RoomID `json:"RoomId"`
	EventTs   int64  // seconds
	EventMsTs Millis
	UserID    UserID `json:"UserId,omitempty"`
	Reason    *int   `json:",omitempty"`
}

// eventGroupRoom is TRTC's EVENT_GROUP_ROOM.
const eventGroupRoom = 1

// The reasons of TRTC's enter and exit events that occur here.
const (
	enterNormal = 1
	exitNormal  = 1
	exitTimeout = 2
	exitKicked  = 3
)

// RoomCreated tells that the first person is in a room.
func RoomCreated(room RoomID, by UserID, at Millis) Callback {
	return roomCallback(CallbackCreateRoom, 101, at, roomInfo{RoomID: room, UserID: by})
}

// RoomDismissed tells that nobody is in a room any more.
func RoomDismissed(room RoomID, at Millis) Callback {
	return roomCallback(CallbackDismissRoom, 102, at, roomInfo{RoomID: room})
}

// RoomEntered tells that a user's media transport is up in a room.
func RoomEntered(room RoomID, user UserID, at Millis) Callback {
	reason := enterNormal
	return roomCallback(CallbackEnterRoom, 103, at, roomInfo{RoomID: room, UserID: user, Reason: &reason})
}

// RoomExited tells that a user is in a room no more.
func RoomExited(room RoomID, user UserID, why LeaveReason, at Millis) Callback {
	reason := exitNormal
	switch why {
	case LeaveLost, LeaveCrash, LeaveDrain:
		reason = exitTimeout
	case LeaveKicked:
		reason = exitKicked
	case LeaveNormal, LeaveAudience:
	}
	return roomCallback(CallbackExitRoom, 104, at, roomInfo{RoomID: room, UserID: user, Reason: &reason})
}

func roomCallback(event string, kind int, at Millis, info roomInfo) Callback {
	info.EventTs, info.EventMsTs = at.seconds(), at
	return Callback{
		Event: event, RoomID: info.RoomID, At: at,
		Body: encode(roomBody{EventGroupID: eventGroupRoom, EventType: kind, CallbackTs: at, EventInfo: info}),
	}
}

// encode is for structs of strings and numbers, which always encode.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
