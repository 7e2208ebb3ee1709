// Package conductor joins what signaling decides with what rooms observe into
// calls, and so is where the server knows.
//
// It keeps one pure [call.Call] for every call that is open. Signaling asks it
// before an invitation comes to be (two people dialling each other become one
// call; a client's own call-end is recognised) and tells it of every answer;
// rooms tell it who entered and left. Each becomes an event of the call, inside
// the same decision that stores it, and the effects are carried out: the final
// call-end invitation, the ringing that must stop, the record.
//
// It also answers who may enter a room, since an invitation is what gives that
// right.
//
// All state belongs to the decision loop (internal/commit).
package conductor
