package im

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// groupPrefix begins the ids that the server makes (TIM).
const groupPrefix = "@TGS#"

// Create makes a group of one's own. Errors: CodeInvalidParameter,
// CodeGroupIDInvalid, CodeAlreadyExists, CodeGroupFull.
func (s *Service) Create(ctx context.Context, who call.Caller, p *wire.CreateGroup) (wire.CreateGroupResult, error) {
	return s.create(ctx, who, who.UserID, p)
}

func (s *Service) create(
	ctx context.Context, who call.Caller, owner call.UserID, p *wire.CreateGroup,
) (wire.CreateGroupResult, error) {
	id := p.GroupID
	switch {
	case id == "":
		id = call.GroupID(groupPrefix + strings.ReplaceAll(uuid.NewString(), "-", ""))
	case !id.Valid() || strings.HasPrefix(string(id), groupPrefix):
		return wire.CreateGroupResult{}, call.Errorf(call.CodeGroupIDInvalid,
			"groupID: 1 to 48 of A-Z a-z 0-9 _ . : @ # -, and not %s first, or leave it out", groupPrefix)
	}
	result := wire.CreateGroupResult{GroupID: id}
	t, err := s.tails.held(ctx, call.GroupConversation(id))
	if err != nil {
		return result, err
	}
	defer s.tails.release(t)
	return result, s.loop.Do(ctx, func(tx *commit.Tx) error {
		if s.groups[id] != nil {
			return call.Errorf(call.CodeAlreadyExists, "there is a group of that id already")
		}
		at := now()
		made, err := call.NewGroup(id, call.GroupType(p.Type), p.Name, owner, p.Members, s.arrival(t, at))
		if err != nil {
			return err
		}
		if option := call.JoinOption(p.JoinOption); option != "" {
			profile := call.GroupProfile{JoinOption: &option}
			if _, err := made.Apply(call.SetGroupProfile{By: call.Actor{UserID: owner}, GroupProfile: profile}); err != nil {
				return err
			}
		}
		g := &group{Group: made, ids: made.MemberIDs()}
		if err := s.mayBring(who, g.ids); err != nil {
			return err
		}
		if err := s.roomFor(g.ids); err != nil {
			return err
		}
		if err := s.affords(who, len(g.ids)); err != nil {
			return err
		}
		s.groups[id] = g
		tx.Save(call.SaveGroup{Group: g.Profile()})
		s.takeIn(tx, g, g.ids, t)
		s.tell(tx, g.ids, who.SessionID, wire.GroupCreated{GroupChange: changeOf(g, who, g.ids, at), Group: infoOf(g, "")})
		return tx.Remember(who, at, result)
	})
}

// arrival is how members come into a group now.
func (s *Service) arrival(t *tail, at call.Millis) call.Arrival {
	return call.Arrival{At: at, Seq: t.last, Limit: s.options.MaxMembers}
}

// mayBring refuses to bring users into a group who have blocked who does it: in
// a group they would be rung after all.
func (s *Service) mayBring(who call.Caller, users []call.UserID) error {
	for _, u := range users {
		if !who.Admin && s.blocked.Blocks(u, who.UserID) {
			return call.Errorf(call.CodeBlackListed, "members: %s does not let you bring them into groups", u)
		}
	}
	return nil
}

// roomFor refuses users who are in as many groups as they may be.
func (s *Service) roomFor(users []call.UserID) error {
	for _, u := range users {
		if len(s.groupsOf[u]) >= maxGroups {
			return call.Errorf(call.CodeGroupFull, "%s is in %d groups, which is the most", u, maxGroups)
		}
	}
	return nil
}

// takeIn stores new members, who have read what was said before.
func (s *Service) takeIn(tx *commit.Tx, g *group, users []call.UserID, t *tail) {
	tx.Save(membersOf(g, users))
	s.enlist(g.GroupID, users)
	if t.last == 0 {
		return
	}
	for _, u := range users {
		tx.Save(call.SaveReadMark{UserID: u, Conversation: t.conversation, Seq: t.last})
	}
}

// membersOf copies members for the store.
func membersOf(g *group, users []call.UserID) call.SaveMembers {
	members := make([]call.Member, len(users))
	for i, u := range users {
		members[i] = *g.Member(u)
	}
	return call.SaveMembers{GroupID: g.GroupID, Members: members}
}

// find returns the group of that id.
func (s *Service) find(id call.GroupID) (*group, error) {
	if !id.Valid() {
		return nil, badGroupID()
	}
	g := s.groups[id]
	if g == nil {
		return nil, call.Errorf(call.CodeGroupUnknown, "there is no such group")
	}
	return g, nil
}

func badGroupID() error {
	return call.Errorf(call.CodeGroupIDInvalid, "groupID: not a group id (1 to 48 of A-Z a-z 0-9 _ . : @ # -)")
}

// tell sends an event once the decision is stored.
func (s *Service) tell(tx *commit.Tx, users []call.UserID, except call.SessionID, ev wire.Event) {
	tx.After(func() { s.notify.Notify(users, except, ev) })
}

func changeOf(g *group, who call.Caller, members []call.UserID, at call.Millis) wire.GroupChange {
	return wire.GroupChange{GroupID: g.GroupID, OpUser: who.UserID, Members: members, At: at}
}

func actorOf(who call.Caller) call.Actor { return call.Actor{UserID: who.UserID, Operator: who.Admin} }
