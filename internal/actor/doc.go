// Package actor gives a piece of state one owner: a goroutine that runs
// closures one after another.
//
// Whoever wants to read or change the state hands a closure to its [Loop];
// nothing needs a lock. Callers from outside may wait for their closure (Do).
// A closure never waits for a loop, neither its own nor another: it posts and
// goes on, so that there is no order in which loops must be taken.
package actor
