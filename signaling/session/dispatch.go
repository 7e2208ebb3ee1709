package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/time/rate"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// serve reads a socket until it ends. s is nil if the socket got no session:
// then it has been closed, and only waits for the peer's close frame.
func (h *Hub) serve(s *session, k *socket) {
	for {
		frame, err := k.read()
		if err != nil {
			if s != nil {
				h.detach(s, k)
			}
			k.finish(err)
			return
		}
		select {
		case s.inFlight <- struct{}{}:
			s.main.push(func() { h.receive(s, k, frame) })
		case <-k.done:
			k.recycle(frame)
		}
	}
}

// receive takes one frame from the session's queue.
func (h *Hub) receive(s *session, k *socket, frame *bytes.Buffer) {
	in, err := h.codec.Decode(frame.Bytes())
	k.recycle(frame)
	finished := func() { <-s.inFlight }
	if s.over() {
		finished()
		return
	}
	if limited := h.limit(s, k); limited != nil {
		err = limited
	}
	if err != nil {
		h.counts.answered(in.Method, err)
		h.answer(k, in, nil, err)
		finished()
		return
	}
	perform := func() {
		defer finished()
		h.perform(s, k, in)
	}
	switch r := in.Request.(type) {
	case *wire.EnterRoom:
		s.rooms.push(func() {
			if r.Offer == "" { // with one, the room itself waits for the transport
				s.hold()
				defer s.release()
			}
			perform()
		})
	case *wire.OfferRoom:
		s.rooms.push(perform)
	case *wire.ExitRoom, *wire.SetPublishing, *wire.SetViews, *wire.SwitchRole, *wire.SetRole, *wire.Logout:
		s.behindRooms(perform)
	default:
		perform()
	}
}

// limit refuses what comes too fast, and cuts off who goes on regardless.
func (h *Hub) limit(s *session, k *socket) error {
	wait, most := reserve(s.requests), h.opts.Requests.PerSecond
	if wait == 0 {
		wait, most = reserve(s.ofUser), h.opts.UserRequests.PerSecond
	}
	if wait == 0 {
		return nil
	}
	h.counts.limited.Add(1)
	if !s.strikes.Allow() {
		k.close(CloseViolation, "far too many requests", false)
	}
	return call.Errorf(call.CodeRateLimited, "requests come faster than %g a second: wait", most).After(wait)
}

// reserve takes one and returns 0, or how long to wait for it.
func reserve(l *rate.Limiter) time.Duration {
	r := l.Reserve()
	wait := r.Delay()
	if wait > 0 {
		r.Cancel()
	}
	return wait
}

// perform does a request, or remembers that it was done, and answers.
func (h *Hub) perform(s *session, k *socket, in wire.Incoming) {
	ctx, cancel := context.WithTimeout(h.ctx, h.opts.RequestTimeout)
	defer cancel()
	who := s.caller()
	who.RequestID = in.RequestID
	result, err := h.answers.do(ctx, who.UserID, in.RequestID, func() (json.RawMessage, error) {
		return h.handle(ctx, who, in)
	})
	h.counts.answered(in.Method, err)
	if err != nil {
		h.logFault(who, in.Method, err)
	}
	h.answer(k, in, result, err)
}

// handle calls the handler. A fault in one request must not end everybody's calls.
func (h *Hub) handle(ctx context.Context, who call.Caller, in wire.Incoming) (result json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	switch in.Request.(type) {
	case *wire.Invite, *wire.InviteInGroup:
		if wait := h.invites.Take(who.UserID, 1, time.Now()); wait > 0 {
			h.counts.limited.Add(1)
			return nil, call.Errorf(call.CodeRateLimited, "invitations come faster than %g a second: wait", h.opts.Invites.PerSecond).After(wait)
		}
	}
	value, err := h.handler.Handle(ctx, who, in.Request)
	if err != nil {
		return nil, err
	}
	return wire.EncodeValue(value)
}

// logFault logs what the client is not told.
func (h *Hub) logFault(who call.Caller, method string, err error) {
	var told *call.Error
	if !errors.As(err, &told) {
		h.log.Error("a request failed", "method", method, "userID", who.UserID, "error", err)
	}
}

// answer goes to the socket the request came on: on another one its id would
// mean something else.
func (h *Hub) answer(k *socket, in wire.Incoming, result json.RawMessage, failure error) {
	if failure == nil {
		k.send(outgoing{frame: wire.EncodeResult(in.ID, result)})
		return
	}
	frame, err := wire.EncodeError(in.ID, failure)
	if err != nil {
		h.log.Error("an answer could not be encoded and is lost", "method", in.Method, "error", err)
		return
	}
	k.send(outgoing{frame: frame})
}
