package room

import (
	"cmp"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// The scenes of a room (TRTC's application scenes).
const (
	SceneCall    = "call"
	SceneMeeting = "meeting"
	SceneClass   = "class"
	SceneVoice   = "voice"
)

// The roles of a member (TRTC's role types, and the host of a class).
const (
	RoleAnchor   = "anchor"
	RoleAudience = "audience"
	RoleHost     = "host"
)

// member is a user in a room. It belongs to the room's actor.
type member struct {
	user     call.UserID
	name     string
	session  call.SessionID
	answered bool   // the session has been answered that it is in
	ordinal  uint64 // grows with each newcomer: the longest present has the least

	role       string
	mayPublish bool        // may switch to anchor without a host's help
	host       bool        // of a call or a meeting; in the other scenes that is a role
	guest      bool        // came by a meeting link, without an account
	link       call.LinkID // they came by, "" if they had another right to come
	unattended bool        // came by WHIP or WHEP: cannot use host tools
	offstage   bool        // the others were told that they became audience
	muted      streamSet   // what a host has muted and they have not unmuted since

	publishing call.Publishing // what setPublishing asked for; nil = never
	available  [streams]bool   // packets arrive
	told       [streams]bool   // what the others know of that

	conn     *connection // nil without media
	meter    *meter
	hasMedia bool // kept by the media transport, not by the session

	enteredAt call.Millis // when the others were told; 0 = not yet
	// When a connection was asked for; 0 once it is up.
	connectingAt call.Millis
	downAt       call.Millis // since when an announced member has no transport; 0 = it is up
	timer        *time.Timer // calls expire when due

	batch    bool // is told of many at once, in a crowd
	holding  bool // keep events back until the transport is up
	held     []wire.Event
	outdated int // how many of them came before the result of entering again
}

// maxHeld bounds the events kept back for a member; then they are sent, whether
// or not the transport is up.
const maxHeld = 1000

func (m *member) announced() bool { return m.enteredAt != 0 }

// forwarded reports whether the member's streams reach the others.
func (m *member) forwarded() bool { return m.role != RoleAudience }

// due is when the member is lost unless something happens first; 0 = never.
// detachedAt is since when the session has been without connection.
func (m *member) due(detachedAt call.Millis) call.Millis {
	switch {
	case !m.hasMedia && detachedAt != 0:
		return detachedAt.Add(LostAfter)
	case !m.hasMedia:
		return 0
	case !m.announced():
		return m.connectingAt.Add(ConnectTimeout)
	case m.downAt != 0:
		return m.downAt.Add(LostAfter)
	}
	return 0
}

// publish merges what room.setPublishing asks for.
func (m *member) publish(p call.Publishing) {
	m.publishing.Audio = cmp.Or(p.Audio, m.publishing.Audio)
	m.publishing.Video = cmp.Or(p.Video, m.publishing.Video)
	m.publishing.Screen = cmp.Or(p.Screen, m.publishing.Screen)
}

func (m *member) roomUser() wire.RoomUser {
	return wire.RoomUser{
		UserID: m.user, Name: m.name, Role: m.role, EnteredAt: m.enteredAt,
		Video: m.told[camera], Audio: m.told[mic], Screen: m.told[screen],
	}
}

// The streams whose coming and going is told.
const (
	camera = iota
	mic
	screen
	streams
)

// streamOf returns the index of a source, false for one that has no event of its own.
func streamOf(s call.Source) (int, bool) {
	switch s {
	case call.SourceCamera:
		return camera, true
	case call.SourceMic:
		return mic, true
	case call.SourceScreen:
		return screen, true
	case call.SourceScreenAudio:
	}
	return 0, false
}

func availabilityEvent(stream int, room call.RoomID, user call.UserID, available bool) wire.Event {
	switch stream {
	case camera:
		return wire.UserVideoAvailable{RoomID: room, UserID: user, Available: available}
	case mic:
		return wire.UserAudioAvailable{RoomID: room, UserID: user, Available: available}
	}
	return wire.UserSubStreamAvailable{RoomID: room, UserID: user, Available: available}
}
