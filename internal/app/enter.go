package app

import (
	"context"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

const (
	// ticketTTL is how long somebody in a room may come back to it should the
	// server restart: the longest meeting.
	ticketTTL = guestTTL
	// ticketGrace is how long after the start: clients come back within half of it.
	ticketGrace = time.Minute
)

// enterRoom goes into a room, by a meeting link if the request has one.
func (a *App) enterRoom(ctx context.Context, who call.Caller, r *wire.EnterRoom) (any, error) {
	who, err := a.byLink(who, r.Invite)
	if err != nil {
		return nil, err
	}
	if err := a.mayComeBack(who, r.RoomID); err != nil {
		return nil, err
	}
	if a.givesBack(who, r) {
		who.Rooms = append(slices.Clone(who.Rooms), r.RoomID)
	}
	res, err := a.rooms.Enter(ctx, who, r)
	if err != nil || res.Waiting {
		return res, err
	}
	res.Ticket, err = a.verifier.IssueTicket(who.UserID, r.RoomID, ticketTTL)
	return res, err
}

// byLink is the caller with the right that an invitation gives; none gives none.
func (a *App) byLink(who call.Caller, invite string) (call.Caller, error) {
	if invite == "" {
		return who, nil
	}
	link, err := a.verifier.VerifyLink(invite)
	if err != nil {
		return who, err
	}
	if !who.Guest {
		who.Link = link.RoomID // a guest goes into no room but their own
	}
	if !who.Guest || slices.Contains(who.Rooms, link.RoomID) {
		who.LinkID = link.LinkID
	}
	return who, nil
}

// fetchRoomInfo looks at a room from outside, with the right of a meeting link
// if the request has one.
func (a *App) fetchRoomInfo(ctx context.Context, who call.Caller, r *wire.FetchRoomInfo) (any, error) {
	who, err := a.byLink(who, r.Invite)
	if err != nil {
		return nil, err
	}
	return a.rooms.FetchInfo(ctx, who, r.RoomID)
}

// givesBack reports whether a ticket opens the room again: it was issued before
// the server started, which was a moment ago. At other times it is nothing.
func (a *App) givesBack(who call.Caller, r *wire.EnterRoom) bool {
	return r.Ticket != "" && time.Since(a.startedAt) < ticketGrace &&
		a.verifier.VerifyTicket(r.Ticket, who.UserID, r.RoomID, a.startedAt) == nil
}

// mayComeBack refuses a guest who came by a link that was revoked since, unless
// they are in the room still: their token may be good for hours.
func (a *App) mayComeBack(who call.Caller, room call.RoomID) error {
	if !who.Guest || a.links.Check(who.LinkID) == nil {
		return nil
	}
	if _, inside := a.rooms.Belongs(room, who.UserID); inside {
		return nil
	}
	return call.Errorf(call.CodeRoomForbidden, "the meeting link you came by was taken back: ask for another")
}
