package app

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode"

	"callsvc/call"
	"callsvc/signaling/wire"
	"callsvc/web/api"
)

const (
	// How long a meeting link is good for.
	defaultLinkTTL = 24 * time.Hour
	minLinkTTL     = time.Minute
	maxLinkTTL     = 30 * 24 * time.Hour
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
		*wire.RaiseHand, *wire.LowerHand, *wire.SendRoomMessage, *wire.ListRoomMessages,
		*wire.SessionTime, *wire.Logout:
		return true
	}
	return false
}

func errGuest() error {
	return call.Errorf(call.CodeGroupPermission, "you are a guest: you may take part in the meeting you were invited to, and nothing else; sign in for more")
}

// createLink makes a meeting link for who may.
func (a *App) createLink(ctx context.Context, who call.Caller, r *wire.CreateLink) (res wire.CreateLinkResult, err error) {
	ttl := defaultLinkTTL
	if r.TTL != nil {
		ttl = time.Duration(min(max(*r.TTL, -1), int(maxLinkTTL/time.Second)+1)) * time.Second
	}
	if ttl < minLinkTTL || ttl > maxLinkTTL {
		return res, call.Errorf(call.CodeInvalidParameter, "ttl: %d is not between %d and %d seconds", *r.TTL, minLinkTTL/time.Second, maxLinkTTL/time.Second)
	}
	if err := a.rooms.MayInvite(ctx, who, r.RoomID); err != nil {
		return res, err
	}
	if res.Invite, err = a.verifier.IssueLink(who.UserID, r.RoomID, ttl); err != nil {
		return res, err
	}
	_, expires, err := a.verifier.VerifyLink(res.Invite)
	res.ExpiresAt = call.MillisOf(expires)
	return res, err
}

// openLink says where a meeting link leads.
func (a *App) openLink(r *wire.OpenLink) (wire.OpenLinkResult, error) {
	room, expires, err := a.verifier.VerifyLink(r.Invite)
	if err != nil {
		return wire.OpenLinkResult{}, err
	}
	return wire.OpenLinkResult{RoomID: room, ExpiresAt: call.MillisOf(expires)}, nil
}

// enterRoom goes into a room, by a meeting link if the request has one.
func (a *App) enterRoom(ctx context.Context, who call.Caller, r *wire.EnterRoom) (any, error) {
	if r.Invite != "" {
		room, _, err := a.verifier.VerifyLink(r.Invite)
		if err != nil {
			return nil, err
		}
		who.Link = room
	}
	return a.rooms.Enter(ctx, who, r)
}

// CreateLink implements api.Meetings.
func (a *App) CreateLink(ctx context.Context, who call.Caller, r *wire.CreateLink) (wire.CreateLinkResult, error) {
	return a.createLink(ctx, who, r)
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
	room, _, err := a.verifier.VerifyLink(invite)
	if err != nil {
		return guest, err
	}
	user, token, err := a.verifier.IssueGuest(name, room, guestTTL)
	return api.Guest{Token: token, UserID: user, RoomID: room}, err
}
