package media

import "callsvc/call"

// Budget is what the path to a participant is thought to take, in bits per second.
func Budget(p call.Peer) int64 { return p.(*Peer).budget.Load() }
