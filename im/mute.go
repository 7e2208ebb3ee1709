package im

import (
	"context"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// maxMute is the longest time a member can be muted for.
const maxMute = 30 * 24 * 3600 // s

// Mute keeps a member from writing in a group for a time, or lets them again.
// Errors as those of call.MuteMember.
func (s *Service) Mute(ctx context.Context, who call.Caller, p *wire.MuteMember) (wire.Empty, error) {
	if p.Seconds < 0 || p.Seconds > maxMute {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "seconds: must be 0 to %d", maxMute)
	}
	return s.decide(ctx, who, p.GroupID, func(tx *commit.Tx, g *group, at call.Millis) error {
		until := at.Add(time.Duration(p.Seconds) * time.Second)
		changed, err := g.Apply(call.MuteMember{By: actorOf(who), User: p.UserID, Until: until})
		if err != nil {
			return err
		}
		tx.Save(membersOf(g, changed))
		s.tell(tx, g.ids, who.SessionID, wire.MemberInfoChanged{
			GroupChange:          changeOf(g, who, changed, at),
			MemberChangeInfoList: []wire.MemberChangeInfo{{UserID: p.UserID, MuteTime: p.Seconds}},
		})
		return nil
	})
}

// CheckMuted refuses who may not write in a group. It must be called inside a
// decision.
func (s *Service) CheckMuted(id call.GroupID, user call.UserID) error {
	g := s.groups[id]
	if g == nil {
		return nil
	}
	if g.Silences(user) {
		return call.Errorf(call.CodeGroupMuted, "all are muted in this group: only its owner and admins write, until they let you")
	}
	at := now()
	if until := g.MutedUntil(user, at); until != 0 {
		return call.Errorf(call.CodeGroupMuted, "you are muted in this group: wait, or ask its owner").After(until.Time().Sub(at.Time()))
	}
	return nil
}
