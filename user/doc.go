// Package user keeps what users set for themselves: their profile, their black
// list, do-not-disturb; and beside it how many calls each has missed since they
// looked last.
//
// The [Service] works on a decision loop (internal/commit), as signaling and im
// do. So a block and an invitation are decided one after the other: an
// invitation that is decided after the block is refused and leaves no trace,
// whichever device the two came from. Those who decide about messages and
// invitations ask [Service.Blocks] inside their decision.
//
// All users of whom something is known are in memory, some 200 bytes each, and
// everybody's black list. Users come to be known by signing in: the name in
// their credential is kept, so that others can show who is offline. A name that
// they set wins over it.
//
// A missed call is counted in the decision that makes the call's record final
// ([Service.CallEnded]), and told to all sessions of whoever missed it; marking
// them as seen is told to all but the session that did it.
package user
