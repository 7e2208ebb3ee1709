package app

import (
	"context"
	"crypto/rand"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// How long a meeting link is good for.
const (
	defaultLinkTTL = 24 * time.Hour
	minLinkTTL     = time.Minute
	maxLinkTTL     = 30 * 24 * time.Hour
)

// CreateLink makes a meeting link for who may. Errors: CodeInvalidParameter,
// CodeNotInRoom, CodeGroupPermission, CodeRateLimited.
func (a *App) CreateLink(ctx context.Context, who call.Caller, r *wire.CreateLink) (res wire.CreateLinkResult, err error) {
	ttl, err := linkTTL(r.TTL)
	if err != nil {
		return res, err
	}
	if err := a.rooms.MayInvite(ctx, who, r.RoomID); err != nil {
		return res, err
	}
	now := time.Now()
	link := call.MeetingLink{
		LinkID: call.LinkID(rand.Text()), RoomID: r.RoomID, UserID: who.UserID,
		CreatedAt: call.MillisOf(now), ExpiresAt: call.MillisOf(now.Add(ttl).Truncate(time.Second)),
	}
	res = wire.CreateLinkResult{LinkID: link.LinkID, ExpiresAt: link.ExpiresAt}
	if res.Invite, err = a.verifier.IssueLink(link); err != nil {
		return res, err
	}
	err = a.loop.Do(ctx, func(tx *commit.Tx) error {
		if err := a.links.Add(link, !who.Admin); err != nil {
			return err
		}
		tx.Save(call.SaveMeetingLink{Link: link})
		return tx.Remember(who, link.CreatedAt, res)
	})
	return res, err
}

func linkTTL(seconds *int) (time.Duration, error) {
	if seconds == nil {
		return defaultLinkTTL, nil
	}
	ttl := time.Duration(min(max(*seconds, -1), int(maxLinkTTL/time.Second)+1)) * time.Second
	if ttl < minLinkTTL || ttl > maxLinkTTL {
		return 0, call.Errorf(call.CodeInvalidParameter, "ttl: %d is not between %d and %d seconds", *seconds, minLinkTTL/time.Second, maxLinkTTL/time.Second)
	}
	return ttl, nil
}

// ListLinks lists the links into a room that are good: all of them for its
// hosts, for others those they made. Errors: CodeInvalidParameter.
func (a *App) ListLinks(ctx context.Context, who call.Caller, r *wire.ListLinks) (res wire.ListLinksResult, err error) {
	host, err := a.rooms.IsHost(ctx, who, r.RoomID)
	if err != nil {
		return res, err
	}
	res.Links = []wire.Link{}
	for _, link := range a.links.Of(r.RoomID, call.MillisOf(time.Now())) {
		if !host && link.UserID != who.UserID {
			continue
		}
		invite, err := a.verifier.IssueLink(link)
		if err != nil {
			return res, err
		}
		if _, err := a.verifier.VerifyLink(invite); err != nil {
			continue // the credentials of who made it were revoked
		}
		res.Links = append(res.Links, wire.Link{
			LinkID: link.LinkID, Invite: invite, UserID: link.UserID, CreatedAt: link.CreatedAt, ExpiresAt: link.ExpiresAt,
		})
	}
	return res, nil
}

// RevokeLink takes a link back. It may be done again. Errors:
// CodeInvalidParameter where the caller has no such link, CodeGroupPermission for
// who would take people out and is no host.
func (a *App) RevokeLink(ctx context.Context, who call.Caller, r *wire.RevokeLink) (wire.Empty, error) {
	host, err := a.rooms.IsHost(ctx, who, r.RoomID)
	if err != nil {
		return wire.Empty{}, err
	}
	err = a.loop.Do(ctx, func(tx *commit.Tx) error {
		link, known := a.links.Get(r.LinkID)
		switch {
		case !known || link.RoomID != r.RoomID || !host && link.UserID != who.UserID:
			return call.Errorf(call.CodeInvalidParameter, "linkID: you have no such link into room %s", r.RoomID)
		case r.Kick && !host:
			return call.Errorf(call.CodeGroupPermission, "only a host of room %s may take people out of it; ask one of them", r.RoomID)
		}
		tx.Save(call.SaveMeetingLink{Link: a.links.Revoke(link, call.MillisOf(time.Now()))})
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	a.log.Info("meeting link revoked", "room", r.RoomID, "link", r.LinkID, "by", who.UserID)
	return wire.Empty{}, a.rooms.LinkRevoked(ctx, who, r)
}

// openLink says where a meeting link leads.
func (a *App) openLink(r *wire.OpenLink) (wire.OpenLinkResult, error) {
	link, err := a.verifier.VerifyLink(r.Invite)
	if err != nil {
		return wire.OpenLinkResult{}, err
	}
	return wire.OpenLinkResult{RoomID: link.RoomID, ExpiresAt: link.ExpiresAt}, nil
}
