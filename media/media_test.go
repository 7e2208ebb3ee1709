package media_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func pictureOf(p rtp.Packet) string {
	if len(p.Payload) < 6 {
		return ""
	}
	return string(p.Payload[6:])
}

func isKey(p rtp.Packet) bool {
	return len(p.Payload) > 5 && p.Payload[0]&0x10 != 0 && p.Payload[5]&1 == 0
}

func TestTwoPeopleHearAndSeeEachOther(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true, pairs: 2, interceptors: true})
		ben := w.client("ben", clientOption{publish: true, pairs: 2, interceptors: true})
		ana.join("r")
		ben.join("r")
		ana.watch("ben")
		ben.watch("ana")
		for _, c := range []struct {
			who   *client
			other string
		}{{ana, "ben"}, {ben, "ana"}} {
			w.eventually(string(c.who.user)+" sees the other", func() bool {
				return len(c.who.box(c.who.videoSlot(0)).all()) > 50
			})
			w.eventually(string(c.who.user)+" hears the other", func() bool {
				return len(c.who.box(c.who.audioSlot(0)).all()) > 50
			})
			if got := pictureOf(c.who.box(c.who.videoSlot(0)).all()[20]); got != c.other {
				t.Errorf("%s sees %q", c.who.user, got)
			}
			if got := string(c.who.box(c.who.audioSlot(0)).all()[20].Payload); got != c.other {
				t.Errorf("%s hears %q", c.who.user, got)
			}
			if got := c.who.carries(c.who.videoSlot(0)); got != c.other+" camera" {
				t.Errorf("%s was told the video slot carries %q", c.who.user, got)
			}
			if got := c.who.carries(c.who.audioSlot(0)); got != c.other+" mic" {
				t.Errorf("%s was told the audio slot carries %q", c.who.user, got)
			}
			for _, line := range []string{"up", "mic true", "camera true"} {
				if !c.who.has(line) {
					t.Errorf("%s was not told %q: %s", c.who.user, line, strings.Join(c.who.told(), ", "))
				}
			}
		}
		time.Sleep(5 * time.Second)
		if ana.own != 1 {
			t.Errorf("network quality on a perfect network is %d, want 1 (excellent)", ana.own)
		}
		if s := w.engine.Stats(); s.Rooms != 1 || s.Peers != 2 || s.PacketsIn == 0 || s.PacketsOut == 0 || s.DuplicatesDropped != 0 {
			t.Errorf("stats: %+v", s)
		}
		ana.leave()
		ben.leave()
		if s := w.engine.Stats(); s.Rooms != 0 || s.Peers != 0 {
			t.Errorf("after leaving: %+v", s)
		}
	})
}
