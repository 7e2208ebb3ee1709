package media_test

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/media"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v5/vnet"
	"github.com/pion/webrtc/v4"
)

const serverIP = "10.0.0.1"

// world is a virtual network with an engine on it. Everything lives in one
// synctest bubble, so waiting costs nothing.
type world struct {
	t       *testing.T
	router  *vnet.Router
	engine  *media.Engine
	hosts   int
	clients []*client
	cut     atomic.Bool                             // drops everything
	drop    atomic.Pointer[func([]byte, bool) bool] // drops what it says; true = towards the server
}

// inWorld runs a story in a bubble and checks that everything it started ends.
func inWorld(t *testing.T, story func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer func() {
			for _, c := range w.clients {
				c.leave()
			}
			if err := w.engine.Close(); err != nil {
				t.Errorf("close engine: %v", err)
			}
			if err := w.router.Stop(); err != nil {
				t.Errorf("stop network: %v", err)
			}
		}()
		story(w)
	})
}

func newWorld(t *testing.T) *world {
	t.Helper()
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/16", LoggerFactory: logging.NewDefaultLoggerFactory()})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, router: router}
	router.AddChunkFilter(func(c vnet.Chunk) bool {
		if w.cut.Load() {
			return false
		}
		if drop := w.drop.Load(); drop != nil {
			return !(*drop)(c.UserData(), c.DestinationAddr().(interface{ String() string }).String() == serverIP+":7882")
		}
		return true
	})
	server := w.host(serverIP)
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	w.engine, err = media.New(media.Config{
		UDPPort: 7882, NodeIPs: []netip.Addr{netip.MustParseAddr(serverIP)}, Net: server,
	}, slog.New(slog.NewTextHandler(testWriter{t}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) { w.t.Logf("%s", b); return len(b), nil }

func (w *world) host(ip string) *vnet.Net {
	w.t.Helper()
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.router.AddNet(n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// client is a participant with a pion PeerConnection of its own.
type client struct {
	*events
	w     *world
	t     *testing.T
	user  call.UserID
	pc    *webrtc.PeerConnection
	peer  call.Peer
	video *source
	audio *source
	in    map[string]*inbox // by mid
	done  chan struct{}
	left  bool
	busy  sync.WaitGroup

	begins string // with which layers, as a=simulcast has it; all of them by default
}

// source is what a client publishes.
type source struct {
	track *webrtc.TrackLocalStaticRTP
	plis  atomic.Int32
	key   atomic.Bool
	off   atomic.Bool
	quiet atomic.Bool  // it sends silence
	late  atomic.Int64 // nanoseconds by which every second packet of sound is sent too late
}

type clientOption struct {
	publish      bool
	pairs        int
	interceptors bool                // NACK, reports, feedback, as a browser would
	tap          interceptor.Factory // beneath them, if any
	simulcast    bool                // names the layers of what it sends
}

func (w *world) client(user string, o clientOption) *client {
	w.t.Helper()
	w.hosts++
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		w.t.Fatal(err)
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: "urn:ietf:params:rtp-hdrext:ssrc-audio-level"}, webrtc.RTPCodecTypeAudio); err != nil {
		w.t.Fatal(err)
	}
	if o.simulcast {
		if err := webrtc.ConfigureSimulcastExtensionHeaders(m); err != nil {
			w.t.Fatal(err)
		}
	}
	registry := &interceptor.Registry{}
	if o.tap != nil {
		registry.Add(o.tap)
	}
	if o.interceptors {
		if err := webrtc.RegisterDefaultInterceptors(m, registry); err != nil {
			w.t.Fatal(err)
		}
	}
	s := webrtc.SettingEngine{}
	s.SetNet(w.host(fmt.Sprintf("10.0.1.%d", w.hosts)))
	s.SetICETimeouts(5*time.Second, 60*time.Second, time.Second)
	s.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(s)).
		NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		w.t.Fatal(err)
	}
	c := &client{events: &events{}, w: w, t: w.t, user: call.UserID(user), pc: pc, in: map[string]*inbox{}, done: make(chan struct{})}
	if o.publish {
		c.audio = c.addSource(webrtc.MimeTypeOpus, "mic")
		c.video = c.addSource(webrtc.MimeTypeVP8, "camera")
	}
	for range o.pairs {
		c.addSlot(webrtc.RTPCodecTypeAudio)
		c.addSlot(webrtc.RTPCodecTypeVideo)
	}
	pc.OnTrack(c.receive)
	w.clients = append(w.clients, c)
	return c
}

// watched brings ana and ben into a room and returns once ben sees ana. Both have
// the options, ana publishes, and ben has a pair of slots if none are asked for.
func (w *world) watched(o clientOption) (ana, ben *client) {
	w.t.Helper()
	sends, receives := o, o
	sends.publish, sends.pairs = true, 0
	receives.pairs = cmp.Or(o.pairs, 1)
	ana, ben = w.client("ana", sends), w.client("ben", receives)
	ana.join("r")
	ben.join("r")
	ben.watch("ana")
	slot := ben.videoSlot(0)
	w.eventually("ben sees ana", func() bool { return ben.carries(slot) == "ana camera" && len(ben.box(slot).all()) > 0 })
	return ana, ben
}

func (c *client) addSlot(kind webrtc.RTPCodecType) {
	c.t.Helper()
	if _, err := c.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) addSource(mime, id string) *source {
	c.t.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, id, string(c.user))
	if err != nil {
		c.t.Fatal(err)
	}
	t, err := c.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		c.t.Fatal(err)
	}
	src := &source{track: track}
	c.busy.Go(func() {
		for {
			packets, _, err := t.Sender().ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range packets {
				if _, ok := p.(*rtcp.PictureLossIndication); ok {
					src.plis.Add(1)
					src.key.Store(true)
				}
			}
		}
	})
	return src
}

