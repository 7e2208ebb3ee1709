package testkit

import (
	"errors"
	"io"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

const audioLevelURI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

// Sends says what a user publishes and how many pairs of receive slots are
// offered. The zero value publishes microphone and camera and offers one pair.
type Sends struct {
	NoMic, NoCamera bool
	Screen          bool // with its sound
	Pairs           int  // -1 is none
}

// slots is how many pairs are offered.
func (s Sends) slots() int {
	if s.Pairs == 0 {
		return 1
	}
	return max(s.Pairs, 0)
}

// Media is a user's PeerConnection.
type Media struct {
	tb      testing.TB
	user    string
	room    string
	pc      *webrtc.PeerConnection
	gate    *gate
	sources map[string]*source // by kind of source
	done    chan struct{}
	busy    sync.WaitGroup
	once    sync.Once

	mu      sync.Mutex
	arrived map[string]*Arrived // by mid
	changed chan struct{}
}

// Arrived is what came in one receive slot.
type Arrived struct {
	Packets, Keyframes int64
	Users              map[string]int64 // packets by whose they were
	User               string           // of the last one
	Count              int64            // in the last one's mark
	Back               int64            // how often a user's counter went back
}

func newMedia(tb testing.TB, user, room string, s Sends) (*Media, error) {
	m := &Media{
		tb: tb, user: user, room: room, sources: map[string]*source{}, done: make(chan struct{}),
		arrived: map[string]*Arrived{}, changed: make(chan struct{}),
	}
	var err error
	if m.gate, err = newGate(); err != nil {
		return nil, err
	}
	if m.pc, err = newPeerConnection(m.gate); err != nil {
		return nil, err
	}
	if !s.NoMic {
		err = m.publish("mic", webrtc.MimeTypeOpus)
	}
	if !s.NoCamera && err == nil {
		err = m.publish("camera", webrtc.MimeTypeVP8)
	}
	if s.Screen && err == nil {
		err = errors.Join(m.publish("screen", webrtc.MimeTypeVP8), m.publish("screenAudio", webrtc.MimeTypeOpus))
	}
	for range s.slots() {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if err == nil {
				_, err = m.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
			}
		}
	}
	m.pc.OnTrack(m.receive)
	m.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			m.once.Do(m.feed)
		}
	})
	return m, err
}

// newPeerConnection makes one that reports losses and asks for what is missing,
// but does not tell when each packet came. The server would estimate bandwidth by
// that, and on one busy machine delays are the scheduler's: it left out pictures.
func newPeerConnection(g *gate) (*webrtc.PeerConnection, error) {
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: audioLevelURI}, webrtc.RTPCodecTypeAudio)
	if err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	if err := errors.Join(webrtc.ConfigureNack(m, registry), webrtc.ConfigureRTCPReports(registry)); err != nil {
		return nil, err
	}
	quiet := &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled, ScopeLevels: map[string]logging.LogLevel{}}
	s := webrtc.SettingEngine{LoggerFactory: quiet}
	s.SetICEUDPMux(webrtc.NewICEUDPMux(quiet.NewLogger("ice"), g))
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetICETimeouts(5*time.Second, 2*time.Minute, time.Second)
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(s)).
		NewPeerConnection(webrtc.Configuration{})
}

func (m *Media) publish(kind, mime string) error {
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, kind, m.user)
	if err != nil {
		return err
	}
	t, err := m.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return err
	}
	s := &source{track: track, send: t.Sender(), user: m.user, frame: make(chan struct{}, 1)}
	m.sources[kind] = s
	m.busy.Go(s.listen)
	return nil
}

// feed begins to send.
func (m *Media) feed() {
	for kind, s := range m.sources {
		run := s.video
		if kind == "mic" || kind == "screenAudio" {
			run = s.audio
		}
		m.busy.Go(func() { run(m.done) })
	}
}

// sends lists the sending m-lines as room.enter wants it.
func (m *Media) sends() []P {
	var list []P
	for _, kind := range slices.Sorted(maps.Keys(m.sources)) {
		for _, t := range m.pc.GetTransceivers() {
			if t.Sender() == m.sources[kind].send {
				list = append(list, P{"mid": t.Mid(), "source": kind})
			}
		}
	}
	return list
}

