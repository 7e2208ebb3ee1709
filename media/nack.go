package media

import (
	"time"

	"github.com/pion/rtcp"
)

// Limits of asking for and of answering retransmissions (RFC 4585 section 6.2.1).
const (
	maxMissing    = 128 // of one layer at a time: a longer gap is a keyframe's business
	maxAsks       = 5   // for one packet
	maxVoiceAsks  = 2
	askAgainAfter = 60 * time.Millisecond
	// voiceRepair is the round trip within which a voice that was lost can come
	// before it is due to be played.
	voiceRepair = 100 * time.Millisecond
)

// missing is a packet that was asked for again.
type missing struct {
	ext  int64
	asks int
	at   int64 // Unix nanoseconds
}

// repairs reports whether a lost packet of a codec is worth asking for again.
func (l *layer) repairs(c *codec) bool {
	return c.nack && (!l.pub.source.Audio() || l.pub.peer.rtt.Load() <= int64(voiceRepair))
}

// lose notes the gap between two packets and returns what to ask for.
func (l *layer) lose(previous, ext, now int64) []uint16 {
	from := max(previous+1, ext-maxMissing)
	if previous == 0 || from >= ext {
		return nil
	}
	if over := len(l.missing) + int(ext-from) - maxMissing; over > 0 {
		l.missing = append(l.missing[:0], l.missing[min(over, len(l.missing)):]...)
	}
	ask := make([]uint16, 0, ext-from)
	for e := from; e < ext; e++ {
		l.missing = append(l.missing, missing{ext: e, asks: 1, at: now})
		ask = append(ask, uint16(e))
	}
	return ask
}

// found strikes a packet off the list.
func (l *layer) found(ext int64) {
	for i := range l.missing {
		if l.missing[i].ext == ext {
			l.missing = append(l.missing[:i], l.missing[i+1:]...)
			return
		}
	}
}

// askAgain returns what is still missing and due to be asked for once more, and
// whether something was given up that somebody looks at: only a keyframe helps.
func (l *layer) askAgain(now int64, rtt time.Duration) (ask []uint16, gaveUp bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait, most := int64(max(askAgainAfter, rtt+rtt/2)), maxAsks
	if l.pub.source.Audio() {
		most = maxVoiceAsks
	}
	kept := l.missing[:0]
	for _, m := range l.missing {
		if now-m.at >= wait {
			if m.asks >= most {
				gaveUp = len(l.subs) > 0
				continue
			}
			m.asks, m.at = m.asks+1, now
			ask = append(ask, uint16(m.ext))
		}
		kept = append(kept, m)
	}
	l.missing = kept
	return ask, gaveUp
}

// nack makes the request for lost packets of a publisher's stream.
func (l *layer) nack(seqs []uint16) rtcp.Packet {
	l.pub.peer.engine.counters.nacksSent.Add(1)
	return &rtcp.TransportLayerNack{
		SenderSSRC: l.pub.peer.ssrc, MediaSSRC: l.ssrc,
		Nacks: rtcp.NackPairsFromSequenceNumbers(seqs),
	}
}
