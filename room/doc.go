// Package room knows who is in which room, from entering to leaving.
//
// A room begins when somebody enters it and is gone when the last has left. Its
// members are users; each is in the room through one session, and usually with
// one PeerConnection in the media engine. A member's stay, as the others see it:
//
//	enters      nobody is told; the newcomer learns from the result who is there
//	announced   the media transport is up: onRemoteUserEnterRoom
//	seen, heard packets arrive: onUserVideoAvailable, onUserAudioAvailable
//	gone        left, kicked, or 20 seconds without transport: onRemoteUserLeaveRoom
//
// Who enters without an offer is announced at once and kept by the session
// instead of the transport. Gaps shorter than 20 seconds are told to nobody,
// and entering again within them goes on with the same stay, also from another
// of the user's sessions.
//
// Beside them there are those who wait in the lobby until a host admits them.
// Who is host, how the room is set up, who waits, who was kicked or muted, whose
// hands are up and what was written is the course of the room: it is in memory,
// and over when the last has left. In a crowd what changes about people is told
// of many at once.
//
// Each room is an actor: one goroutine owns its members, so that a newcomer's
// picture of the room is taken at the same instant from which events reach
// them. Setting up media takes some ten milliseconds and happens beside the
// actor, one operation at a time for each connection. The engine's callbacks
// are posted to the actor.
//
// The room asks a [Gate] who may enter, tells sessions through a [Notifier] and
// reports comings and goings to an [Observer]. It knows neither invitations nor
// sockets nor RTP.
package room
