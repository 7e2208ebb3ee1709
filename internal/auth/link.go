package auth

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"callsvc/call"
)

// guestPrefix begins the user id of every guest.
const guestPrefix = "guest-"

// IssueLink signs the invitation of a meeting link: it says that a user lets
// whoever is shown it into that room, for ttl (whole seconds). It is good for no
// longer than the user's own credentials of that second are.
func (v *Verifier) IssueLink(by call.UserID, room call.RoomID, ttl time.Duration) (string, error) {
	if !by.Valid() || !room.Valid() {
		return "", call.Errorf(call.CodeInvalidParameter, "a meeting link needs a user and a room")
	}
	return v.sign(claims{Link: room}, by, ttl)
}

// VerifyLink says which room the invitation of a meeting link opens, and until
// when. Errors: CodeTokenExpired, CodeTokenInvalid.
func (v *Verifier) VerifyLink(link string) (room call.RoomID, expires time.Time, err error) {
	c, err := v.parse(link, func(c claims) error {
		if !c.Link.Valid() || c.Invite != "" || c.Guest {
			return invalid("this is no invitation of a meeting link")
		}
		return nil
	})
	if err != nil {
		return "", time.Time{}, err
	}
	return c.Link, c.ExpiresAt.Time, nil
}

// IssueGuest makes somebody up who may enter that one room, and do nothing
// else, and signs a token for them, good for ttl (whole seconds).
func (v *Verifier) IssueGuest(name string, room call.RoomID, ttl time.Duration) (call.UserID, string, error) {
	if !room.Valid() {
		return "", "", call.Errorf(call.CodeInvalidParameter, "a guest needs a room")
	}
	var random [10]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	user := call.UserID(guestPrefix + hex.EncodeToString(random[:]))
	token, err := v.sign(claims{Name: name, Room: rooms{room}, Guest: true}, user, ttl)
	return user, token, err
}

// checkGuest refuses what IssueGuest would not have signed.
func (c claims) checkGuest() error {
	if c.Guest && (c.Admin || len(c.Room) != 1 || !strings.HasPrefix(c.Subject, guestPrefix)) {
		return invalid("a guest's token names one room, a user id that begins with %s, and no operator", guestPrefix)
	}
	return nil
}
