package calllog

import (
	"callsvc/call"
)

// MaxLimit is the largest page.
const MaxLimit = 500

// Query is what a client asks for, as it came: every member is checked before
// it is used. Zero members do not filter.
type Query struct {
	With      string // a user who took part too
	GroupID   string
	Result    string // one of call.Result
	Direction string // "incoming" or "outgoing", as seen by who asks
	Missed    bool   // asked and never answered; with All, by anybody
	Type      string // "audio" or "video"
	From, To  int64  // created in [From, To), Unix milliseconds
	Cursor    string // of the page before
	Limit     int    // records a page, at most MaxLimit; 0 is the store's default
	All       bool   // everyone's calls, for operators
}

// check refuses what makes no sense or is not allowed, and says what caller may see.
func (q Query) check(caller call.Caller) (call.HistoryQuery, error) {
	for _, wrong := range []error{q.checkCaller(caller), q.checkNames(), q.checkNumbers()} {
		if wrong != nil {
			return call.HistoryQuery{}, wrong
		}
	}
	asked := call.HistoryQuery{
		Of: caller.UserID, With: call.UserID(q.With), GroupID: call.GroupID(q.GroupID), Result: call.Result(q.Result),
		Direction: call.Direction(q.Direction), Missed: q.Missed, Type: call.Media(q.Type),
		From: call.Millis(q.From), To: call.Millis(q.To), Cursor: q.Cursor, Limit: q.Limit,
	}
	if q.All {
		asked.Of = ""
	}
	return asked, nil
}

// checkCaller keeps an empty user id from meaning everyone.
func (q Query) checkCaller(caller call.Caller) error {
	if q.All && !caller.Admin {
		return call.Errorf(call.CodeGroupPermission, "all is for operators; leave it out for your own calls, or use an operator's token")
	}
	if !q.All && !caller.UserID.Valid() {
		return notLoggedIn()
	}
	return nil
}

func notLoggedIn() error {
	return call.Errorf(call.CodeNotLoggedIn, "this needs a user; sign in with a token that names one")
}

func (q Query) checkNames() error {
	switch {
	case q.With != "" && !call.UserID(q.With).Valid():
		return invalid("with must be a user id: 1 to 32 characters of A-Z, a-z, 0-9, _ and -")
	case q.GroupID != "" && !call.GroupID(q.GroupID).Valid():
		return invalid("groupID must be a group id: 1 to 48 characters of A-Z, a-z, 0-9 and _.:@#-")
	case q.Result != "" && !call.Result(q.Result).Valid():
		return invalid("result must be how a call can end, such as answered, declined, busy, noAnswer, cancelled")
	case q.Type != "" && q.Type != string(call.MediaAudio) && q.Type != string(call.MediaVideo):
		return invalid("type must be audio or video")
	case q.Direction != "" && q.Direction != string(call.Incoming) && q.Direction != string(call.Outgoing):
		return invalid("direction must be incoming or outgoing")
	case q.Direction != "" && q.All:
		return invalid("direction is as seen by one user: leave out either direction or all")
	}
	return nil
}

func (q Query) checkNumbers() error {
	switch {
	case q.From < 0:
		return invalid("from must be Unix milliseconds, 0 or more")
	case q.To < 0:
		return invalid("to must be Unix milliseconds, 0 or more")
	case q.To != 0 && q.From >= q.To:
		return invalid("from must be before to")
	case q.Limit < 0 || q.Limit > MaxLimit:
		return invalid("limit must be 1 to %d, or 0 for the default", MaxLimit)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return call.Errorf(call.CodeInvalidParameter, format, args...)
}
