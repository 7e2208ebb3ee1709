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

// IssueLink signs the invitation of a meeting link, the same one each time. It
// is good for no longer than the credentials that its maker had when they made it.
func (v *Verifier) IssueLink(link call.MeetingLink) (string, error) {
	if !link.UserID.Valid() || !link.RoomID.Valid() || link.LinkID == "" {
		return "", call.Errorf(call.CodeInvalidParameter, "a meeting link needs an id, a user and a room")
	}
	c := claims{Link: link.RoomID}
	c.ID = string(link.LinkID)
	return v.signAt(c, link.UserID, link.CreatedAt.Time(), link.ExpiresAt.Time())
}

// VerifyLink says which link an invitation is of. Those made before links could
// be revoked one by one have no id. Errors: CodeTokenExpired, CodeTokenInvalid,
// also if the link was revoked.
func (v *Verifier) VerifyLink(invite string) (call.MeetingLink, error) {
	c, err := v.parse(invite, func(c claims) error {
		if !c.Link.Valid() || c.Invite != "" || c.Guest {
			return invalid("this is no invitation of a meeting link")
		}
		return nil
	})
	if err == nil {
		err = v.cfg.Links.Check(call.LinkID(c.ID))
	}
	if err != nil {
		return call.MeetingLink{}, err
	}
	link := call.MeetingLink{
		LinkID: call.LinkID(c.ID), RoomID: c.Link, UserID: call.UserID(c.Subject), ExpiresAt: call.MillisOf(c.ExpiresAt.Time),
	}
	return link, nil
}

// IssueGuest makes somebody up who may enter the room of a link, and do nothing
// else, and signs a token for them, good for ttl (whole seconds).
func (v *Verifier) IssueGuest(name string, link call.MeetingLink, ttl time.Duration) (call.UserID, string, error) {
	if !link.RoomID.Valid() {
		return "", "", call.Errorf(call.CodeInvalidParameter, "a guest needs a room")
	}
	var random [10]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	user := call.UserID(guestPrefix + hex.EncodeToString(random[:]))
	token, err := v.sign(claims{Name: name, Room: rooms{link.RoomID}, Guest: true, By: link.LinkID}, user, ttl)
	return user, token, err
}

// checkGuest refuses what IssueGuest would not have signed.
func (c claims) checkGuest() error {
	if c.Guest && (c.Admin || len(c.Room) != 1 || !strings.HasPrefix(c.Subject, guestPrefix)) {
		return invalid("a guest's token names one room, a user id that begins with %s, and no operator", guestPrefix)
	}
	return nil
}
