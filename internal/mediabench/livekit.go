package mediabench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/encoding/protowire"
)

// livekitTarget speaks LiveKit's signaling, protocol 15, as its client SDKs do:
// protobuf over a WebSocket, a PeerConnection that the client offers to publish,
// and one that the server offers to receive.
type livekitTarget struct{ Options }

// Fields of SignalRequest and SignalResponse (livekit_rtc.proto).
const (
	requestOffer, requestAnswer, requestTrickle, requestAddTrack, requestLeave, requestPing = 1, 2, 3, 4, 8, 16

	responseJoin, responseAnswer, responseOffer, responseTrickle, responsePublished, responseLeave = 1, 2, 3, 4, 6, 8
)

// SignalTarget: which of the two PeerConnections a candidate is for.
const (
	toPublisher  = 0
	toSubscriber = 1
)

const livekitPing = 5 * time.Second

// livekitSession is one participant at a LiveKit server.
type livekitSession struct {
	p         *participant
	ws        *websocket.Conn
	joined    chan struct{}
	over      chan struct{}
	answer    chan string
	published map[string]chan struct{} // by cid
	pub, sub  *connection
	tasks     sync.WaitGroup

	writing sync.Mutex
	mu      sync.Mutex                           // guards early
	early   map[uint64][]webrtc.ICECandidateInit // came before the description
}

func (t *livekitTarget) join(ctx context.Context, p *participant) (session, error) {
	token, err := t.Token(p.user, p.room)
	if err != nil {
		return nil, err
	}
	query := url.Values{"access_token": {token}, "protocol": {"15"}, "sdk": {"go"}, "version": {"2.9.0"}, "auto_subscribe": {"1"}}
	ws, err := dial(ctx, t.URL+"/rtc?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	s := &livekitSession{
		p: p, ws: ws, joined: make(chan struct{}), over: make(chan struct{}), answer: make(chan string, 1),
		published: map[string]chan struct{}{}, early: map[uint64][]webrtc.ICECandidateInit{},
	}
	for _, t := range p.tracks {
		s.published[t.id] = make(chan struct{})
	}
	if err := s.open(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// open makes both PeerConnections and waits for what can be waited for: the
// publisher's transport, or that of who only receives.
func (s *livekitSession) open(ctx context.Context) (err error) {
	if s.sub, err = s.p.newConnection(); err == nil {
		s.pub, err = s.p.newConnection()
	}
	if err != nil {
		close(s.over) // read has not begun
		return err
	}
	s.trickle(s.sub, toSubscriber)
	s.trickle(s.pub, toPublisher)
	go s.read()
	if err := s.await(ctx, s.joined, "join"); err != nil {
		return err
	}
	s.tasks.Go(s.ping)
	if len(s.p.tracks) == 0 {
		if s.p.run.Publishers == 0 {
			return nil
		}
		return s.sub.up(ctx)
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	return s.pub.up(ctx)
}

// publish announces the tracks, and offers them.
func (s *livekitSession) publish(ctx context.Context) error {
	for _, t := range s.p.tracks {
		if err := s.send(requestAddTrack, addTrack(t)); err != nil {
			return err
		}
	}
	for _, t := range s.p.tracks {
		if err := s.await(ctx, s.published[t.id], "publish"); err != nil {
			return err
		}
	}
	if err := s.pub.send(s.p.tracks); err != nil {
		return err
	}
	offer, err := s.pub.CreateOffer(nil)
	if err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	if err := s.pub.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	if err := s.send(requestOffer, fields{}.text(1, "offer").text(2, offer.SDP).number(3, 1)); err != nil {
		return err
	}
	select {
	case answer := <-s.answer:
		return s.describe(s.pub, toPublisher, webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
	case <-s.over:
		return errors.New("the server closed the connection instead of an answer")
	case <-ctx.Done():
		return fmt.Errorf("answer: %w", ctx.Err())
	}
}

// addTrack is AddTrackRequest.
func addTrack(t *track) fields {
	f := fields{}.text(1, t.id).text(2, t.id)
	if !t.video {
		return f.number(3, 0).number(8, 2).number(13, 1) // AUDIO, MICROPHONE, no RED
	}
	top := t.layers[len(t.layers)-1]
	f = f.number(3, 1).number(4, uint64(top.width)).number(5, uint64(top.height)).number(8, 1) // VIDEO, CAMERA
	for i, l := range t.layers {
		quality := uint64(i)
		if len(t.layers) == 1 {
			quality = 2 // HIGH
		}
		f = f.message(9, fields{}.number(1, quality).number(2, uint64(l.width)).number(3, uint64(l.height)).number(4, uint64(l.kbps)*1000))
	}
	return f
}

// trickle sends the candidates of a PeerConnection.
func (s *livekitSession) trickle(c *connection, to uint64) {
	c.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			return
		}
		text, err := json.Marshal(candidate.ToJSON())
		if err == nil {
			err = s.send(requestTrickle, fields{}.text(1, string(text)).number(2, to))
		}
		if err != nil {
			s.p.run.failed("trickle: %v", err)
		}
	})
}

// describe sets a remote description, and the candidates that came before it.
func (s *livekitSession) describe(c *connection, of uint64, d webrtc.SessionDescription) error {
	if err := c.SetRemoteDescription(d); err != nil {
		return fmt.Errorf("%s: %w", d.Type, err)
	}
	s.mu.Lock()
	early := s.early[of]
	delete(s.early, of)
	s.mu.Unlock()
	for _, candidate := range early {
		if err := c.AddICECandidate(candidate); err != nil {
			return fmt.Errorf("candidate: %w", err)
		}
	}
	return nil
}

// candidate takes one of the server's.
func (s *livekitSession) candidate(message []byte) error {
	var text []byte
	var to uint64
	if err := each(message, func(n protowire.Number, b []byte, v uint64) {
		switch n {
		case 1:
			text = b
		case 2:
			to = v
		}
	}); err != nil {
		return err
	}
	var candidate webrtc.ICECandidateInit
	if err := json.Unmarshal(text, &candidate); err != nil {
		return err
	}
	c := s.pub
	if to == toSubscriber {
		c = s.sub
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.RemoteDescription() == nil {
		s.early[to] = append(s.early[to], candidate)
		return nil
	}
	return c.AddICECandidate(candidate)
}

// offered answers the server's offer of what there is to receive.
func (s *livekitSession) offered(message []byte) error {
	sdp, id, err := readDescription(message)
	if err != nil {
		return err
	}
	if err := s.describe(s.sub, toSubscriber, webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}); err != nil {
		return err
	}
	answer, err := s.sub.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := s.sub.SetLocalDescription(answer); err != nil {
		return err
	}
	return s.send(requestAnswer, fields{}.text(1, "answer").text(2, answer.SDP).number(3, id))
}

// readDescription reads SessionDescription.
func readDescription(message []byte) (sdp string, id uint64, err error) {
	err = each(message, func(n protowire.Number, b []byte, v uint64) {
		switch n {
		case 2:
			sdp = string(b)
		case 3:
			id = v
		}
	})
	return sdp, id, err
}

func (s *livekitSession) send(kind protowire.Number, message fields) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.ws.WriteMessage(websocket.BinaryMessage, fields{}.message(kind, message))
}

