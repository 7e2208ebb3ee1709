package call

// Revocation refuses the credentials of a user that were issued before a
// moment, for good: a later one with an earlier moment changes nothing.
type Revocation struct {
	UserID UserID
	At     Millis
}

// SaveRevocation inserts a revocation, or moves that of the user on.
type SaveRevocation struct{ Revocation Revocation }

func (SaveRevocation) change() {}
