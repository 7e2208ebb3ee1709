package auth

import (
	"net/http"
	"time"

	"callsvc/call"
)

// IssueAnswer signs an answer token: by it the user can answer that invitation,
// for ttl (whole seconds, rounded up).
func (v *Verifier) IssueAnswer(user call.UserID, id call.InviteID, ttl time.Duration) (string, error) {
	if !user.Valid() || id == "" {
		return "", call.Errorf(call.CodeInvalidParameter, "an answer token needs a user and an invitation")
	}
	return v.sign(claims{Invite: id}, user, (ttl + time.Second - 1).Truncate(time.Second))
}

// AuthenticateAnswer says who may answer that invitation with the request's
// answer token ("Authorization: Bearer TOKEN"). It fails as Authenticate does;
// a token of another kind, or for another invitation, is invalid.
func (v *Verifier) AuthenticateAnswer(r *http.Request, id call.InviteID) (call.Caller, error) {
	token, err := bearer(r.Header.Get("Authorization"))
	if err != nil {
		return call.Caller{}, err
	}
	c, err := v.parse(token, func(c claims) error {
		if c.Invite == "" || c.Invite != id || c.Link != "" || c.Guest {
			return invalid("this is no answer token of that invitation")
		}
		return nil
	})
	if err != nil {
		return call.Caller{}, err
	}
	return call.Caller{UserID: call.UserID(c.Subject)}, nil
}
