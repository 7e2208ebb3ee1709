// Package whip lets other people's clients publish and play by one HTTP request:
// WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep).
//
//	POST   /whip/{roomID}       an offer that sends; 201 with the answer
//	POST   /whep/{roomID}       an offer that receives
//	PATCH  /whip/{roomID}/{id}  trickled candidates, an ICE restart
//	DELETE /whip/{roomID}/{id}  the end
//
// A publisher is a participant of the room like any other, under the user id of
// its token; others see and hear it, and the record of calls knows nothing else
// of it. A player is a participant without streams. Its client cannot say what
// it wants to see once it plays, so its slots are filled here: with the user the
// URL names, or with who speaks.
//
// A token must name the room in its claim "room": nobody publishes by being
// signed in. A session of WHIP or WHEP lives as long as its participant is in
// the room, which ends with its transport.
package whip
