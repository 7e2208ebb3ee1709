package user

import (
	"context"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// CallEnded counts the call among the missed ones of who was asked into it and
// did not answer. It must be called inside the decision that makes the record
// final.
func (s *Service) CallEnded(tx *commit.Tx, r call.Record) {
	for _, p := range r.Participants {
		if p.Missed() {
			s.miss(tx, p.UserID)
		}
	}
}

func (s *Service) miss(tx *commit.Tx, id call.UserID) {
	if s.users[id] == nil && s.strangers >= maxStrangers {
		return
	}
	u := s.get(id)
	u.Missed.Add()
	s.put(tx, u)
	s.tell(tx, id, "", wire.MissedCallsChanged{MissedCalls: u.Missed})
}

// Missed is how many calls the caller has missed since they looked last.
func (s *Service) Missed(ctx context.Context, who call.Caller) (missed call.MissedCalls, err error) {
	err = s.loop.Ask(ctx, func() { missed = s.get(who.UserID).Missed })
	return missed, err
}

// MarkMissedSeen says that the caller has seen which calls they missed.
func (s *Service) MarkMissedSeen(ctx context.Context, who call.Caller) (wire.Empty, error) {
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		at := now()
		if u := s.get(who.UserID); u.Missed.See(at) {
			s.put(tx, u)
			s.tell(tx, who.UserID, who.SessionID, wire.MissedCallsChanged{MissedCalls: u.Missed})
		}
		return tx.Remember(who, at, wire.Empty{})
	})
}

// Greet is what a new session of the user is told first. It must be called
// inside the decision from which on the session is told what happens. The
// session gets the name that was set while it was being opened.
func (s *Service) Greet(tx *commit.Tx, who call.Caller) []wire.Event {
	u := s.get(who.UserID)
	if name := u.DisplayName(); name != who.Name {
		tx.After(func() { s.notify.Rename(who.UserID, name) })
	}
	if u.Missed.Count == 0 {
		return nil
	}
	return []wire.Event{wire.MissedCallsChanged{MissedCalls: u.Missed}}
}