// ping keeps the connection.
func (s *livekitSession) ping() {
	tick := time.NewTicker(livekitPing)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			if s.send(requestPing, fields{}.number(1, uint64(now.UnixMilli()))) != nil {
				return // read knows why
			}
		case <-s.over:
			return
		}
	}
}

func (s *livekitSession) await(ctx context.Context, done <-chan struct{}, what string) error {
	select {
	case <-done:
		return nil
	case <-s.over:
		return fmt.Errorf("%s: the server closed the connection", what)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
}

// read takes what the server sends until the connection is over.
func (s *livekitSession) read() {
	defer close(s.over)
	for {
		_, message, err := s.ws.ReadMessage()
		if err != nil {
			return
		}
		var failed error
		err = each(message, func(kind protowire.Number, b []byte, _ uint64) { failed = s.take(kind, b) })
		if err := errors.Join(err, failed); err != nil {
			s.p.run.failed("signaling: %v", err)
		}
	}
}

func (s *livekitSession) take(kind protowire.Number, message []byte) error {
	switch kind {
	case responseJoin:
		close(s.joined)
	case responseAnswer:
		sdp, _, err := readDescription(message)
		s.answer <- sdp
		return err
	case responseOffer:
		return s.offered(message)
	case responseTrickle:
		return s.candidate(message)
	case responsePublished:
		return each(message, func(n protowire.Number, b []byte, _ uint64) {
			if done := s.published[string(b)]; n == 1 && done != nil {
				close(done)
			}
		})
	case responseLeave:
		return errors.New("the server asked a participant to leave")
	}
	return nil
}

func (s *livekitSession) close() {
	_ = s.send(requestLeave, fields{}) // it is over either way
	_ = s.ws.Close()
	<-s.over
	s.tasks.Wait()
	s.pub.close()
	s.sub.close()
}
