package auth

import (
	"time"

	"callsvc/call"
)

// IssueTicket signs that a user is in a room, which is good for ttl (whole
// seconds).
func (v *Verifier) IssueTicket(user call.UserID, room call.RoomID, ttl time.Duration) (string, error) {
	if !user.Valid() || !room.Valid() {
		return "", call.Errorf(call.CodeInvalidParameter, "a ticket needs a user and a room")
	}
	return v.sign(claims{Back: room}, user, ttl)
}

// VerifyTicket says whether a user was in a room at some moment before, by the
// ticket they got then. Errors: CodeTokenExpired, CodeTokenInvalid.
func (v *Verifier) VerifyTicket(ticket string, user call.UserID, room call.RoomID, before time.Time) error {
	_, err := v.parse(ticket, func(c claims) error {
		switch {
		case c.Back != room || room == "" || c.Subject != string(user) || c.Link != "" || c.Invite != "" || c.Guest:
			return invalid("this is no ticket of that user for that room")
		case c.IssuedAt == nil || c.IssuedAt.After(before):
			return invalid("the ticket is of a later moment")
		}
		return nil
	})
	return err
}
