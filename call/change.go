package call

import "encoding/json"

// Change is something to be made durable. Changes decided together are
// committed together. Sealed.
type Change interface{ change() }

// The changes.
type (
	// SaveInvitation inserts or replaces an invitation.
	SaveInvitation struct{ Invitation *Invitation }
	// SaveCall inserts or replaces a call, open or ended. The store derives its
	// searchable columns from Call.Record.
	SaveCall struct{ Call *Call }
	// Remember keeps the answer to a request under its idempotency key.
	Remember struct {
		UserID    UserID
		RequestID string
		Result    json.RawMessage
		At        Millis
	}
	// Alive says that the server lived at that moment while calls were open: the
	// last one is the last known moment of a call the server died under.
	Alive struct{ At Millis }
)

func (SaveInvitation) change() {}
func (SaveCall) change()       {}
func (Remember) change()       {}
func (Alive) change()          {}