// Offer makes an offer, with an ICE restart or without.
func (m *Media) Offer(restart bool) string {
	m.tb.Helper()
	offer, err := m.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		m.tb.Fatal(err)
	}
	if err := m.pc.SetLocalDescription(offer); err != nil {
		m.tb.Fatal(err)
	}
	return offer.SDP // at once, without candidates
}

// Take takes the server's answer.
func (m *Media) Take(answer string) {
	m.tb.Helper()
	if err := m.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		m.tb.Fatalf("%s cannot take the answer: %v\n%s", m.user, err, answer)
	}
}

func (m *Media) receive(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	mid := r.RTPTransceiver().Mid()
	video := track.Kind() == webrtc.RTPCodecTypeVideo
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		m.note(mid, p.Payload, video)
	}
}

func (m *Media) note(mid string, payload []byte, video bool) {
	user, n, ok := readMark(payload)
	if !ok {
		return // padding, which probes the bandwidth
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.arrived[mid]
	if a == nil {
		a = &Arrived{Users: map[string]int64{}}
		m.arrived[mid] = a
	}
	a.Packets++
	a.Users[user]++
	if video && isKeyframe(payload) {
		a.Keyframes++
	}
	if user == a.User && n < a.Count {
		a.Back++
	}
	a.User, a.Count = user, n
	close(m.changed)
	m.changed = make(chan struct{})
}

// In is what came in a slot so far.
func (m *Media) In(mid string) Arrived {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.arrived[mid]; a != nil {
		b := *a
		b.Users = maps.Clone(a.Users)
		return b
	}
	return Arrived{Users: map[string]int64{}}
}

// Until waits until what came in a slot is so.
func (m *Media) Until(mid, what string, so func(Arrived) bool) {
	m.tb.Helper()
	deadline := time.After(Patience)
	for {
		m.mu.Lock()
		changed := m.changed
		m.mu.Unlock()
		if so(m.In(mid)) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			m.tb.Fatalf("%s waits in slot %s for %s; came: %+v", m.user, mid, what, m.In(mid))
		}
	}
}

// Gets waits until n more packets of a user have come in a slot.
func (m *Media) Gets(mid, user string, n int64) {
	m.tb.Helper()
	before := m.In(mid).Users[user]
	m.Until(mid, "packets of "+user, func(a Arrived) bool { return a.Users[user] >= before+n })
}

// Sent is how many frames, or packets of sound, a source has sent.
func (m *Media) Sent(kind string) int64 { return m.sources[kind].sent.Load() }

// UntilSent waits until a source has sent that many. A story that must take a
// while waits by this: the user's own sending is its clock.
func (m *Media) UntilSent(kind string, n int64) {
	for s := m.sources[kind]; s.sent.Load() < n; {
		select {
		case <-s.frame:
		case <-m.done:
			return
		}
	}
}

// Video is the mid of the i-th video slot, Audio of the i-th audio slot.
func (m *Media) Video(i int) string { return m.slot(webrtc.RTPCodecTypeVideo, i) }

// Audio is the mid of the i-th audio slot.
func (m *Media) Audio(i int) string { return m.slot(webrtc.RTPCodecTypeAudio, i) }

func (m *Media) slot(kind webrtc.RTPCodecType, i int) string {
	m.tb.Helper()
	for _, t := range m.pc.GetTransceivers() {
		if t.Kind() == kind && t.Direction() == webrtc.RTPTransceiverDirectionRecvonly {
			if i == 0 {
				return t.Mid()
			}
			i--
		}
	}
	m.tb.Fatalf("%s has no such slot", m.user)
	return ""
}

// CutNetwork lets no packet in or out until RestoreNetwork.
func (m *Media) CutNetwork() { m.gate.set(true) }

// RestoreNetwork undoes CutNetwork.
func (m *Media) RestoreNetwork() { m.gate.set(false) }

// Close ends the connection. A nil Media has nothing to end, nor one closed before.
func (m *Media) Close() {
	if m == nil || m.isClosed() {
		return
	}
	close(m.done)
	if err := m.pc.GracefulClose(); err != nil {
		m.tb.Errorf("%s closes the PeerConnection: %v", m.user, err)
	}
	m.busy.Wait()
	if err := m.gate.Close(); err != nil {
		m.tb.Errorf("%s closes the socket: %v", m.user, err)
	}
}

func (m *Media) isClosed() bool {
	select {
	case <-m.done:
		return true
	default:
		return false
	}
}
