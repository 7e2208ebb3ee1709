// Package session is the connection layer: it keeps users' sessions and the
// WebSockets they hang on. It is the only package that sees gorilla/websocket.
//
// The [Hub] upgrades GET /ws once the [Authenticator] has said who it is. What
// a user holds is a session; a socket is what it is attached to at the moment.
// A session outlives its socket by Options.ResumeWindow:
//
//	opened ──▶ attached ──socket lost──▶ detached ──window over──▶ ended
//	              ▲  │                       │
//	              │  └─newer socket: 4003    │
//	              └────────resumed───────────┘
//
// Logging out, being kicked and an expired credential end it at once.
//
// # Events
//
// Each session numbers the events it is told from 1 and keeps the last of them
// in a log, so that a client that comes back with ?session=ID&after=SEQ gets
// the rest, in order, none twice. An event is encoded once for all who are
// told; logs and queues hold pointers to that one encoding.
//
// A new session is told nothing addressed to its user until the [Observer] it
// was announced to calls ready with the events it begins with. Both happen in
// one step, so nothing is missed and nothing told twice.
//
// # Requests
//
// The requests of one session are handled in the order they arrive, one after
// the other, except that room.enter and room.offer, which wait for the media
// engine, run beside later requests. Requests about rooms (and user.logout)
// that arrive while one of those is at work queue up behind it. So
// signaling.accept is done before a later room.enter begins, room.enter before
// a later room.setViews, and a slow room.enter holds up no signaling.cancel.
// The Observer is told about a session in the same order: SessionOpened before
// the first request, SessionEnded after the last.
//
// A request that carries a requestID is done once per user and requestID
// within Options.RememberFor: a repetition, also one that comes while the
// first is still at work or after a restart ([Memory]), gets the first
// successful answer.
//
// # What it costs, what it bounds
//
// An idle session has one goroutine, which waits in a read. Writers and request
// workers start when there is work and end with it. Every queue has a bound:
// a reader who does not keep up with Options.QueueBytes is cut off with close
// code 4002 and may resume; more than Options.MaxInFlight unfinished requests
// stop the reading; nothing here ever blocks who calls Notify.
//
// # Locks
//
// Hub.mu guards who is there, session.mu one session, socket.mu one queue; they
// are taken in this order and no foreign code is called with one held.
package session
