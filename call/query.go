package call

// HistoryQuery filters records. Zero members do not filter.
type HistoryQuery struct {
	Of        UserID // only calls this user took part in; empty = everyone's (operators)
	With      UserID // and that this user took part in too
	GroupID   GroupID
	Result    Result
	Direction Direction // as seen by Of
	Missed    bool      // incoming to Of and never answered by them
	Type      Media
	From, To  Millis // CreatedAt in [From, To)
	Cursor    string // where the page before ended; opaque
	Limit     int
}

// Direction is a call's direction as seen by one of its participants.
type Direction string

// The directions.
const (
	Incoming Direction = "incoming"
	Outgoing Direction = "outgoing"
)
