package calllog

import (
	"context"
	"iter"
	"regexp"
	"slices"

	"callsvc/call"
)

// A Store finds calls. Its History and HistoryAll take queries that were
// checked here and answer with ended calls, newest first.
type Store interface {
	// History returns one page and the cursor of the next, empty after the
	// last. A broken cursor is CodeInvalidParameter.
	History(context.Context, call.HistoryQuery) (records []call.Record, cursor string, err error)
	// HistoryAll streams everything that is asked for, in constant memory.
	HistoryAll(context.Context, call.HistoryQuery) iter.Seq2[call.Record, error]
	// Call returns a call, open or ended, nil if there is none of that id.
	Call(context.Context, call.ID) (*call.Call, error)
}

// Log answers questions about past calls. Its methods may be called from any
// goroutine.
type Log struct{ store Store }

// New makes a Log that reads from store.
func New(store Store) *Log { return &Log{store} }

// A Page is part of a history.
type Page struct {
	Calls  []call.Record `json:"calls"`
	Cursor string        `json:"cursor"` // for the next page; empty after the last
}

// Query returns one page of ended calls, newest first. Errors:
// CodeInvalidParameter naming the member of q that is wrong,
// CodeGroupPermission for who asks for everyone's calls and is no operator.
func (l *Log) Query(ctx context.Context, caller call.Caller, q Query) (Page, error) {
	asked, err := q.check(caller)
	if err != nil {
		return Page{}, err
	}
	records, cursor, err := l.store.History(ctx, asked)
	if err != nil {
		return Page{}, err
	}
	if records == nil {
		records = []call.Record{} // in JSON an empty list, not null
	}
	return Page{Calls: records, Cursor: cursor}, nil
}

// Export returns everything that q asks for, newest first, as a stream. Errors
// are those of Query; what goes wrong while reading is in the stream. A limit
// of 0 is no limit.
func (l *Log) Export(ctx context.Context, caller call.Caller, q Query) (iter.Seq2[call.Record, error], error) {
	asked, err := q.check(caller)
	if err != nil {
		return nil, err
	}
	return l.store.HistoryAll(ctx, asked), nil
}

var callIDPattern = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// Get returns what a call amounts to: final once it has ended, until then as
// it stands, without result and end. To who took no part in it and is no
// operator it does not exist: CodeCallUnknown.
func (l *Log) Get(ctx context.Context, caller call.Caller, id call.ID) (call.Record, error) {
	if !caller.UserID.Valid() && !caller.Admin {
		return call.Record{}, notLoggedIn()
	}
	unknown := call.Errorf(call.CodeCallUnknown, "there is no call of that id, or you took no part in it; take the id from your history")
	if !callIDPattern.MatchString(string(id)) {
		return call.Record{}, unknown
	}
	c, err := l.store.Call(ctx, id)
	if err != nil {
		return call.Record{}, err
	}
	if c == nil || !caller.Admin && !slices.Contains(c.UserIDs(), caller.UserID) {
		return call.Record{}, unknown
	}
	return c.Record(), nil
}
