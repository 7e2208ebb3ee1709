package app

import (
	"context"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/signaling/wire"
)

// Handle sends a request to the part it is for (session.Handler). The switches
// are exhaustive over wire.Request; a test holds them to wire.Methods.
func (a *App) Handle(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.Invite:
		return a.signaling.Invite(ctx, who, r)
	case *wire.InviteInGroup:
		return a.signaling.InviteInGroup(ctx, who, r)
	case *wire.Cancel:
		return a.signaling.Cancel(ctx, who, r)
	case *wire.Accept:
		return a.signaling.Accept(ctx, who, r)
	case *wire.Reject:
		return a.signaling.Reject(ctx, who, r)
	case *wire.ModifyInvitation:
		return a.signaling.Modify(ctx, who, r)
	case *wire.GetSignalingInfo:
		return a.signaling.Info(ctx, who, r)
	case *wire.EnterRoom, *wire.OfferRoom, *wire.ExitRoom, *wire.SetPublishing, *wire.SetViews, *wire.SwitchRole, *wire.SetRole:
		return a.room(ctx, who, req)
	case *wire.QueryHistory:
		return a.queryHistory(ctx, who, r)
	case *wire.ListOnline, *wire.SubscribeStatus:
		return a.status(who, req)
	case *wire.GetPushKey:
		return a.push.Key(), nil
	case *wire.SubscribePush:
		return a.push.Subscribe(ctx, who, r)
	case *wire.UnsubscribePush:
		return a.push.Unsubscribe(ctx, who, r)
	case *wire.Logout:
		a.hub.EndSession(who.SessionID)
		return wire.Empty{}, nil
	case *wire.SessionTime:
		return wire.SessionTimeResult{ServerAt: call.MillisOf(time.Now())}, nil
	case *wire.GetICEServers:
		return a.iceServers(who.UserID), nil
	}
	return a.messaging(ctx, who, req)
}

func (a *App) room(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.EnterRoom:
		return a.rooms.Enter(ctx, who, r)
	case *wire.OfferRoom:
		return a.rooms.Offer(ctx, who, r)
	case *wire.ExitRoom:
		return a.rooms.Exit(ctx, who, r)
	case *wire.SetPublishing:
		return a.rooms.SetPublishing(ctx, who, r)
	case *wire.SetViews:
		return a.rooms.SetViews(ctx, who, r)
	case *wire.SwitchRole:
		return a.rooms.SwitchRole(ctx, who, r)
	case *wire.SetRole:
		return a.rooms.SetRole(ctx, who, r)
	}
	return nil, call.Errorf(wire.CodeMethodUnknown, "this method is not served here")
}

func (a *App) queryHistory(ctx context.Context, who call.Caller, r *wire.QueryHistory) (any, error) {
	page, err := a.history.Query(ctx, who, calllog.Query{
		With: r.With, GroupID: r.GroupID, Result: r.Result, Direction: r.Direction, Missed: r.Missed, Type: r.Type,
		From: r.From, To: r.To, Cursor: r.Cursor, Limit: r.Limit, All: r.All,
	})
	if err != nil {
		return nil, err
	}
	return wire.QueryHistoryResult{Calls: page.Calls, Cursor: page.Cursor}, nil
}

func (a *App) status(who call.Caller, req wire.Request) (any, error) {
	if a.cfg.Directory != "all" {
		return nil, call.Errorf(call.CodeGroupPermission, "this server does not say who is online; its operator can allow it with --directory=all")
	}
	if _, ok := req.(*wire.SubscribeStatus); ok {
		a.hub.WatchStatus(who.SessionID)
		return wire.Empty{}, nil
	}
	users := slices.DeleteFunc(a.hub.OnlineUsers(), func(u wire.UserStatus) bool { return u.UserID == who.UserID })
	return wire.ListOnlineResult{Users: users}, nil
}
