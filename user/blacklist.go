package user

import (
	"context"
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
	_, blocked := slices.BinarySearch(s.blackLists[by], other)
	return blocked
}

// Block puts users on the caller's black list (TIM addToBlackList). Those who
// are on it stay. Errors: CodeInvalidParameter.
func (s *Service) Block(ctx context.Context, who call.Caller, p *wire.AddToBlackList) (wire.Empty, error) {
	if slices.Contains(p.UserIDList, who.UserID) {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "userIDList: names yourself")
	}
	return s.changeList(ctx, who, p.UserIDList, func(tx *commit.Tx, list []call.UserID) ([]call.UserID, error) {
		var fresh []call.UserID
		for _, u := range p.UserIDList {
			if i, on := slices.BinarySearch(list, u); !on {
				list, fresh = slices.Insert(list, i, u), append(fresh, u)
			}
		}
		if len(list) > maxBlackList {
			return nil, call.Errorf(call.CodeInvalidParameter, "userIDList: your black list would have %d users, at most %d are allowed", len(list), maxBlackList)
		}
		tx.Save(call.SaveBlocked{By: who.UserID, Users: fresh})
		return list, nil
	})
}

// Unblock takes users off the caller's black list (TIM deleteFromBlackList).
// Errors: CodeInvalidParameter.
func (s *Service) Unblock(ctx context.Context, who call.Caller, p *wire.DeleteFromBlackList) (wire.Empty, error) {
	return s.changeList(ctx, who, p.UserIDList, func(tx *commit.Tx, list []call.UserID) ([]call.UserID, error) {
		var gone []call.UserID
		for _, u := range p.UserIDList {
			if i, on := slices.BinarySearch(list, u); on {
				list, gone = slices.Delete(list, i, i+1), append(gone, u)
			}
		}
		tx.Save(call.DropBlocked{By: who.UserID, Users: gone})
		return list, nil
	})
}

// changeList decides a request that names users about the caller's black list:
// change makes a new one of a copy.
func (s *Service) changeList(ctx context.Context, who call.Caller, named []call.UserID,
	change func(*commit.Tx, []call.UserID) ([]call.UserID, error),
) (wire.Empty, error) {
	if err := checkUserIDs(named); err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		before := s.blackLists[who.UserID]
		list, err := change(tx, slices.Clone(before))
		if err != nil {
			return err
		}
		if len(list) != len(before) { // it only grows or only shrinks
			s.blackLists[who.UserID] = list
			s.tell(tx, who.UserID, who.SessionID, wire.BlackListChanged{UserIDList: list})
		}
		if len(list) == 0 {
			delete(s.blackLists, who.UserID)
		}
		return tx.Remember(who, now(), wire.Empty{})
	})
}

// BlackList says whom the caller has blocked (TIM getBlackList).
func (s *Service) BlackList(ctx context.Context, who call.Caller) (result wire.GetBlackListResult, err error) {
	err = s.loop.Ask(ctx, func() { result.UserIDList = s.blackLists[who.UserID] })
	return result, err
}
