package user

import (
	"context"
	"maps"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// maxBlackList is how many users one may have blocked.
const maxBlackList = 10_000

// Blocks reports whether one user has the other on their black list. It must be
// called inside a decision.
func (s *Service) Blocks(by, other call.UserID) bool {
	_, blocked := s.blackLists[by][other]
	return blocked
}

// Block puts users on the caller's black list (TIM addToBlackList). Those who
// are on it stay. Errors: CodeInvalidParameter.
func (s *Service) Block(ctx context.Context, who call.Caller, p *wire.AddToBlackList) (wire.Empty, error) {
	if err := checkUserIDs(p.UserIDList); err != nil {
		return wire.Empty{}, err
	}
	if slices.Contains(p.UserIDList, who.UserID) {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "userIDList: names yourself")
	}
	return s.changeList(ctx, who, func(tx *commit.Tx) (bool, error) {
		fresh := s.those(who.UserID, p.UserIDList, false)
		if n := len(s.blackLists[who.UserID]) + len(fresh); n > maxBlackList {
			return false, call.Errorf(call.CodeInvalidParameter, "userIDList: your black list would have %d users, at most %d are allowed", n, maxBlackList)
		}
		s.list(who.UserID, fresh)
		tx.Save(call.SaveBlocked{By: who.UserID, Users: fresh})
		return len(fresh) > 0, nil
	})
}

// Unblock takes users off the caller's black list (TIM deleteFromBlackList).
// Errors: CodeInvalidParameter.
func (s *Service) Unblock(ctx context.Context, who call.Caller, p *wire.DeleteFromBlackList) (wire.Empty, error) {
	if err := checkUserIDs(p.UserIDList); err != nil {
		return wire.Empty{}, err
	}
	return s.changeList(ctx, who, func(tx *commit.Tx) (bool, error) {
		gone := s.those(who.UserID, p.UserIDList, true)
		s.strike(who.UserID, gone)
		tx.Save(call.DropBlocked{By: who.UserID, Users: gone})
		return len(gone) > 0, nil
	})
}

// changeList decides a request about the caller's black list; f reports whether
// it is another one now.
func (s *Service) changeList(ctx context.Context, who call.Caller, f func(*commit.Tx) (bool, error)) (wire.Empty, error) {
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		changed, err := f(tx)
		if err != nil {
			return err
		}
		if changed {
			s.tell(tx, who.UserID, who.SessionID, wire.BlackListChanged{UserIDList: s.blackList(who.UserID)})
		}
		return tx.Remember(who, now(), wire.Empty{})
	})
}

// BlackList says whom the caller has blocked (TIM getBlackList).
func (s *Service) BlackList(ctx context.Context, who call.Caller) (result wire.GetBlackListResult, err error) {
	err = s.loop.Ask(ctx, func() { result.UserIDList = s.blackList(who.UserID) })
	return result, err
}

func (s *Service) blackList(of call.UserID) []call.UserID {
	return slices.Sorted(maps.Keys(s.blackLists[of]))
}

// those are the users of a list who are, or are not, on somebody's black list,
// each once.
func (s *Service) those(by call.UserID, users []call.UserID, blocked bool) []call.UserID {
	users = slices.DeleteFunc(slices.Clone(users), func(u call.UserID) bool { return s.Blocks(by, u) != blocked })
	slices.Sort(users)
	return slices.Compact(users)
}

// list puts users on a black list.
func (s *Service) list(by call.UserID, users []call.UserID) {
	if s.blackLists[by] == nil {
		s.blackLists[by] = make(map[call.UserID]struct{}, len(users))
	}
	for _, u := range users {
		s.blackLists[by][u] = struct{}{}
	}
}

// strike takes users off a black list.
func (s *Service) strike(by call.UserID, users []call.UserID) {
	for _, u := range users {
		delete(s.blackLists[by], u)
	}
	if len(s.blackLists[by]) == 0 {
		delete(s.blackLists, by)
	}
}
