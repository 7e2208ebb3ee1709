package user

import (
	"context"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// SignedIn notes who presents a credential, and returns the name that others see
// of them. The name in the credential is stored a moment later.
func (s *Service) SignedIn(ctx context.Context, who call.Caller) (name string, err error) {
	fresh := false
	err = s.loop.Ask(ctx, func() {
		u := s.get(who.UserID)
		fresh = u.SignIn(who.Name)
		name = u.DisplayName()
	})
	if fresh {
		s.loop.Post(func(tx *commit.Tx) { s.see(tx, who) })
	}
	return name, err
}

func (s *Service) see(tx *commit.Tx, who call.Caller) {
	if u := s.get(who.UserID); u.SignIn(who.Name) {
		s.put(tx, u)
	}
}

// Infos says what users show of themselves (TIM getUsersInfo). Nothing is known
// of a stranger, who is no error. Errors: CodeInvalidParameter.
func (s *Service) Infos(ctx context.Context, p *wire.GetUsersInfo) (wire.GetUsersInfoResult, error) {
	if err := checkUserIDs(p.UserIDList); err != nil {
		return wire.GetUsersInfoResult{}, err
	}
	result := wire.GetUsersInfoResult{Users: make([]wire.UserInfo, len(p.UserIDList))}
	return result, s.loop.Ask(ctx, func() {
		for i, id := range p.UserIDList {
			result.Users[i] = infoOf(s.get(id))
		}
	})
}

// Name is what others see of a user; empty if there is none.
func (s *Service) Name(ctx context.Context, id call.UserID) (name string, err error) {
	err = s.loop.Ask(ctx, func() { u := s.get(id); name = u.DisplayName() })
	return name, err
}

// SetSelfInfo changes what the caller shows of themselves (TIM setSelfInfo).
// Errors: CodeInvalidParameter.
func (s *Service) SetSelfInfo(ctx context.Context, who call.Caller, p *wire.SetSelfInfo) (wire.Empty, error) {
	_, err := s.setInfo(ctx, who, who.UserID, p)
	return wire.Empty{}, err
}

// Info is what a user shows of themselves, for them and for operators. Errors:
// CodeInvalidParameter, CodeGroupPermission.
func (s *Service) Info(ctx context.Context, who call.Caller, id call.UserID) (info wire.UserInfo, err error) {
	if err := mayManage(who, id); err != nil {
		return info, err
	}
	err = s.loop.Ask(ctx, func() { info = infoOf(s.get(id)) })
	return info, err
}

// SetInfo replaces what a user shows of themselves; they and operators may.
// Errors: as Info.
func (s *Service) SetInfo(ctx context.Context, who call.Caller, id call.UserID, name, avatarURL string) (wire.UserInfo, error) {
	if err := mayManage(who, id); err != nil {
		return wire.UserInfo{}, err
	}
	return s.setInfo(ctx, who, id, &wire.SetSelfInfo{Name: &name, AvatarURL: &avatarURL})
}

func mayManage(who call.Caller, id call.UserID) error {
	switch {
	case !id.Valid():
		return call.Errorf(call.CodeInvalidParameter, "userID: not a user id (1 to 32 of A-Z a-z 0-9 _ -)")
	case id != who.UserID && !who.Admin:
		return call.Errorf(call.CodeGroupPermission, "this is another user's: use their token or an operator's")
	}
	return nil
}

func (s *Service) setInfo(ctx context.Context, who call.Caller, id call.UserID, p *wire.SetSelfInfo) (info wire.UserInfo, err error) {
	err = s.loop.Do(ctx, func(tx *commit.Tx) error {
		u := s.get(id)
		before := u.DisplayName()
		if err := u.SetProfile(p.Name, p.AvatarURL); err != nil {
			return err
		}
		u.Known = true
		s.put(tx, u)
		info = infoOf(u)
		if name := u.DisplayName(); name != before {
			tx.After(func() { s.notify.Rename(id, name) })
		}
		s.tell(tx, id, who.SessionID, wire.SelfInfoUpdated{UserInfo: info})
		return tx.Remember(who, now(), wire.Empty{})
	})
	return info, err
}

func infoOf(u call.User) wire.UserInfo {
	return wire.UserInfo{UserID: u.UserID, Name: u.DisplayName(), AvatarURL: u.AvatarURL}
}
