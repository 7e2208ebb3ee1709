// Package mediabench loads an SFU with real participants and reports what came
// of it: `callsvc bench media`.
//
// [Run] lets participants join, each with pion's PeerConnection, lets some
// publish packets of the sizes and in the rhythm of VP8 and Opus, and measures a
// window of time. Every payload ends with the stream's number, a counter and the
// moment it was sent, so that whoever receives it knows what was lost on the
// way, after all repairs, and how long it took. Publisher and receiver are the
// same process and have one clock.
//
// The server may be callsvc or LiveKit, whose signaling is spoken here with
// nothing but protobuf's wire format: the load is the same to the byte, and
// anybody can repeat a comparison. It measures once everybody sends and gets what
// they are to, and says who does not. What the server used is read from /proc if
// it is on this machine, else from its /metrics.
package mediabench
