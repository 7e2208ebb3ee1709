package room

import (
	"context"
	"errors"
	"sync"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// streamSet says which of a member's streams are meant.
type streamSet [streams]bool

func streamsOf(audio, video, screenShare bool) streamSet {
	return streamSet{mic: audio, camera: video, screen: screenShare}
}

// off asks to hold these streams back.
func (s streamSet) off() call.Publishing {
	var p call.Publishing
	no := false
	if s[mic] {
		p.Audio = &no
	}
	if s[camera] {
		p.Video = &no
	}
	if s[screen] {
		p.Screen = &no
	}
	return p
}

func (s streamSet) with(other streamSet) streamSet {
	for i := range s {
		s[i] = s[i] || other[i]
	}
	return s
}

func (s streamSet) without(other streamSet) streamSet {
	for i := range s {
		s[i] = s[i] && !other[i]
	}
	return s
}

func (s streamSet) meets(other streamSet) bool { return s.without(other) != s }

// begun are the streams that are to go out.
func begun(p call.Publishing) streamSet {
	is := func(b *bool) bool { return b != nil && *b }
	return streamsOf(is(p.Audio), is(p.Video), is(p.Screen))
}

// mute mutes streams of a member as a host would have it.
func (m *member) mute(which streamSet) {
	m.muted = m.muted.with(which)
	m.publish(which.off())
}

// setPublishing takes what a member wants to publish. What a host has muted stays
// so where the room keeps it (9008).
func (r *room) setPublishing(m *member, p call.Publishing) error {
	wanted := begun(p)
	if r.settings.keepMuted && !m.isHost() && m.muted.meets(wanted) {
		return call.Errorf(call.CodePublishForbidden, "a host has muted you in room %s; raise your hand and wait until they allow it", r.id)
	}
	m.muted = m.muted.without(wanted)
	m.publish(p)
	return nil
}

// mutedFromTheStart is what of a newcomer is muted.
func (r *room) mutedFromTheStart(user call.UserID) streamSet {
	muted := streamsOf(r.settings.mutedOnEntry || r.settings.keepMuted, false, false)
	if r.settings.keepMuted { // leaving and coming back does not help
		before, _ := r.muted.get(user)
		muted = muted.with(before)
	}
	return muted
}

func errNoStream() error {
	return call.Errorf(call.CodeInvalidParameter, "none of audio, video and screen is true; nobody can be unmuted by others, ask with room.askToUnmute")
}

// MuteUser mutes somebody's streams; they are silent once it returns. Hosts and
// operators may. Errors: 6017, 9002, 9003, 10007.
func (s *Service) MuteUser(ctx context.Context, who call.Caller, req *wire.MuteUser) (wire.Empty, error) {
	which := streamsOf(req.Audio, req.Video, req.Screen)
	return s.mute(ctx, who, req.RoomID, which, func(r *room) ([]*member, error) {
		m, err := r.find(req.UserID)
		return []*member{m}, err
	})
}

// MuteAll mutes the streams of everybody but the hosts; they are silent once it
// returns. Hosts and operators may. Errors: 6017, 9002, 9003, 10007.
func (s *Service) MuteAll(ctx context.Context, who call.Caller, req *wire.MuteAll) (wire.Empty, error) {
	which := streamsOf(req.Audio, req.Video, req.Screen)
	return s.mute(ctx, who, req.RoomID, which, func(r *room) (targets []*member, _ error) {
		for _, m := range r.order {
			if !m.isHost() {
				targets = append(targets, m)
			}
		}
		return targets, nil
	})
}

func (s *Service) mute(ctx context.Context, who call.Caller, id call.RoomID, which streamSet,
	whom func(*room) ([]*member, error),
) (wire.Empty, error) {
	if which == (streamSet{}) {
		return wire.Empty{}, errNoStream()
	}
	var conns []*connection
	err := s.asHost(ctx, who, id, func(r *room) error {
		targets, err := whom(r)
		if err != nil {
			return err
		}
		for _, m := range targets {
			m.mute(which)
			r.send(m, wire.PublishingChanged{RoomID: r.id, UserID: m.user, OpUser: who.UserID, Publishing: which.off()})
			conns = append(conns, m.conn)
		}
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, settleAll(ctx, conns)
}

// settleAll settles connections side by side: one may have to wait until the
// engine has answered an offer.
func settleAll(ctx context.Context, conns []*connection) error {
	errs := make([]error, len(conns))
	var wg sync.WaitGroup
	for i, c := range conns {
		wg.Go(func() { errs[i] = c.settle(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// AskToUnmute asks somebody to unmute, and allows it. Hosts and operators may.
// Errors: 6017, 9002, 9003, 10007.
func (s *Service) AskToUnmute(ctx context.Context, who call.Caller, req *wire.AskToUnmute) (wire.Empty, error) {
	which := streamsOf(req.Audio, req.Video, req.Screen)
	if which == (streamSet{}) {
		return wire.Empty{}, errNoStream()
	}
	return wire.Empty{}, s.asHost(ctx, who, req.RoomID, func(r *room) error {
		m, err := r.find(req.UserID)
		if err != nil {
			return err
		}
		m.muted = m.muted.without(which)
		r.send(m, wire.AskedToUnmute{RoomID: r.id, OpUser: who.UserID, Audio: req.Audio, Video: req.Video, Screen: req.Screen})
		return nil
	})
}