func (c *client) receive(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	mid := r.RTPTransceiver().Mid()
	box := c.box(mid)
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		box.mu.Lock()
		box.packets = append(box.packets, *p)
		box.mu.Unlock()
	}
}

func (c *client) box(mid string) *inbox {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in[mid] == nil {
		c.in[mid] = &inbox{}
	}
	return c.in[mid]
}

// slot is the mid of the i-th recvonly m-line of a kind.
func (c *client) slot(kind webrtc.RTPCodecType, i int) string {
	c.t.Helper()
	for _, t := range c.pc.GetTransceivers() {
		if t.Kind() == kind && t.Sender() == nil || t.Kind() == kind && t.Sender().Track() == nil {
			if i == 0 {
				return t.Mid()
			}
			i--
		}
	}
	c.t.Fatalf("%s has no such slot", c.user)
	return ""
}

func (c *client) videoSlot(i int) string { return c.slot(webrtc.RTPCodecTypeVideo, i) }
func (c *client) audioSlot(i int) string { return c.slot(webrtc.RTPCodecTypeAudio, i) }

func (c *client) offer(o *webrtc.OfferOptions) string {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(o)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.pc.SetLocalDescription(offer); err != nil {
		c.t.Fatal(err)
	}
	return offer.SDP // at once, without candidates
}

func (c *client) take(answer string) {
	c.t.Helper()
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		c.t.Fatalf("%s cannot take the answer: %v\n%s", c.user, err, answer)
	}
}

// join enters the room and starts to publish.
func (c *client) join(room string) {
	c.t.Helper()
	offer := strings.ReplaceAll(c.offer(nil), "a=simulcast:send q;h;f", "a=simulcast:send "+cmp.Or(c.begins, "q;h;f"))
	peer, answer, err := c.w.engine.Join(call.JoinMedia{RoomID: call.RoomID(room), UserID: c.user, Offer: offer, Forward: true, MaxSlots: 40}, c)
	if err != nil {
		c.t.Fatalf("%s joins: %v", c.user, err)
	}
	c.peer = peer
	c.take(answer)
	if c.video != nil {
		c.busy.Go(func() { c.publishVideo(c.video) })
		c.busy.Go(func() { c.publishAudio(c.audio) })
	}
}

// reoffer negotiates again.
func (c *client) reoffer(o *webrtc.OfferOptions) {
	c.t.Helper()
	answer, err := c.peer.Offer(c.offer(o), nil)
	if err != nil {
		c.t.Fatalf("%s offers again: %v", c.user, err)
	}
	c.take(answer)
}

// watch asks for cameras, one a slot.
func (c *client) watch(users ...string) {
	c.t.Helper()
	var views []call.View
	for i, u := range users {
		views = append(views, call.View{MID: c.videoSlot(i), UserID: call.UserID(u), Stream: call.SourceCamera})
	}
	if err := c.peer.SetViews(views); err != nil {
		c.t.Fatal(err)
	}
}

// leave ends the client; a second time does nothing.
func (c *client) leave() {
	if c.left {
		return
	}
	c.left = true
	if c.peer != nil {
		c.peer.Close()
	}
	close(c.done)
	if err := c.pc.GracefulClose(); err != nil {
		c.t.Errorf("close %s: %v", c.user, err)
	}
	c.busy.Wait()
}

// publishVideo sends 25 frames a second of three packets each, a keyframe first
// and when asked.
func (c *client) publishVideo(s *source) {
	s.key.Store(true)
	ticker := time.NewTicker(40 * time.Millisecond)
	defer ticker.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 65500, Timestamp: 1 << 31}}
	for pictureID := uint16(32760); ; pictureID++ {
		select {
		case <-c.done:
			return
		case <-ticker.C:
		}
		p.Timestamp += 3600
		if s.off.Load() {
			continue
		}
		key := s.key.Swap(false)
		for part := range 3 {
			p.SequenceNumber++
			p.Marker = part == 2
			p.Payload = vp8Frame(pictureID, part, key, string(c.user))
			if err := s.track.WriteRTP(&p); err != nil {
				return
			}
		}
	}
}

// vp8Frame makes one packet of a frame; the text stands for the picture.
func vp8Frame(pictureID uint16, part int, key bool, text string) []byte {
	first, frame := byte(0x80), byte(1)
	if part == 0 {
		first |= 0x10
	}
	if key {
		frame = 0
	}
	b := []byte{first, 0xc0, 0x80 | byte(pictureID>>8&0x7f), byte(pictureID), byte(pictureID / 10), frame}
	return append(b, text...)
}

// publishAudio sends 50 packets a second with the level of a loud voice, or of silence.
func (c *client) publishAudio(s *source) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 100}, Payload: []byte(c.user)}
	for {
		select {
		case <-c.done:
			return
		case <-ticker.C:
		}
		p.SequenceNumber++
		p.Timestamp += 960
		if s.off.Load() {
			continue
		}
		level := byte(0x80 | 20)
		if s.quiet.Load() {
			level = 127
		}
		if err := p.SetExtension(1, []byte{level}); err != nil {
			return
		}
		if p.SequenceNumber%2 == 0 {
			time.Sleep(time.Duration(s.late.Load()))
		}
		if err := s.track.WriteRTP(&p); err != nil {
			return
		}
	}
}

// eventually waits up to a minute of the bubble's time.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	for range 6000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatalf("never happened: %s", what)
}
