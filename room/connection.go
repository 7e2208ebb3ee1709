package room

import (
	"context"
	"errors"

	"callsvc/call"
	"callsvc/internal/actor"
	"callsvc/signaling/wire"
)

// connection is one PeerConnection of a member. It exists before its peer does,
// so that what the engine says while the offer is being answered finds its
// member. Operations on the peer take turns, and those of a later connection of
// the same user wait until this one is closed: the engine never has two.
//
// It is the peer's call.PeerObserver.
type connection struct {
	room   *room
	user   call.UserID
	meter  *meter
	after  <-chan struct{} // closed when the user's connection before is; nil without one
	turn   chan struct{}   // holds a token while an operation runs
	closed chan struct{}   // closed when the peer is

	// Guarded by turn.
	peer    call.Peer
	retired bool
}

// newConnection begins a connection of a member. On the actor.
func (r *room) newConnection(m *member) *connection {
	c := &connection{
		room: r, user: m.user, meter: m.meter,
		turn: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	if before := r.retiring[m.user]; before != nil {
		c.after = before.closed
	}
	m.conn = c
	return c
}

// use runs an operation on the peer when its turn has come.
func (c *connection) use(ctx context.Context, f func(call.Peer) error) error {
	if err := c.take(ctx); err != nil {
		return err
	}
	defer c.yield()
	if c.retired || c.peer == nil {
		return errReplaced(c.room.id)
	}
	return f(c.peer)
}

func (c *connection) take(ctx context.Context) error {
	if c.after != nil {
		select {
		case <-c.after:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *connection) yield() { <-c.turn }

// wants is what a member's peer should do.
type wants struct {
	forward    bool
	publishing call.Publishing
}

// wants asks the room, which c must belong to still (9002 otherwise).
func (c *connection) wants(ctx context.Context) (w wants, err error) {
	err = c.ask(ctx, func(m *member) {
		w = wants{forward: m.forwarded(), publishing: m.publishing}
	})
	return w, err
}

// ask runs f on the actor with the member whose connection this is, and waits.
// It answers 9002 if it is nobody's any more.
func (c *connection) ask(ctx context.Context, f func(*member)) error {
	err := c.room.do(ctx, func() error {
		m := c.member()
		if m == nil {
			return errReplaced(c.room.id)
		}
		f(m)
		return nil
	})
	if errors.Is(err, actor.ErrClosed) {
		return errReplaced(c.room.id)
	}
	return err
}

// member is whose connection this is, nil if it has been retired. On the actor.
func (c *connection) member() *member {
	if m := c.room.members[c.user]; m != nil && m.conn == c {
		return m
	}
	return nil
}

// join has the engine answer the first offer.
func (c *connection) join(ctx context.Context, offer string, send []call.Send) (answer string, err error) {
	if err := c.take(ctx); err != nil {
		return "", err
	}
	defer c.yield()
	w, err := c.wants(ctx)
	if err != nil {
		return "", err
	}
	peer, answer, err := c.room.svc.sfu.Join(call.JoinMedia{
		RoomID: c.room.id, UserID: c.user, Offer: offer, Send: send,
		Forward: w.forward, Initial: w.publishing, MaxSlots: c.room.svc.options.MaxSlots,
	}, c)
	if err != nil {
		return "", err
	}
	c.peer = peer
	c.meter.follow(peer)
	return answer, nil
}

// settle brings the peer to what its member wants now. A nil connection, one
// without a peer and one that is over have nothing to bring anywhere.
func (c *connection) settle(ctx context.Context) error {
	if c == nil {
		return nil
	}
	if err := c.take(ctx); err != nil {
		return err
	}
	defer c.yield()
	if c.retired || c.peer == nil {
		return nil
	}
	w, err := c.wants(ctx)
	if call.CodeOf(err) == call.CodeNotInRoom {
		return nil
	}
	if err != nil {
		return err
	}
	c.peer.SetPublishing(w.publishing)
	c.peer.SetForward(w.forward)
	return nil
}

// retire ends a member's connection, if there is one. On the actor, which does
// not wait; the room outlives its connections.
func (r *room) retire(m *member) {
	c := m.conn
	if c == nil {
		return
	}
	m.conn = nil
	r.retiring[c.user] = c
	go func() {
		c.close()
		r.loop.Post(func() {
			if r.retiring[c.user] == c {
				delete(r.retiring, c.user)
			}
			r.endIfEmpty()
		})
	}()
}

// close ends the peer after the operation that runs, and waits for it.
func (c *connection) close() {
	if c.after != nil {
		<-c.after
	}
	c.turn <- struct{}{}
	c.retired = true
	if c.peer != nil {
		c.peer.Close()
		c.meter.unfollow(c.peer)
	}
	<-c.turn
	close(c.closed)
}

// post runs f on the actor if this is still the member's connection.
func (c *connection) post(f func(*room, *member)) {
	c.room.loop.Post(func() {
		if m := c.member(); m != nil {
			f(c.room, m)
		}
	})
}

// TransportUp implements call.PeerObserver.
func (c *connection) TransportUp(at call.Millis) {
	c.post(func(r *room, m *member) { r.transportUp(m, at) })
}

// TransportDown implements call.PeerObserver.
func (c *connection) TransportDown(last call.Millis) {
	c.post(func(r *room, m *member) { r.transportDown(m, last) })
}

// Available implements call.PeerObserver.
func (c *connection) Available(source call.Source, available bool) {
	stream, ok := streamOf(source)
	if !ok {
		return
	}
	c.post(func(r *room, m *member) {
		m.available[stream] = available
		r.tellAvailability(m)
	})
}

// Slots implements call.PeerObserver.
func (c *connection) Slots(slots []call.Slot) {
	if slots == nil {
		slots = []call.Slot{}
	}
	c.post(func(r *room, m *member) { r.send(m, wire.Slots{RoomID: r.id, Slots: slots}) })
}

// EncodingsWanted implements call.PeerObserver.
func (c *connection) EncodingsWanted(senders []call.SenderWanted) {
	if senders == nil {
		senders = []call.SenderWanted{}
	}
	c.post(func(r *room, m *member) { r.send(m, wire.EncodingsWanted{RoomID: r.id, Senders: senders}) })
}

// Volumes implements call.PeerObserver.
func (c *connection) Volumes(volumes []call.Volume) {
	if volumes == nil {
		volumes = []call.Volume{}
	}
	c.post(func(r *room, m *member) { r.send(m, wire.UserVoiceVolume{RoomID: r.id, Volumes: volumes}) })
}

// ActiveSpeaker implements call.PeerObserver.
func (c *connection) ActiveSpeaker(user call.UserID, at call.Millis) {
	c.post(func(r *room, m *member) { r.send(m, wire.ActiveSpeakerChanged{RoomID: r.id, UserID: user, At: at}) })
}

// NetworkQuality implements call.PeerObserver.
func (c *connection) NetworkQuality(local call.Quality, remote []call.UserQuality) {
	if remote == nil {
		remote = []call.UserQuality{}
	}
	c.post(func(r *room, m *member) {
		r.send(m, wire.NetworkQuality{RoomID: r.id, Local: local, Remote: remote})
	})
}

// Statistics implements call.PeerObserver.
func (c *connection) Statistics(s call.Statistics) {
	c.post(func(r *room, m *member) {
		r.send(m, wire.Statistics{RoomID: r.id, Local: s.Local, Down: s.Down, Slots: s.Slots})
	})
}
