package media_test

import (
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"callsvc/call"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// clapper publishes a voice and a picture that carry the moment of their
// capture, and reports of both by a clock of its own.
type clapper struct {
	*client
	wrong time.Duration // its clock is ahead by so much
	late  time.Duration // its pictures are sent so long after their capture
}

func (w *world) clapper(user string, wrong, late time.Duration) *clapper {
	return &clapper{w.client(user, clientOption{publish: true}), wrong, late}
}

func (c *clapper) join(room string) {
	c.audio.off.Store(true)
	c.video.off.Store(true)
	c.client.join(room)
	for _, t := range c.pc.GetTransceivers() {
		if sender := t.Sender(); sender != nil && sender.Track() != nil {
			ssrc := uint32(sender.GetParameters().Encodings[0].SSRC)
			if t.Kind() == webrtc.RTPCodecTypeAudio {
				c.busy.Go(func() { c.claps(c.audio, ssrc, 48000, 20*time.Millisecond, 0, 250) })
			} else {
				c.busy.Go(func() { c.claps(c.video, ssrc, 90000, 40*time.Millisecond, c.late, 25) })
			}
		}
	}
}

// claps sends a packet every so often, and a report every so many packets, as
// browsers do: once a second of a picture, every five of a voice.
func (c *clapper) claps(s *source, ssrc, clock uint32, every, late time.Duration, reportEvery int) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	start := time.Now()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: uint16(clock)}}
	timestamp := func(at time.Time) uint32 { return clock<<8 + uint32(at.Sub(start).Microseconds()*int64(clock)/1e6) }
	for n := 0; ; n++ {
		var now time.Time
		select {
		case <-c.done:
			return
		case now = <-ticker.C:
		}
		captured := now.Add(-late)
		p.SequenceNumber++
		p.Timestamp, p.Marker = timestamp(captured), true
		text := binary.BigEndian.AppendUint64(nil, uint64(captured.UnixNano()))
		p.Payload = text
		if s == c.video {
			p.Payload = vp8Frame(uint16(n), 0, s.key.Swap(false) || n == 0, string(text))
		} else if p.SetExtension(1, []byte{0x80 | 20}) != nil {
			return
		}
		if s.track.WriteRTP(&p) != nil {
			return
		}
		if n%reportEvery != 10 {
			continue
		}
		ntp := rtcp.SenderReport{SSRC: ssrc, NTPTime: ntpTime(now.Add(c.wrong)), RTPTime: timestamp(now)}
		if c.pc.WriteRTCP([]rtcp.Packet{&ntp}) != nil {
			return
		}
	}
}

// ntpTime is a moment in NTP's 32.32 fixed point (RFC 5905).
func ntpTime(t time.Time) uint64 {
	return uint64(t.Unix()+2208988800)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// hearing is what somebody makes of sender reports: how far each packet, mapped
// by the last one, is from the moment it was captured. By whose clock is open, so
// that only differences say anything.
type hearing struct {
	mu      sync.Mutex
	reports map[uint32]*rtcp.SenderReport // the last, by SSRC
	apart   []time.Duration
	packets map[webrtc.RTPCodecType]int
}

// hears begins to compare.
func (c *client) hears() *hearing {
	h := &hearing{reports: map[uint32]*rtcp.SenderReport{}, packets: map[webrtc.RTPCodecType]int{}}
	c.pc.OnTrack(func(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
		c.busy.Go(func() { h.readReports(r) })
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			h.compare(p, track.Kind(), track.Codec().ClockRate)
		}
	})
	return h
}

func (h *hearing) readReports(r *webrtc.RTPReceiver) {
	for {
		packets, _, err := r.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if sr, is := p.(*rtcp.SenderReport); is {
				h.mu.Lock()
				h.reports[sr.SSRC] = sr
				h.mu.Unlock()
			}
		}
	}
}

func (h *hearing) compare(p *rtp.Packet, kind webrtc.RTPCodecType, clock uint32) {
	text := p.Payload
	if kind == webrtc.RTPCodecTypeVideo {
		text = text[6:]
	}
	if len(text) != 8 {
		return // padding
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	sr := h.reports[p.SSRC]
	if sr == nil {
		return
	}
	h.packets[kind]++
	captured := time.Unix(0, int64(binary.BigEndian.Uint64(text)))
	whole, part := int64(sr.NTPTime>>32)-2208988800, int64(sr.NTPTime&0xffffffff)*1e9>>32
	mapped := time.Unix(whole, part).Add(time.Duration(int32(p.Timestamp-sr.RTPTime)) * time.Second / time.Duration(clock))
	h.apart = append(h.apart, mapped.Sub(captured))
}

// Whatever comes and goes in a pair of slots, what was captured at the same
// moment has the same one by the sender reports: browsers play it together then. That
// holds too for what comes before the next report.
func TestVoiceAndPictureAreOnOneClock(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.clapper("ana", -time.Hour, 250*time.Millisecond)
		cy := w.clapper("cy", 7*time.Minute, 230*time.Millisecond)
		ben := w.client("ben", clientOption{pairs: 1})
		heard := ben.hears()
		ana.join("r")
		ben.join("r")
		ben.watch("ana")
		// Cy's pictures are sent between ana's, so that none was captured before the
		// last one of the other that went out: timestamps cannot go back.
		time.Sleep(12*time.Second + 5*time.Millisecond)
		cy.join("r")
		time.Sleep(6 * time.Second)
		on, off := true, false
		speak := func(who *clapper) {
			ana.peer.SetPublishing(call.Publishing{Audio: &off})
			cy.peer.SetPublishing(call.Publishing{Audio: &off})
			time.Sleep(3 * time.Second)
			who.peer.SetPublishing(call.Publishing{Audio: &on})
			ben.watch(string(who.user))
			time.Sleep(4 * time.Second)
		}
		for _, who := range []*clapper{cy, ana, cy, ana} {
			speak(who)
			who.peer.SetPublishing(call.Publishing{Video: &off})
			time.Sleep(2 * time.Second)
			who.peer.SetPublishing(call.Publishing{Video: &on})
			time.Sleep(2500 * time.Millisecond)
		}
		heard.mu.Lock()
		defer heard.mu.Unlock()
		if n := heard.packets; n[webrtc.RTPCodecTypeAudio] < 1000 || n[webrtc.RTPCodecTypeVideo] < 500 {
			t.Fatalf("only %v packets to compare", n)
		}
		least, most := heard.apart[0], heard.apart[0]
		for _, apart := range heard.apart {
			least, most = min(least, apart), max(most, apart)
		}
		if most-least > 3*time.Millisecond {
			t.Errorf("packets are up to %s off, by the sender reports", most-least)
		}
	})
}
