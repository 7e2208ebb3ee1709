package im

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// maxReason bounds why somebody is not let in (TIM).
const maxReason = 300

// Applications says who waits to be let into the groups one owns or administers.
func (s *Service) Applications(ctx context.Context, who call.Caller) (result wire.ListApplicationsResult, err error) {
	err = s.loop.Ask(ctx, func() {
		for _, id := range slices.Sorted(slices.Values(s.groupsOf[who.UserID])) {
			g := s.groups[id]
			if g.Member(who.UserID).Role == call.GroupMember {
				continue
			}
			for _, a := range g.Applications {
				result.Applications = append(result.Applications, applicationOf(g, a))
			}
		}
	})
	return result, err
}

// AcceptApplication lets an applicant in.
func (s *Service) AcceptApplication(ctx context.Context, who call.Caller, p *wire.AcceptApplication) (wire.Empty, error) {
	_, err := s.bringIn(ctx, who, p.GroupID, coming{
		users: []call.UserID{p.UserID},
		event: func(a call.Arrival) call.GroupEvent {
			return call.DecideApplication{By: actorOf(who), User: p.UserID, Agree: true, Arrival: a}
		},
		told:   func(c wire.GroupChange) wire.Event { return wire.MemberEnter{GroupChange: c} },
		result: func([]call.UserID) any { return wire.Empty{} },
	})
	return wire.Empty{}, err
}

// RefuseApplication does not let an applicant in.
func (s *Service) RefuseApplication(ctx context.Context, who call.Caller, p *wire.RefuseApplication) (wire.Empty, error) {
	if len(p.Reason) > maxReason {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "reason: %d bytes, at most %d are allowed", len(p.Reason), maxReason)
	}
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		if _, err := g.Apply(call.DecideApplication{By: actorOf(who), User: p.UserID}); err != nil {
			return err
		}
		tx.Save(call.SaveGroup{Group: g.Profile()})
		s.tellProcessed(tx, g, who, p.UserID, wire.ApplicationProcessed{Reason: p.Reason, At: at})
		return nil
	})
}

// applicationsChanged stores and tells what became of applications when users
// came into a group, or did not yet.
func (s *Service) applicationsChanged(tx *commit.Tx, g *group, who call.Caller, before []call.Application, fresh []call.UserID, at call.Millis) {
	if len(fresh) == 0 { // an application came, or came again
		tx.Save(call.SaveGroup{Group: g.Profile()})
		s.tell(tx, g.Managers(), "", wire.ReceiveJoinApplication{GroupApplication: applicationOf(g, g.Applications[len(g.Applications)-1])})
		return
	}
	if len(before) == len(g.Applications) {
		return
	}
	tx.Save(call.SaveGroup{Group: g.Profile()})
	for _, a := range before {
		if slices.Contains(fresh, a.UserID) {
			s.tellProcessed(tx, g, who, a.UserID, wire.ApplicationProcessed{IsAgree: true, At: at})
		}
	}
}

// tellProcessed tells the applicant and those who decide.
func (s *Service) tellProcessed(tx *commit.Tx, g *group, who call.Caller, applicant call.UserID, ev wire.ApplicationProcessed) {
	ev.GroupID, ev.UserID, ev.OpUser = g.GroupID, applicant, who.UserID
	users := g.Managers()
	if !slices.Contains(users, applicant) {
		users = append(users, applicant)
	}
	s.tell(tx, users, who.SessionID, ev)
}

func applicationOf(g *group, a call.Application) wire.GroupApplication {
	return wire.GroupApplication{GroupID: g.GroupID, UserID: a.UserID, Message: a.Message, At: a.At}
}
