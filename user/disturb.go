package user

import (
	"context"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// MayDisturb reports whether what one user sends may notify another now: that
// is, without a page of theirs being open. It may not while they do not want to
// be disturbed, nor if they have blocked the sender.
func (s *Service) MayDisturb(ctx context.Context, from, to call.UserID) (may bool, err error) {
	err = s.loop.Ask(ctx, func() { may = !s.Blocks(to, from) && !s.get(to).ReceiveOpt.Silent(now()) })
	return may, err
}

// SetReceiveOpt turns the caller's do-not-disturb on and off (TIM
// setAllReceiveMessageOpt). Errors: CodeInvalidParameter.
func (s *Service) SetReceiveOpt(ctx context.Context, who call.Caller, p *wire.SetAllReceiveMessageOpt) (wire.Empty, error) {
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		at := now()
		opt, err := call.NewReceiveMessageOpt(p.Opt, p.StartAt, p.Duration, at)
		if err != nil {
			return err
		}
		u := s.get(who.UserID)
		u.ReceiveOpt, u.Known = opt, true
		s.put(tx, u)
		s.tell(tx, who.UserID, who.SessionID, wire.AllReceiveMessageOptChanged{ReceiveMessageOpt: opt})
		return tx.Remember(who, at, wire.Empty{})
	})
}

// ReceiveOpt is what is left of the caller's do-not-disturb (TIM
// getAllReceiveMessageOpt).
func (s *Service) ReceiveOpt(ctx context.Context, who call.Caller) (opt call.ReceiveMessageOpt, err error) {
	err = s.loop.Ask(ctx, func() { opt = s.get(who.UserID).ReceiveOpt.LeftAt(now()) })
	return opt, err
}
