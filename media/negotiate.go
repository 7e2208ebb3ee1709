package media

import (
	"fmt"
	"time"

	"callsvc/call"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// gatherTimeout bounds the wait for the local candidate. It is one socket that
// is already open, so this only ends a hang.
const gatherTimeout = 5 * time.Second

// newPeerConnection makes the PeerConnection of a peer. Each has an API object
// of its own so that its packets and checks can be told apart.
func (e *Engine) newPeerConnection(p *Peer) (*webrtc.PeerConnection, error) {
	settings := e.settings
	settings.SetICEBindingRequestHandler(p.checked)
	registry := &interceptor.Registry{}
	registry.Add(p.arrivals)
	api := webrtc.NewAPI(
		webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(e.mediaEngine),
		webrtc.WithInterceptorRegistry(registry),
	)
	pc, err := api.NewPeerConnection(webrtc.Configuration{
		Certificates: []webrtc.Certificate{e.certificate},
		BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, fmt.Errorf("new peer connection: %w", err)
	}
	pc.OnTrack(p.published)
	pc.OnConnectionStateChange(p.connectionState)
	pc.OnDataChannel(func(d *webrtc.DataChannel) {
		// Nothing is said over data channels. One that stays open costs memory.
		if err := d.Close(); err != nil {
			p.log.Debug("data channel not closed", "err", err)
		}
	})
	return pc, nil
}

// negotiate answers an offer. Called with p.negotiation held.
func (p *Peer) negotiate(text string, send []call.Send) (string, error) {
	o, err := parseOffer(text, p.maxSlots)
	if err != nil {
		return "", err
	}
	sources, err := nameSources(o.sending, send, p.knownSources())
	if err != nil {
		return "", err
	}
	fresh, err := p.planSlots(o.slots)
	if err != nil {
		return "", err
	}
	for _, s := range fresh {
		if err := p.addTransceiver(s); err != nil {
			return "", err
		}
	}
	p.setSources(sources)
	answer, err := p.answer(o.sdp)
	if err != nil {
		return "", err
	}
	p.addSlots(fresh)
	return answer, nil
}

// planSlots makes the slots of an offer that are new, and refuses an offer that
// takes one away: pion would stop it for good.
func (p *Peer) planSlots(lines []mline) ([]*slot, error) {
	offered := map[string]mline{}
	for _, line := range lines {
		offered[line.mid] = line
	}
	known := map[string]bool{}
	count := map[bool]int{}
	for _, s := range p.allSlots() {
		line, ok := offered[s.mid]
		if !ok || line.audio != s.audio {
			return nil, call.Errorf(call.CodeSDP, "receive slot %q is missing from the offer or not recvonly any more: keep it, and leave it empty", s.mid)
		}
		known[s.mid] = true
		count[s.audio]++
	}
	var fresh []*slot
	for _, line := range lines {
		if known[line.mid] {
			continue
		}
		i, letter := count[line.audio], "v"
		if line.audio {
			letter = "a"
		}
		count[line.audio]++
		fresh = append(fresh, newSlot(p, line.mid, line.audio, fmt.Sprintf("%s%d", letter, i), fmt.Sprintf("slot%d", i)))
	}
	return fresh, nil
}

// addTransceiver prepares the sending side of a slot. pion pairs transceivers
// without a mid with the offer's new recvonly m-lines in order, per kind.
func (p *Peer) addTransceiver(s *slot) error {
	_, err := p.pc.AddTransceiverFromTrack(s, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return fmt.Errorf("add transceiver for slot %s: %w", s.mid, err)
	}
	return nil
}

// answer takes the offer through the PeerConnection.
func (p *Peer) answer(offer string) (string, error) {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", call.Errorf(call.CodeSDP, "offer cannot be used: %v", err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", call.Errorf(call.CodeSDP, "offer cannot be answered: %v", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return "", call.Errorf(call.CodeSDP, "offer cannot be answered: %v", err)
	}
	select {
	case <-gathered:
	case <-time.After(gatherTimeout):
		return "", fmt.Errorf("no local candidate within %s", gatherTimeout)
	}
	local := p.pc.LocalDescription()
	if local == nil {
		return "", call.Errorf(call.CodeSDP, "the PeerConnection was closed while the offer was answered")
	}
	return withCandidates(local.SDP, p.engine.advertised, p.engine.port), nil
}
