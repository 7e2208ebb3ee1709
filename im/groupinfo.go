package im

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// SetRole makes a member an admin, or a plain member again.
func (s *Service) SetRole(ctx context.Context, who call.Caller, p *wire.SetMemberRole) (wire.Empty, error) {
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		changed, err := g.Apply(call.SetMemberRole{By: actorOf(who), User: p.UserID, Role: call.GroupRole(p.Role)})
		if err != nil || len(changed) == 0 {
			return err
		}
		tx.Save(membersOf(g, changed))
		change := changeOf(g, who, changed, at)
		if g.Member(p.UserID).Role == call.GroupAdmin {
			s.tell(tx, g.ids, who.SessionID, wire.GrantAdministrator{GroupChange: change})
		} else {
			s.tell(tx, g.ids, who.SessionID, wire.RevokeAdministrator{GroupChange: change})
		}
		return nil
	})
}

// Transfer makes another member the owner.
func (s *Service) Transfer(ctx context.Context, who call.Caller, p *wire.TransferGroup) (wire.Empty, error) {
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		changed, err := g.Apply(call.TransferGroup{By: actorOf(who), To: p.UserID})
		if err != nil {
			return err
		}
		tx.Save(membersOf(g, changed))
		s.tell(tx, g.ids, who.SessionID, wire.GroupInfoChanged{GroupChange: changeOf(g, who, changed, at), Group: infoOf(g, "")})
		return nil
	})
}

// SetInfo changes what a group shows of itself.
func (s *Service) SetInfo(ctx context.Context, who call.Caller, p *wire.SetGroupInfo) (wire.Empty, error) {
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		profile := call.GroupProfile{
			Name: p.Name, Introduction: p.Introduction, Notification: p.Notification, FaceURL: p.FaceURL,
			JoinOption: p.JoinOption, AllMuted: p.AllMuted,
		}
		muted := g.AllMuted
		if _, err := g.Apply(call.SetGroupProfile{By: actorOf(who), GroupProfile: profile}); err != nil {
			return err
		}
		tx.Save(call.SaveGroup{Group: g.Profile()})
		change := changeOf(g, who, nil, at)
		s.tell(tx, g.ids, who.SessionID, wire.GroupInfoChanged{GroupChange: change, Group: infoOf(g, "")})
		if g.AllMuted != muted {
			s.tell(tx, g.ids, who.SessionID, wire.AllGroupMembersMuted{GroupChange: change, IsMute: g.AllMuted})
		}
		return nil
	})
}

// SetAttributes sets some of a group's attributes.
func (s *Service) SetAttributes(ctx context.Context, who call.Caller, p *wire.SetGroupAttributes) (wire.Empty, error) {
	return s.changeAttributes(ctx, who, p.GroupID, call.SetGroupAttributes{By: actorOf(who), Set: p.Attributes})
}

// DeleteAttributes deletes attributes of a group, all if no key is given.
func (s *Service) DeleteAttributes(ctx context.Context, who call.Caller, p *wire.DeleteGroupAttributes) (wire.Empty, error) {
	return s.changeAttributes(ctx, who, p.GroupID, call.DeleteGroupAttributes{By: actorOf(who), Keys: p.Keys})
}

func (s *Service) changeAttributes(ctx context.Context, who call.Caller, id call.GroupID, ev call.GroupEvent) (wire.Empty, error) {
	return s.decide(ctx, who, id, func(tx *commit.Tx, g *group, at call.Millis) error {
		if err := insiders(g, who); err != nil {
			return err
		}
		if err := s.admitAttributes(g); err != nil {
			return err
		}
		if _, err := g.Apply(ev); err != nil {
			return err
		}
		s.attributesChanged(tx, g, who, at)
		return nil
	})
}

// SetKitInfo tells the members of the call that runs in their group; empty:
// none does. It must be called inside a decision. Of a group that is no more
// there is nothing to tell.
func (s *Service) SetKitInfo(tx *commit.Tx, id call.GroupID, value string) {
	g := s.groups[id]
	if g == nil || g.Attributes[call.KitInfoAttribute] == value {
		return
	}
	if _, err := g.Apply(call.SetKitInfo{Value: value}); err != nil {
		s.log.Error("a group's running call could not be told", "groupID", id, "error", err)
		return
	}
	s.attributesChanged(tx, g, call.Caller{}, now())
}

// attributesChanged stores a group's attributes and tells its members.
func (s *Service) attributesChanged(tx *commit.Tx, g *group, who call.Caller, at call.Millis) {
	profile := g.Profile()
	tx.Save(call.SaveGroup{Group: profile})
	s.tell(tx, g.ids, who.SessionID, wire.GroupAttributeChanged{
		GroupChange: changeOf(g, who, nil, at), Attributes: profile.Attributes,
	})
}

// List says which groups one is in.
func (s *Service) List(ctx context.Context, who call.Caller) (result wire.ListGroupsResult, err error) {
	err = s.loop.Ask(ctx, func() {
		for _, id := range s.groupsOf[who.UserID] {
			result.Groups = append(result.Groups, infoOf(s.groups[id], who.UserID))
		}
	})
	slices.SortFunc(result.Groups, func(a, b wire.GroupInfo) int { return cmp.Compare(a.GroupID, b.GroupID) })
	return result, err
}

// Info tells of a group. A Work group is nobody's business but its members'.
func (s *Service) Info(ctx context.Context, who call.Caller, p *wire.GetGroupInfo) (info wire.GroupInfo, err error) {
	err = s.ask(ctx, p.GroupID, func(g *group) error {
		if g.Type == call.GroupWork {
			if err := insiders(g, who); err != nil {
				return err
			}
		}
		info = infoOf(g, who.UserID)
		return nil
	})
	return info, err
}

// Attributes returns a group's attributes.
func (s *Service) Attributes(ctx context.Context, who call.Caller, p *wire.GetGroupAttributes) (result wire.GetGroupAttributesResult, err error) {
	err = s.ask(ctx, p.GroupID, func(g *group) error {
		result.Attributes = maps.Clone(g.Attributes)
		return insiders(g, who)
	})
	return result, err
}

// ask asks a group something, on the loop.
func (s *Service) ask(ctx context.Context, id call.GroupID, question func(*group) error) error {
	var refusal error
	err := s.loop.Ask(ctx, func() {
		var g *group
		if g, refusal = s.find(id); refusal == nil {
			refusal = question(g)
		}
	})
	if err != nil {
		return err
	}
	return refusal
}

// insiders refuses who is neither a member nor an operator.
func insiders(g *group, who call.Caller) error {
	if g.Member(who.UserID) == nil && !who.Admin {
		return call.Errorf(call.CodeGroupPermission, "you are not a member of this group")
	}
	return nil
}

// infoOf is a group as somebody sees it; of, if not empty, is who.
func infoOf(g *group, of call.UserID) wire.GroupInfo {
	info := wire.GroupInfo{
		GroupID: g.GroupID, Type: g.Type, GroupName: g.Name, Introduction: g.Introduction, Notification: g.Notification,
		FaceURL: g.FaceURL, Owner: g.Owner, MemberCount: len(g.Members), CreatedAt: g.CreatedAt, JoinOption: g.Joining(), AllMuted: g.AllMuted,
	}
	if m := g.Member(of); m != nil {
		info.Role = m.Role
	}
	return info
}
