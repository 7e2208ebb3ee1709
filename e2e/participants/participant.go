package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

// participant is one of those in the room.
type participant struct {
	user   string
	socket *websocket.Conn
	pc     *webrtc.PeerConnection
	up     chan struct{} // closed when the transport is up
	done   chan struct{} // closed to end the film
	busy   sync.WaitGroup
}

// enter goes into a room with a film and a sound.
func enter(ctx context.Context, server, room, user, film, sound string) (*participant, error) {
	p := &participant{user: user, up: make(chan struct{}), done: make(chan struct{})}
	reels, err := loadReels(film, sound)
	if err != nil {
		return nil, err
	}
	if p.socket, err = dial(ctx, server, room, user); err != nil {
		return nil, err
	}
	if err := p.publish(ctx, room, reels); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.busy.Go(p.read)
	return p, nil
}

// dial opens the connection of a user who may enter the room.
func dial(ctx context.Context, server, room, user string) (*websocket.Conn, error) {
	query := url.Values{"userID": {user}, "room": {room}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/dev/token?"+query.Encode(), http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for a token: %w", err)
	}
	defer res.Body.Close()
	var answer struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("read the token: %w", err)
	}
	address := strings.Replace(server, "http", "ws", 1) + "/ws?token=" + url.QueryEscape(answer.Token)
	socket, upgrade, err := websocket.DefaultDialer.DialContext(ctx, address, nil)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return socket, upgrade.Body.Close()
}

// publish offers the reels and plays them once the transport is up.
func (p *participant) publish(ctx context.Context, room string, reels []*reel) error {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	var err error
	if p.pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{}); err != nil {
		return err
	}
	var once sync.Once
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(p.up) })
		}
	})
	for _, r := range reels {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: r.mime}, r.source, p.user)
		if err != nil {
			return err
		}
		if _, err := p.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
			return err
		}
		p.busy.Go(func() { r.play(track, p.up, p.done) })
	}
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	answer, err := p.ask(ctx, room, offer.SDP)
	if err != nil {
		return err
	}
	return p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// ask enters the room. Without names the first audio is the microphone, the first video the camera.
func (p *participant) ask(ctx context.Context, room, offer string) (answer string, err error) {
	params := map[string]any{"roomID": room, "scene": "meeting", "offer": offer}
	if err := p.socket.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "room.enter", "params": params}); err != nil {
		return "", err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := p.socket.SetReadDeadline(deadline); err != nil {
			return "", err
		}
	}
	for {
		var frame struct {
			ID     int `json:"id"`
			Result struct {
				Answer string `json:"answer"`
			} `json:"result"`
			Error *struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if err := p.socket.ReadJSON(&frame); err != nil {
			return "", err
		}
		switch {
		case frame.ID != 1: // an event
		case frame.Error != nil:
			return "", errors.New(frame.Error.Message)
		default:
			return frame.Result.Answer, p.socket.SetReadDeadline(time.Time{})
		}
	}
}

// connected waits until the transport is up.
func (p *participant) connected(ctx context.Context) error {
	select {
	case <-p.up:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s is not connected: %w", p.user, ctx.Err())
	}
}

// read answers the server's pings as long as the connection is open. Events
// are of no interest.
func (p *participant) read() {
	for {
		if _, _, err := p.socket.NextReader(); err != nil {
			return // closed, by close or by a server that has ended
		}
	}
}

// close leaves the room.
func (p *participant) close() error {
	close(p.done)
	err := p.socket.Close()
	if p.pc != nil {
		err = errors.Join(err, p.pc.GracefulClose())
	}
	p.busy.Wait()
	return err
}
