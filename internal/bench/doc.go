// Package bench loads a running server as its clients do and reports what came
// of it: `callsvc bench signaling`.
//
// [Run] connects real WebSocket clients, one goroutine each, lets them do what
// the scenario says, and measures a window of time after a warm-up. The clock
// of every latency is the tool's own: the moment an operation was due travels
// as the request's id and in the invitation's data, so that whoever receives
// the answer or the event knows how long it took, and nothing is looked up.
//
// With a rate, operations begin when they are due, whether or not earlier ones
// are done, and their time counts from then: a server that stalls is charged
// for everybody who would have come meanwhile (no coordinated omission).
// Without a rate each pair of users does one operation after the other, as
// fast as the server lets them.
//
// What the server used is read from its /metrics before and after the window,
// so client and server may be on different machines. On one machine they share
// its processors, and the report has the client's share too.
package bench
