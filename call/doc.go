// Package call holds the words every other package shares and the life of the
// two things this service is about: an invitation and a call.
//
// An [Invitation] asks one or more people something and has one durable state
// for each of them. A [Call] begins when an invitation's data names a room to
// meet in; it joins what signaling decides with what the room observes, and
// leaves a [Record].
//
// Both are plain values with one door, Apply: it takes an event that carries
// its own time, moves the value, and says what must now be done. Nothing in
// here reads a clock, starts a goroutine, opens a socket or knows SQL. The
// ports to the media engine ([SFU], [Peer]) are declared here because the room
// that uses them and the engine that implements them may not see each other.
//
// Times are Unix milliseconds on the server's clock ([Millis]).
package call
