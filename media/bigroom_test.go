package media

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"callsvc/call"
)

// deaf is an observer that counts only what slots are said to carry.
type deaf struct{ slots int }

func (d *deaf) TransportUp(call.Millis)                         {}
func (d *deaf) TransportDown(call.Millis)                       {}
func (d *deaf) Available(call.Source, bool)                     {}
func (d *deaf) Slots([]call.Slot)                               { d.slots++ }
func (d *deaf) EncodingsWanted([]call.SenderWanted)             {}
func (d *deaf) Volumes([]call.Volume)                           {}
func (d *deaf) ActiveSpeaker(call.UserID, call.Millis)          {}
func (d *deaf) NetworkQuality(call.Quality, []call.UserQuality) {}
func (d *deaf) Statistics(call.Statistics)                      {}

// hall is a room in which ten can speak and the others have three audio slots
// and one picture, without a network.
type hall struct {
	router *router
	voices []*layer
	seen   []*deaf
}

func newHall(listeners int) *hall {
	e := &Engine{overload: newOverload(), log: slog.New(slog.DiscardHandler)}
	h := &hall{router: newRouter(e, "r")}
	audio := newCodecs([]payload{{number: 96, name: "audio/opus", clock: 48000}})
	video := newCodecs([]payload{{number: 97, name: "video/vp8", clock: 90000}})
	for i := range 10 {
		p := h.add(e, fmt.Sprintf("speaker%d", i))
		for _, source := range []call.Source{call.SourceMic, call.SourceCamera} {
			table := audio
			if source == call.SourceCamera {
				table = video
			}
			pub := newPublication(p, "0", source, nil)
			pub.open.Store(true)
			pub.live.Store(true)
			l := newLayer(pub, "", uint32(i), table)
			pub.layers.Store(&[]*layer{l})
			p.pubs = append(p.pubs, pub)
			if source.Audio() {
				h.voices = append(h.voices, l)
				h.router.ranking = append(h.router.ranking, pub)
			}
			h.router.live[liveKey{p.user, source}] = pub
		}
	}
	for i := range listeners {
		p := h.add(e, fmt.Sprintf("listener%d", i))
		for n := range 4 {
			table := audio
			if n == 3 {
				table = video
			}
			mid := fmt.Sprint(n)
			p.slots = append(p.slots, newSlot(p, mid, n < 3, mid, mid, binding{writer: &sink{}, ssrc: 7, codecs: table}))
		}
		p.views = []call.View{{MID: "3", UserID: call.UserID(fmt.Sprintf("speaker%d", i%10)), Stream: call.SourceCamera}}
	}
	h.router.audible = 3
	h.router.reconcileWho(func(*Peer) bool { return true })
	return h
}

func (h *hall) add(e *Engine, user string) *Peer {
	d := &deaf{}
	p := &Peer{engine: e, router: h.router, user: call.UserID(user), observer: d, inRoom: true, log: e.log}
	p.link = &link{engine: e, peer: p}
	p.connected.Store(true)
	h.router.peers = append(h.router.peers, p)
	h.seen = append(h.seen, d)
	return p
}

// speak makes a voice heard by a packet of it.
func (h *hall) speak(i int) {
	pub := h.voices[i].pub
	pub.loud.hear(&packet{hasLevel: true, level: 20})
	h.router.spoke(pub)
}

func TestInAHallOnlyThoseAreReconciledWhomAChangeConcerns(t *testing.T) {
	h := newHall(1000)
	told := func() (all int) {
		for _, d := range h.seen {
			all += d.slots
			d.slots = 0
		}
		return all
	}
	told()
	h.speak(9)
	if h.router.ranking[0] != h.voices[9].pub {
		t.Fatal("the one who speaks is not first")
	}
	for _, p := range h.router.peers[10:] {
		heard := false
		for _, s := range p.slots {
			heard = heard || s.assigned == h.voices[9].pub
		}
		if !heard {
			t.Fatalf("%s does not hear the one who speaks", p.user)
		}
	}
	told()
	camera := h.router.live[liveKey{"speaker4", call.SourceCamera}]
	h.router.close(camera)
	shown := 0
	for _, p := range h.router.peers {
		for _, s := range p.slots {
			if s.assigned == camera {
				shown++
			}
		}
	}
	if shown != 0 {
		t.Errorf("%d still wait for a camera that is gone", shown)
	}
	listener := h.router.peers[len(h.router.peers)-1]
	before := testing.AllocsPerRun(1, func() {})
	if n := testing.AllocsPerRun(10, func() { h.router.remove(listener) }) - before; n > 20 {
		t.Errorf("%v allocations when one goes whom nobody sees or hears", n)
	}
}

// BenchmarkHall is what the decisions in a room of a thousand cost.
func BenchmarkHall(b *testing.B) {
	h := newHall(1000)
	now := time.Now()
	b.Run("nothing new", func(b *testing.B) {
		for b.Loop() {
			h.router.listen()
			h.router.rank()
			h.router.chooseSpeaker(now)
		}
	})
	b.Run("another speaks", func(b *testing.B) {
		i := 0
		for b.Loop() {
			for _, l := range h.voices {
				l.pub.loud.stop()
			}
			i++
			h.speak(i % 10)
		}
	})
	b.Run("a picture comes", func(b *testing.B) {
		camera := h.router.live[liveKey{"speaker3", call.SourceCamera}]
		for b.Loop() {
			h.router.reconcileViewers(camera)
		}
	})
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			h.router.reconcileWho(func(*Peer) bool { return true })
		}
	})
	b.Run("qualities of one", func(b *testing.B) {
		for b.Loop() {
			h.router.qualitiesFor(h.router.peers[500])
		}
	})
}
