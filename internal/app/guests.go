package app

import (
	"net/http"
	"strings"
	"time"
	"unicode"

	"callsvc/call"
	"callsvc/signaling/wire"
	"callsvc/web/api"
)

const (
	// guestTTL is how long a guest may stay: the longest meeting.
	guestTTL = 12 * time.Hour
	// maxGuestNameBytes bounds the name a guest gives.
	maxGuestNameBytes = 200
)

// mayAsGuest is all a guest may ask for. Each of these is about a room, and a
// guest gets into no other than that of the link they came by (see
// conductor.MayEnter). Whatever is added to the table of requests is refused
// them until it is added here.
func mayAsGuest(req wire.Request) bool {
	switch req.(type) {
	case *wire.EnterRoom, *wire.OfferRoom, *wire.ExitRoom, *wire.SetPublishing, *wire.SetViews, *wire.SwitchRole, *wire.SetRole,
		*wire.SetRoomInfo, *wire.SetHost, *wire.MuteUser, *wire.MuteAll, *wire.AskToUnmute, *wire.KickUser, *wire.Admit,
		*wire.DismissRoom,
		*wire.RaiseHand, *wire.LowerHand, *wire.SendReaction, *wire.SendRoomMessage, *wire.ListRoomMessages,
		*wire.SessionTime, *wire.GetICEServers, *wire.Logout:
		return true
	}
	return false
}

func errGuest() error {
	return call.Errorf(call.CodeGroupPermission, "you are a guest: you may take part in the meeting you were invited to, and nothing else; sign in for more")
}

// Receive implements api.Meetings: it makes whoever has a meeting link a guest
// of its room. Errors: CodeInvalidParameter, CodeRateLimited, and those of the
// link.
func (a *App) Receive(r *http.Request, invite, name string) (guest api.Guest, err error) {
	if from := a.limits.addresses.Of(r); from.IsValid() {
		if wait := a.limits.guests.Take(from, 1, time.Now()); wait > 0 {
			return guest, call.Errorf(call.CodeRateLimited, "too many guests come from this address: wait").After(wait)
		}
	}
	name = strings.TrimSpace(name)
	if name == "" || len(name) > maxGuestNameBytes || strings.ContainsFunc(name, unicode.IsControl) {
		return guest, call.Errorf(call.CodeInvalidParameter, "name: give the name others shall see, at most %d bytes without control characters", maxGuestNameBytes)
	}
	link, err := a.verifier.VerifyLink(invite)
	if err != nil {
		return guest, err
	}
	user, token, err := a.verifier.IssueGuest(name, link, guestTTL)
	return api.Guest{Token: token, UserID: user, RoomID: link.RoomID}, err
}
