package room

import "callsvc/call"

// Belongs reports whether a room is open, and whether the user is in it or
// opened it. Unlike the rest of a room this is read without its actor: it never
// blocks.
func (s *Service) Belongs(id call.RoomID, user call.UserID) (open, inside bool) {
	r := s.find(id)
	if r == nil || r.population.Load() == 0 {
		return false, false
	}
	if opener := r.opener.Load(); opener != nil && *opener == user {
		return true, true
	}
	_, inside = r.present.Load(user)
	return true, inside
}
