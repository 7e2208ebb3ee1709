package app

import (
	"context"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// messaging sends requests about messages and groups to where they belong.
func (a *App) messaging(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.SendMessage:
		return a.im.Send(ctx, who, r)
	case *wire.ListMessages:
		return a.im.ListMessages(ctx, who, r)
	case *wire.ListConversations:
		return a.im.ListConversations(ctx, who, r)
	case *wire.MarkRead:
		return a.im.MarkRead(ctx, who, r)
	case *wire.CreateGroup:
		return a.im.Create(ctx, who, r)
	case *wire.JoinGroup:
		return a.im.Join(ctx, who, r)
	case *wire.QuitGroup:
		return a.im.Quit(ctx, who, r)
	case *wire.InviteToGroup:
		return a.im.Invite(ctx, who, r)
	case *wire.KickFromGroup:
		return a.im.Kick(ctx, who, r)
	case *wire.DismissGroup:
		return a.im.Dismiss(ctx, who, r)
	case *wire.ListMembers:
		return a.im.ListMembers(ctx, who, r)
	case *wire.ListGroups:
		return a.im.List(ctx, who)
	case *wire.SetMemberRole:
		return a.im.SetRole(ctx, who, r)
	case *wire.TransferGroup:
		return a.im.Transfer(ctx, who, r)
	case *wire.MuteMember:
		return a.im.Mute(ctx, who, r)
	case *wire.ListApplications:
		return a.im.Applications(ctx, who)
	case *wire.AcceptApplication:
		return a.im.AcceptApplication(ctx, who, r)
	case *wire.RefuseApplication:
		return a.im.RefuseApplication(ctx, who, r)
	case *wire.GetGroupInfo:
		return a.im.Info(ctx, who, r)
	case *wire.SetGroupInfo:
		return a.im.SetInfo(ctx, who, r)
	case *wire.GetGroupAttributes:
		return a.im.Attributes(ctx, who, r)
	case *wire.SetGroupAttributes:
		return a.im.SetAttributes(ctx, who, r)
	case *wire.DeleteGroupAttributes:
		return a.im.DeleteAttributes(ctx, who, r)
	}
	return a.aboutUsers(ctx, who, req)
}
