package app

import (
	"context"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/signaling/wire"
)

// dispatcher sends each request to the part it is for.
type dispatcher App

// Handle implements session.Handler. The switch is exhaustive over
// wire.Request; a test holds it to wire.Methods.
func (d *dispatcher) Handle(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.Invite:
		return d.signaling.Invite(ctx, who, r)
	case *wire.Cancel:
		return d.signaling.Cancel(ctx, who, r)
	case *wire.Accept:
		return d.signaling.Accept(ctx, who, r)
	case *wire.Reject:
		return d.signaling.Reject(ctx, who, r)
	case *wire.ModifyInvitation:
		return d.signaling.Modify(ctx, who, r)
	case *wire.GetSignalingInfo:
		return d.signaling.Info(ctx, who, r)
	case *wire.EnterRoom, *wire.OfferRoom, *wire.ExitRoom, *wire.SetPublishing, *wire.SetViews, *wire.SwitchRole, *wire.SetRole:
		return d.room(ctx, who, req)
	case *wire.QueryHistory:
		return d.queryHistory(ctx, who, r)
	case *wire.ListOnline, *wire.SubscribeStatus:
		return d.status(who, req)
	case *wire.Logout:
		d.hub.EndSession(who.SessionID)
		return wire.Empty{}, nil
	case *wire.SessionTime:
		return wire.SessionTimeResult{ServerAt: call.MillisOf(time.Now())}, nil
	}
	return nil, call.Errorf(wire.CodeMethodUnknown, "this method is not served here")
}

func (d *dispatcher) room(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.EnterRoom:
		return d.rooms.Enter(ctx, who, r)
	case *wire.OfferRoom:
		return d.rooms.Offer(ctx, who, r)
	case *wire.ExitRoom:
		return d.rooms.Exit(ctx, who, r)
	case *wire.SetPublishing:
		return d.rooms.SetPublishing(ctx, who, r)
	case *wire.SetViews:
		return d.rooms.SetViews(ctx, who, r)
	case *wire.SwitchRole:
		return d.rooms.SwitchRole(ctx, who, r)
	case *wire.SetRole:
		return d.rooms.SetRole(ctx, who, r)
	}
	return nil, call.Errorf(wire.CodeMethodUnknown, "this method is not served here")
}

func (d *dispatcher) queryHistory(ctx context.Context, who call.Caller, r *wire.QueryHistory) (any, error) {
	page, err := d.history.Query(ctx, who, calllog.Query{
		With: r.With, GroupID: r.GroupID, Result: r.Result, Direction: r.Direction, Missed: r.Missed, Type: r.Type,
		From: r.From, To: r.To, Cursor: r.Cursor, Limit: r.Limit, All: r.All,
	})
	if err != nil {
		return nil, err
	}
	return wire.QueryHistoryResult{Calls: page.Calls, Cursor: page.Cursor}, nil
}

func (d *dispatcher) status(who call.Caller, req wire.Request) (any, error) {
	if d.cfg.Directory != "all" {
		return nil, call.Errorf(call.CodeGroupPermission, "this server does not say who is online; its operator can allow it with --directory=all")
	}
	if _, ok := req.(*wire.SubscribeStatus); ok {
		d.hub.WatchStatus(who.SessionID)
		return wire.Empty{}, nil
	}
	users := slices.DeleteFunc(d.hub.OnlineUsers(), func(u wire.UserStatus) bool { return u.UserID == who.UserID })
	return wire.ListOnlineResult{Users: users}, nil
}
