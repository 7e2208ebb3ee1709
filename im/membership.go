package im

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// coming is how users come into a group by one request.
type coming struct {
	users  []call.UserID
	event  func(call.Arrival) call.GroupEvent
	told   func(wire.GroupChange) wire.Event
	result func(fresh []call.UserID) any
}

// Join goes into a group, or applies to. Errors of it and the others here:
// CodeGroupIDInvalid, CodeGroupUnknown, and those of call.Group.
func (s *Service) Join(ctx context.Context, who call.Caller, p *wire.JoinGroup) (wire.JoinGroupResult, error) {
	waits := func(fresh []call.UserID) wire.JoinGroupResult { return wire.JoinGroupResult{Waiting: len(fresh) == 0} }
	fresh, err := s.bringIn(ctx, who, p.GroupID, coming{
		users: []call.UserID{who.UserID},
		event: func(a call.Arrival) call.GroupEvent {
			return call.JoinGroup{By: who.UserID, Message: p.Message, Arrival: a}
		},
		told:   func(c wire.GroupChange) wire.Event { return wire.MemberEnter{GroupChange: c} },
		result: func(fresh []call.UserID) any { return waits(fresh) },
	})
	if err != nil {
		return wire.JoinGroupResult{}, err
	}
	return waits(fresh), nil
}

// Invite brings others into a group and says who came in.
func (s *Service) Invite(ctx context.Context, who call.Caller, p *wire.InviteToGroup) (wire.InviteToGroupResult, error) {
	fresh, err := s.bringIn(ctx, who, p.GroupID, coming{
		users: p.Members,
		event: func(a call.Arrival) call.GroupEvent {
			return call.InviteToGroup{By: actorOf(who), Users: p.Members, Arrival: a}
		},
		told:   func(c wire.GroupChange) wire.Event { return wire.MemberInvited{GroupChange: c} },
		result: func(fresh []call.UserID) any { return wire.InviteToGroupResult{Members: fresh} },
	})
	return wire.InviteToGroupResult{Members: fresh}, err
}

// bringIn decides a request by which users come into a group.
func (s *Service) bringIn(ctx context.Context, who call.Caller, id call.GroupID, c coming) (fresh []call.UserID, err error) {
	if !id.Valid() {
		return nil, badGroupID()
	}
	t, err := s.tails.held(ctx, call.GroupConversation(id))
	if err != nil {
		return nil, err
	}
	defer s.tails.release(t)
	err = s.loop.Do(ctx, func(tx *commit.Tx) error {
		g, err := s.find(id)
		if err != nil {
			return err
		}
		strangers := slices.DeleteFunc(slices.Clone(c.users), func(u call.UserID) bool { return g.Member(u) != nil })
		if err := s.mayBring(who, strangers); err != nil {
			return err
		}
		if err := s.roomFor(strangers); err != nil {
			return err
		}
		if err := s.affords(who, len(g.ids)+len(strangers)); err != nil {
			return err
		}
		at, before := now(), g.Applications
		if fresh, err = g.Apply(c.event(s.arrival(t, at))); err != nil {
			return err
		}
		if len(fresh) > 0 {
			g.ids = g.MemberIDs()
			s.takeIn(tx, g, fresh, t)
			s.tell(tx, g.ids, who.SessionID, c.told(changeOf(g, who, fresh, at)))
		}
		s.applicationsChanged(tx, g, who, before, fresh, at)
		return tx.Remember(who, at, c.result(fresh))
	})
	return fresh, err
}

// Quit leaves a group.
func (s *Service) Quit(ctx context.Context, who call.Caller, p *wire.QuitGroup) (wire.Empty, error) {
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		concerned, err := g.Apply(call.QuitGroup{By: who.UserID})
		if err != nil {
			return err
		}
		gone, heirs := concerned[:1], concerned[1:]
		audience := g.ids
		s.letGo(tx, g, gone)
		change := changeOf(g, who, gone, at)
		s.tell(tx, audience, who.SessionID, wire.MemberLeave{GroupChange: change})
		s.tell(tx, gone, who.SessionID, wire.QuitFromGroup{GroupChange: change})
		if len(heirs) > 0 {
			tx.Save(membersOf(g, heirs))
			s.tell(tx, g.ids, who.SessionID, wire.GroupInfoChanged{
				GroupChange: changeOf(g, who, []call.UserID{heirs[0], who.UserID}, at), Group: infoOf(g, ""),
			})
		}
		s.left(tx, g, gone)
		if len(g.Members) == 0 {
			s.drop(tx, g)
		}
		return nil
	})
}

// Kick puts members out of a group.
func (s *Service) Kick(ctx context.Context, who call.Caller, p *wire.KickFromGroup) (wire.Empty, error) {
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		gone, err := g.Apply(call.KickFromGroup{By: actorOf(who), Users: p.Members})
		if err != nil {
			return err
		}
		audience := g.ids
		s.letGo(tx, g, gone)
		s.tell(tx, audience, who.SessionID, wire.MemberKicked{GroupChange: changeOf(g, who, gone, at)})
		s.left(tx, g, gone)
		return nil
	})
}

// Dismiss ends a group.
func (s *Service) Dismiss(ctx context.Context, who call.Caller, p *wire.DismissGroup) (wire.Empty, error) {
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		all, err := g.Apply(call.DismissGroup{By: actorOf(who)})
		if err != nil {
			return err
		}
		s.tell(tx, g.ids, who.SessionID, wire.GroupDismissed{GroupChange: changeOf(g, who, nil, at)})
		s.left(tx, g, all)
		tx.Save(call.DropMembers{GroupID: g.GroupID, Users: all})
		s.strike(g.GroupID, all)
		s.drop(tx, g)
		return nil
	})
}

// decide decides one request about a group.
func (s *Service) decide(ctx context.Context, who call.Caller, id call.GroupID,
	do func(tx *commit.Tx, g *group, at call.Millis) error,
) (wire.Empty, error) {
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		g, err := s.find(id)
		if err != nil {
			return err
		}
		if err := s.affords(who, len(g.ids)); err != nil {
			return err
		}
		at := now()
		if err := do(tx, g, at); err != nil {
			return err
		}
		return tx.Remember(who, at, wire.Empty{})
	})
}

// letGo stores that members are none any more.
func (s *Service) letGo(tx *commit.Tx, g *group, gone []call.UserID) {
	g.ids = g.MemberIDs()
	tx.Save(call.DropMembers{GroupID: g.GroupID, Users: gone})
	s.strike(g.GroupID, gone)
}

// left says so to who keeps invitations.
func (s *Service) left(tx *commit.Tx, g *group, gone []call.UserID) {
	for _, u := range gone {
		s.invitations.MemberLeft(tx, g.GroupID, u)
	}
}

// drop forgets a group. Its messages stay in the store, seen by nobody.
func (s *Service) drop(tx *commit.Tx, g *group) {
	tx.Save(call.DropGroup{GroupID: g.GroupID})
	delete(s.groups, g.GroupID)
}
