package mediabench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

// callsvcTarget speaks the protocol of docs/protocol.md.
type callsvcTarget struct{ Options }

// leaveTimeout is how long who leaves waits to be let go.
const leaveTimeout = 5 * time.Second

// newTarget is the client side of a server's signaling.
func newTarget(o Options) (target, error) {
	base, ok := strings.CutPrefix(o.URL, "http")
	if !ok {
		return nil, fmt.Errorf("%q is no address of a server, write it like http://127.0.0.1:8080", o.URL)
	}
	o.URL = "ws" + strings.TrimSuffix(base, "/")
	if o.Target == TargetLiveKit {
		return &livekitTarget{o}, nil
	}
	return &callsvcTarget{o}, nil
}

// message is a JSON-RPC frame as far as it matters here.
type message struct {
	ID     int             `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// callsvcSession is one participant at our own server.
type callsvcSession struct {
	p    *participant
	ws   *websocket.Conn
	conn *connection
	over chan struct{} // closed when ws is

	mu      sync.Mutex // guards the following, and writing
	last    int
	waiting map[int]chan message
	free    []string          // video slots, by mid
	views   []json.RawMessage // of the others
	shown   map[string]bool
}

func (t *callsvcTarget) join(ctx context.Context, p *participant) (session, error) {
	token, err := t.Token(p.user, p.room)
	if err != nil {
		return nil, err
	}
	ws, err := dial(ctx, t.URL+"/ws", http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return nil, err
	}
	s := &callsvcSession{p: p, ws: ws, over: make(chan struct{}), waiting: map[int]chan message{}, shown: map[string]bool{}}
	go s.read()
	if err := s.enter(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// enter offers, and waits for the transport.
func (s *callsvcSession) enter(ctx context.Context) (err error) {
	if s.conn, err = s.p.newConnection(); err != nil {
		return err
	}
	if err := s.conn.send(s.p.tracks); err != nil {
		return err
	}
	if err := s.addSlots(webrtc.RTPCodecTypeAudio, s.p.audioSlots); err != nil {
		return err
	}
	if err := s.addSlots(webrtc.RTPCodecTypeVideo, s.p.videoSlots); err != nil {
		return err
	}
	offer, err := s.conn.CreateOffer(nil)
	if err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	if err := s.conn.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	s.takeSlots()
	var res struct {
		Answer string     `json:"answer"`
		Users  []roomUser `json:"users"`
	}
	// Without candidates: the server learns where we are from our checks.
	params := map[string]any{"roomID": s.p.room, "offer": offer.SDP, "send": s.sends(), "scene": "meeting", "batch": true}
	if err := s.ask(ctx, "room.enter", params, &res); err != nil {
		return err
	}
	if err := s.conn.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: res.Answer}); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	s.showAll(res.Users)
	return s.conn.up(ctx)
}

func (s *callsvcSession) addSlots(kind webrtc.RTPCodecType, n int) error {
	for range n {
		_, err := s.conn.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		if err != nil {
			return fmt.Errorf("a receive slot: %w", err)
		}
	}
	return nil
}

// takeSlots notes the mids of the video slots.
func (s *callsvcSession) takeSlots() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.conn.GetTransceivers() {
		if t.Kind() == webrtc.RTPCodecTypeVideo && t.Direction() == webrtc.RTPTransceiverDirectionRecvonly {
			s.free = append(s.free, t.Mid())
		}
	}
}

func (s *callsvcSession) sends() []map[string]string {
	send := []map[string]string{}
	for _, t := range s.p.tracks {
		source := "mic"
		if t.video {
			source = "camera"
		}
		send = append(send, map[string]string{"mid": t.mid(), "source": source})
	}
	return send
}

// roomUser is somebody in the room as far as it matters here.
type roomUser struct {
	UserID string `json:"userID"`
	Video  bool   `json:"video"`
}

// showAll shows who sends pictures. What changed in a crowd may be about oneself.
func (s *callsvcSession) showAll(users []roomUser) {
	for _, u := range users {
		if u.Video && u.UserID != s.p.user {
			s.show(u.UserID)
		}
	}
}

// show puts somebody's camera into a free slot, if there is one.
func (s *callsvcSession) show(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown[user] || len(s.free) == 0 {
		return
	}
	view, err := json.Marshal(map[string]any{"mid": s.free[0], "userID": user, "stream": "camera", "height": s.p.run.Height})
	if err != nil { // strings and numbers always encode
		panic(err)
	}
	s.shown[user], s.free, s.views = true, s.free[1:], append(s.views, view)
	if err := s.write("room.setViews", map[string]any{"roomID": s.p.room, "views": s.views}, nil); err != nil {
		s.p.run.failed("room.setViews: %v", err)
	}
}

// write sends a request, whose answer goes to a channel; nil lets it pass
// unless it is an error. It wants s.mu held.
func (s *callsvcSession) write(method string, params any, answer chan message) error {
	s.last++
	if answer != nil {
		s.waiting[s.last] = answer
	}
	return s.ws.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": s.last, "method": method, "params": params})
}

// ask makes a request and waits for its answer.
func (s *callsvcSession) ask(ctx context.Context, method string, params, result any) error {
	answer := make(chan message, 1)
	s.mu.Lock()
	err := s.write(method, params, answer)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %d: %s", method, m.Error.Code, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-s.over:
		return fmt.Errorf("%s: the connection is over", method)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// read takes what the server sends until the connection is over.
func (s *callsvcSession) read() {
	defer close(s.over)
	for {
		var m message
		if err := s.ws.ReadJSON(&m); err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) && closed.Code != websocket.CloseNormalClosure {
				s.p.run.failed("the server closed a connection: %v", err)
			}
			return
		}
		switch m.Method {
		case "":
			s.answered(m)
		case "onUserVideoAvailable":
			var ev struct {
				UserID    string `json:"userID"`
				Available bool   `json:"available"`
			}
			if err := json.Unmarshal(m.Params, &ev); err != nil {
				s.p.run.failed("an event is no JSON: %v", err)
			} else if ev.Available {
				s.show(ev.UserID)
			}
		case "onRemoteUsersChanged":
			var ev struct {
				Users []roomUser `json:"users"`
			}
			if err := json.Unmarshal(m.Params, &ev); err != nil {
				s.p.run.failed("an event is no JSON: %v", err)
			}
			s.showAll(ev.Users)
		}
	}
}

func (s *callsvcSession) answered(m message) {
	s.mu.Lock()
	answer := s.waiting[m.ID]
	delete(s.waiting, m.ID)
	s.mu.Unlock()
	switch {
	case answer != nil:
		answer <- m
	case m.Error != nil:
		s.p.run.failed("%d: %s", m.Error.Code, m.Error.Message)
	}
}

// close leaves the room, as a client does whose user hangs up: who only goes
// silent is forwarded to until the room gives up on them.
func (s *callsvcSession) close() {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	_ = s.ask(ctx, "room.exit", map[string]any{"roomID": s.p.room}, nil) // it is over either way
	_ = s.ws.Close()
	<-s.over
	s.conn.close()
}
