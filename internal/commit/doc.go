// Package commit decides on one goroutine and makes durable in groups.
//
// Everything that decides about invitations and calls runs as a function on
// one [Loop]: state in memory has one owner, races are decided by who comes
// first, and no lock is held. A decision notes what must be stored ([Tx.Save])
// and what must be done once it is ([Tx.After]): answers, events, timers. A
// second goroutine, the committer, takes all decisions made while it was busy and
// stores them in one transaction. A third, the teller, then lets their
// consequences out in the order in which they were decided, while the committer
// is at the next ones. So nobody is told of anything that a crash
// could undo, and one fsync serves many requests.
//
// The loop runs ahead of the store. If the store refuses, memory and disk
// disagree and no later decision can be trusted: the loop stops for good
// ([Loop.Failed]), everyone waiting gets the error, and the program is to be
// restarted, which rebuilds memory from the store.
package commit
