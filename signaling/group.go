package signaling

import (
	"callsvc/call"
	"callsvc/internal/commit"
)

// MemberLeft answers what a user is pending for in a group that they leave: it
// is as if they had rejected.
func (s *Service) MemberLeft(tx *commit.Tx, group call.GroupID, user call.UserID) {
	for id, l := range s.pending[user] {
		if l.GroupID != group {
			continue
		}
		if err := s.apply(tx, id, "", call.RejectInvitation{By: user, At: now()}); err != nil {
			s.log.Error("an invitation of a group could not be rejected for a member who left", "inviteID", id, "error", err)
		}
	}
}
