package session

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Handler does what a request asks for.
type Handler interface {
	// Handle returns the result to send. An error that is no *call.Error is
	// logged here and told to the client as internal. who.RequestID is set for
	// requests to be remembered. ctx ends with Options.RequestTimeout.
	Handle(ctx context.Context, who call.Caller, req wire.Request) (result any, err error)
}

// Observer learns what becomes of sessions, of one session in order and never
// two at once. Its methods may call the Hub.
type Observer interface {
	// SessionOpened announces a new session. Events addressed to its user reach
	// it only after ready was called, from whatever goroutine, with the events
	// that come first. Only the first call of ready counts.
	SessionOpened(who call.Caller, ready func(first []wire.Event))
	// SessionDetached: the socket is gone, the session waits to be resumed.
	SessionDetached(who call.Caller, at call.Millis)
	// SessionResumed: a detached session has a socket again.
	SessionResumed(who call.Caller, at call.Millis)
	// SessionEnded: it will not come back, and all its requests are finished.
	// kicked says that the server ended it: its credential was revoked or expired.
	SessionEnded(who call.Caller, at call.Millis, kicked bool)
}

// Memory knows the answers that were committed, before the server restarted too.
// It is asked before every request that has a requestID.
type Memory interface {
	// Remembered returns the result of the user's request of that requestID,
	// and whether there is one.
	Remembered(ctx context.Context, user call.UserID, requestID string) (json.RawMessage, bool, error)
}

// Authenticator says who makes a request and when that credential expires
// (the zero time: never). Its errors are told to the client with status 401.
type Authenticator interface {
	Identify(r *http.Request) (who call.Caller, expires time.Time, err error)
}
