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
	if who.Guest && !mayAsGuest(req) {
		return nil, errGuest()
	}
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
	case *wire.EnterRoom:
		return a.enterRoom(ctx, who, r)
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
	return a.meeting(ctx, who, req)
}

// meeting serves the host tools of a room, hands, its chat and links into it.
func (a *App) meeting(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.SetRoomInfo:
		return a.rooms.SetInfo(ctx, who, r)
	case *wire.SetHost:
		return a.rooms.SetHost(ctx, who, r)
	case *wire.MuteUser:
		return a.rooms.MuteUser(ctx, who, r)
	case *wire.MuteAll:
		return a.rooms.MuteAll(ctx, who, r)
	case *wire.AskToUnmute:
		return a.rooms.AskToUnmute(ctx, who, r)
	case *wire.KickUser:
		return a.rooms.Kick(ctx, who, r)
	case *wire.Admit:
		return a.rooms.Admit(ctx, who, r)
	case *wire.DismissRoom:
		return a.rooms.Dismiss(ctx, who, r)
	case *wire.RaiseHand:
		return a.rooms.RaiseHand(ctx, who, r)
	case *wire.LowerHand:
		return a.rooms.LowerHand(ctx, who, r)
	case *wire.SendReaction:
		return a.rooms.SendReaction(ctx, who, r)
	case *wire.SendRoomMessage:
		return a.rooms.SendMessage(ctx, who, r)
	case *wire.ListRoomMessages:
		return a.rooms.ListMessages(ctx, who, r)
	case *wire.CreateLink:
		return a.CreateLink(ctx, who, r)
	case *wire.ListLinks:
		return a.ListLinks(ctx, who, r)
	case *wire.RevokeLink:
		return a.RevokeLink(ctx, who, r)
	case *wire.OpenLink:
		return a.openLink(r)
	case *wire.FetchRoomInfo:
		return a.fetchRoomInfo(ctx, who, r)
	}
	return a.messaging(ctx, who, req)
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
