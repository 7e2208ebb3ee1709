package app

import (
	"context"
	"net/http"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// doorman lets into sessions whoever has a good credential, under the name that
// others see of them.
type doorman App

// Identify implements session.Authenticator.
func (d *doorman) Identify(r *http.Request) (who call.Caller, expires time.Time, err error) {
	if who, expires, err = d.guard.Identify(r); err != nil {
		return who, expires, err
	}
	if who.Guest { // is nobody to be remembered
		return who, expires, nil
	}
	who.Name, err = d.users.SignedIn(r.Context(), who)
	return who, expires, err
}

// aboutUsers sends requests about what users have set to where they belong.
func (a *App) aboutUsers(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.GetUsersInfo:
		return a.users.Infos(ctx, r)
	case *wire.SetSelfInfo:
		return a.users.SetSelfInfo(ctx, who, r)
	case *wire.AddToBlackList:
		return a.users.Block(ctx, who, r)
	case *wire.DeleteFromBlackList:
		return a.users.Unblock(ctx, who, r)
	case *wire.GetBlackList:
		return a.users.BlackList(ctx, who)
	case *wire.SetAllReceiveMessageOpt:
		return a.users.SetReceiveOpt(ctx, who, r)
	case *wire.GetAllReceiveMessageOpt:
		return a.users.ReceiveOpt(ctx, who)
	case *wire.GetMissed:
		return a.users.Missed(ctx, who)
	case *wire.MarkMissedSeen:
		return a.users.MarkMissedSeen(ctx, who)
	}
	return nil, call.Errorf(wire.CodeMethodUnknown, "this method is not served here")
}
