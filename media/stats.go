package media

import "sync/atomic"

// Stats is a snapshot of the engine's counters, for metrics. All but Rooms,
// Peers, TCPConns and Relays only grow.
type Stats struct {
	Rooms, Peers      int
	PacketsIn         uint64  // RTP taken from publishers
	BytesIn           uint64  // their payloads
	PacketsOut        uint64  // RTP written to viewers, retransmissions included
	BytesOut          uint64  // with headers, before encryption
	DuplicatesDropped uint64  // repeated or far too late
	NACKsReceived     uint64  // from viewers
	NACKsSent         uint64  // to publishers
	Retransmitted     uint64  // packets sent again
	KeyframeRequests  uint64  // sent to publishers
	CutBack           uint64  // packets of publishers beyond their bit rate
	Shedding          float64 // share of the pictures that are given up for overload now; it goes up and down
	SheddingVoices    float64 // likewise of the voices, after all pictures; for each listener the one to be heard first is none of them
	SendQueueDropped  uint64  // datagrams the socket could not take in time
	Unread            uint64  // datagrams the kernel dropped because the server did not come to reading them; where it says
	Delays            Delays  // between the kernel and the kernel
	TCPConns          int     // of ICE over TCP, as they are now
	TCPRefused        uint64  // connections beyond the limits
	TCPDropped        uint64  // packets for clients that read too slowly
	Relays            int     // TURN allocations, as they are now
	RelayRefused      uint64  // TURN requests and connections beyond the limits
	RelayDropped      uint64  // packets of TURN that went nowhere: too many, or to others than this server
}

// counters are the engine's own. Packet paths count in the stream they hold the
// lock of; the tick brings that here.
type counters struct {
	packetsIn, bytesIn, duplicates             atomic.Uint64
	packetsOut, bytesOut, resent               atomic.Uint64
	nacksReceived, nacksSent, keyframeRequests atomic.Uint64
	cutBack                                    atomic.Uint64
}

// Stats returns the counters as they stand; those of packets are up to a
// tenth of a second old.
func (e *Engine) Stats() Stats {
	e.mu.Lock()
	rooms, peers := len(e.rooms), len(e.peers)
	e.mu.Unlock()
	c := &e.counters
	s := Stats{
		Rooms: rooms, Peers: peers,
		PacketsIn: c.packetsIn.Load(), BytesIn: c.bytesIn.Load(), DuplicatesDropped: c.duplicates.Load(),
		PacketsOut: c.packetsOut.Load(), BytesOut: c.bytesOut.Load(), Retransmitted: c.resent.Load(),
		NACKsReceived: c.nacksReceived.Load(), NACKsSent: c.nacksSent.Load(),
		CutBack:          c.cutBack.Load(),
		KeyframeRequests: c.keyframeRequests.Load(), SendQueueDropped: e.conn.dropped.Load(), Unread: unread(e.conn.PacketConn),
		Delays: e.conn.delays.snapshot(),
	}
	s.Shedding, s.SheddingVoices = e.overload.shares()
	if e.tcp != nil {
		s.TCPConns, s.TCPRefused, s.TCPDropped = e.tcp.count(), e.tcp.refused.Load(), e.tcp.dropped.Load()
	}
	if e.turn != nil {
		s.Relays, s.RelayRefused, s.RelayDropped = e.relays.count(), e.turn.clients.refused.Load(), e.relays.dropped.Load()
	}
	return s
}

// takeCounts moves what the streams counted to the engine.
func (p *Peer) takeCounts() {
	c := &p.engine.counters
	for _, l := range p.allLayers() {
		l.mu.Lock()
		n := l.counts
		l.counts = layerCounts{}
		l.mu.Unlock()
		l.interval.bytes += n.bytes
		c.packetsIn.Add(n.packets)
		c.bytesIn.Add(n.bytes)
		c.duplicates.Add(n.duplicates)
	}
	for _, s := range p.allSlots() {
		s.mu.Lock()
		packets, bytes, resent := s.counts.newPackets, s.counts.newBytes, s.counts.resent
		s.counts.newPackets, s.counts.newBytes, s.counts.resent = 0, 0, 0
		s.mu.Unlock()
		s.interval.bytes += bytes
		c.packetsOut.Add(packets)
		c.bytesOut.Add(bytes)
		c.resent.Add(resent)
	}
}
