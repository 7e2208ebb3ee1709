package im

import (
	"time"

	"callsvc/call"
)

// affords refuses a user whose doings in groups would be told too often: what a
// thousand members are told costs a thousand. An operator's back end is not
// held to it.
func (s *Service) affords(who call.Caller, told int) error {
	if who.Admin {
		return nil
	}
	if wait := s.options.Broadcasts.Take(who.UserID, told, time.Now()); wait > 0 {
		return call.Errorf(call.CodeRateLimited, "what you do in groups is told to too many people a second: wait").After(wait)
	}
	return nil
}

// admitMessage refuses a message that comes too fast for its group (TIM: 40 a
// second), whoever sends it.
func (s *Service) admitMessage(g *group) error {
	if wait := s.options.GroupMessages.Take(g.GroupID, 1, time.Now()); wait > 0 {
		return call.Errorf(call.CodeGroupMessageRate, "too many messages are sent in this group: wait").After(wait)
	}
	return nil
}

// admitAttributes refuses a change of a group's attributes that comes too fast.
func (s *Service) admitAttributes(g *group) error {
	if wait := s.attributes.Take(g.GroupID, 1, time.Now()); wait > 0 {
		return call.Errorf(call.CodeAttributeRate, "this group's attributes change too often: wait").After(wait)
	}
	return nil
}
