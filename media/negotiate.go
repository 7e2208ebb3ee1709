package media

import (
	"fmt"
	"slices"

	"callsvc/call"
)

// negotiate answers an offer. Called with p.negotiation held. Until the
// transport has taken it, a refused offer changes nothing.
func (p *Peer) negotiate(text string, send []call.Send) (string, error) {
	o, err := parseOffer(text, p.maxSlots)
	if err != nil {
		return "", err
	}
	sources, err := nameSources(o.sections, send, p.knownSources())
	if err != nil {
		return "", err
	}
	o.adviseVoices(sources)
	if len(sources) > p.engine.maxTracks {
		return "", call.Errorf(call.CodeSDP, "offer publishes %d streams, at most %d are allowed: stop one first", len(sources), p.engine.maxTracks)
	}
	fresh, err := p.planSlots(o)
	if err != nil {
		return "", err
	}
	if err := p.link.accept(o); err != nil {
		return "", err
	}
	p.addSlots(fresh)
	p.setSending(o, sources)
	p.answers++
	local := p.link.localCredentials()
	a := answer{
		session: p.session, version: p.answers, ufrag: local.ufrag, pwd: local.pwd, fingerprint: p.engine.fingerprint,
		addrs: p.engine.advertised, port: p.engine.port, tcpPort: p.engine.tcpPort, slots: p.allSlots(),
	}
	return a.text(o), nil
}

// planSlots makes the slots of an offer that are new, and refuses an offer that
// takes one away: whoever is shown there would vanish.
func (p *Peer) planSlots(o *offer) ([]*slot, error) {
	slots := p.allSlots()
	count := map[bool]int{}
	for _, s := range slots {
		if !slices.ContainsFunc(o.sections, func(line section) bool {
			return line.slot() && line.mid == s.mid && line.audio() == s.audio
		}) {
			return nil, call.Errorf(call.CodeSDP, "receive slot %q is missing from the offer or not recvonly any more: keep it, and leave it empty", s.mid)
		}
		count[s.audio]++
	}
	var fresh []*slot
	var tables codecTables
	taken := func(ssrc uint32) bool {
		return slices.ContainsFunc(slices.Concat(slots, fresh), func(s *slot) bool { return s.bind.ssrc == ssrc || s.bind.rtxSSRC == ssrc })
	}
	for i := range o.sections {
		line := &o.sections[i]
		if !line.slot() || slices.ContainsFunc(slots, func(s *slot) bool { return s.mid == line.mid }) {
			continue
		}
		n, letter := count[line.audio()], "v"
		if line.audio() {
			letter = "a"
		}
		count[line.audio()]++
		fresh = append(fresh, newSlot(p, line.mid, line.audio(),
			fmt.Sprintf("%s%d", letter, n), fmt.Sprintf("slot%d", n), bindingOf(line, tables.of(line.payloads), p.writerFor(line), taken)))
	}
	return fresh, nil
}

// writerFor is the way the packets of a slot take.
func (p *Peer) writerFor(line *section) rtpWriter {
	if line.audio() {
		return p.link
	}
	return &laneWriter{lane: p.lane, transportCC: oneOctetID(line.extensionID(uriTransportCC))}
}
