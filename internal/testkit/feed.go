package testkit

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// source is one stream a user sends.
type source struct {
	track *webrtc.TrackLocalStaticRTP
	send  *webrtc.RTPSender
	user  string
	key   atomic.Bool // a keyframe is wanted
	plis  atomic.Int64
	sent  atomic.Int64  // frames
	frame chan struct{} // holds a token after each frame
}

// went counts a frame that went out.
func (s *source) went() int64 {
	select {
	case s.frame <- struct{}{}:
	default:
	}
	return s.sent.Add(1)
}

// listen notes the keyframes that are asked for, until the connection ends.
func (s *source) listen() {
	for {
		packets, _, err := s.send.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok {
				s.plis.Add(1)
				s.key.Store(true)
			}
		}
	}
}

// video sends 25 frames a second of two packets each: a keyframe first, and
// whenever one is asked for.
func (s *source) video(done <-chan struct{}) {
	s.key.Store(true)
	tick := time.NewTicker(40 * time.Millisecond)
	defer tick.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 65500, Timestamp: 1 << 31}}
	for picture := uint16(32760); ; picture++ {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		p.Timestamp += 3600
		key, n := s.key.Swap(false), s.went()
		for part := range 2 {
			p.SequenceNumber++
			p.Marker = part == 1
			p.Payload = vp8Packet(picture, part, key, mark(s.user, n))
			if err := s.track.WriteRTP(&p); err != nil {
				return // the connection is over
			}
		}
	}
}

// audio sends 50 packets a second with the level of a voice (RFC 6464).
func (s *source) audio(done <-chan struct{}) {
	level := uint8(0)
	for _, e := range s.send.GetParameters().HeaderExtensions {
		if e.URI == audioLevelURI {
			level = uint8(e.ID)
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 100}}
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		p.SequenceNumber++
		p.Timestamp += 960
		p.Payload = append([]byte{0xfc}, mark(s.user, s.went())...) // TOC of a 20 ms CELT frame (RFC 6716)
		if level != 0 {
			if err := p.SetExtension(level, []byte{0x80 | 20}); err != nil {
				return
			}
		}
		if err := s.track.WriteRTP(&p); err != nil {
			return // the connection is over
		}
	}
}

// vp8Packet makes one packet of a frame (RFC 7741): descriptor with picture id
// and TL0PICIDX, in the first part a frame header, and a text for the picture.
func vp8Packet(picture uint16, part int, key bool, text string) []byte {
	b := []byte{0x80, 0xc0, 0x80 | byte(picture>>8&0x7f), byte(picture), byte(picture / 10)}
	if part == 0 {
		b[0] |= 0x10 // a partition begins
		if key {
			b = append(b, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01) // 640x360
		} else {
			b = append(b, 0x11, 0x02, 0x00)
		}
	}
	return append(b, text...)
}

// mark is what stands in every payload, so that a receiver knows whose it is
// and which one.
func mark(user string, n int64) string { return fmt.Sprintf("<%s/%d>", user, n) }

// readMark finds the mark in a payload.
func readMark(payload []byte) (user string, n int64, ok bool) {
	text := string(payload)
	begin, end := strings.LastIndexByte(text, '<'), strings.LastIndexByte(text, '>')
	if begin < 0 || end < begin {
		return "", 0, false
	}
	user, number, _ := strings.Cut(text[begin+1:end], "/")
	n, err := strconv.ParseInt(number, 10, 64)
	return user, n, err == nil
}

// isKeyframe reports whether a VP8 packet made by vp8Packet begins a keyframe.
func isKeyframe(payload []byte) bool {
	return len(payload) > 5 && payload[0]&0x10 != 0 && payload[5]&1 == 0
}
