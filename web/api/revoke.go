package api

import (
	"context"
	"net/http"

	"callsvc/call"
)

// A Revoker takes credentials back. Implemented by app.App.
type Revoker interface {
	// Revoke ends every session of a user and refuses their credentials issued
	// before a moment; 0 is now.
	Revoke(ctx context.Context, who call.Caller, user call.UserID, at call.Millis) (call.Revocation, error)
}

// revocation answers a request to revoke.
type revocation struct {
	UserID call.UserID `json:"userID"`
	At     call.Millis `json:"at"`
}

func (a *api) revoke(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		At call.Millis `json:"at"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	done, err := a.Credentials.Revoke(r.Context(), caller, userOf(r), asked.At)
	return revocation{UserID: done.UserID, At: done.At}, err
}
