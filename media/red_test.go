package media

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/media/bitstream"

	"github.com/pion/rtp"
)

const opusType, redType = 111, 63

func soundCodecs() *codecs {
	return newCodecs([]payload{
		{number: redType, name: "audio/red", clock: 48000, fmtp: "111/111"},
		{number: opusType, name: "audio/opus", clock: 48000},
	})
}

// ear is an rtpWriter that keeps what it is given.
type ear struct {
	headers  []rtp.Header
	payloads [][]byte
}

func (e *ear) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	e.headers, e.payloads = append(e.headers, *h), append(e.payloads, slices.Clone(payload))
	return len(payload), nil
}

// voices is a microphone with one listener.
type voices struct {
	layer  *layer
	slot   *slot
	ear    *ear
	header rtp.Header
	now    int64
}

func newVoices() *voices {
	st := newStage(call.SourceMic, "audio/opus", 48000, 0)
	v := &voices{layer: newLayer(st.layer.pub, "", 1, soundCodecs()), ear: &ear{}, now: 1e18}
	p := &Peer{engine: st.layer.pub.peer.engine, router: st.layer.pub.peer.router}
	p.connected.Store(true)
	v.slot = newSlot(p, "1", true, "a0", "slot0", binding{writer: v.ear, ssrc: 7, codecs: soundCodecs()})
	v.layer.attach(v.slot, bitstream.Everything, v.now)
	v.header = rtp.Header{Version: 2, SSRC: 1, SequenceNumber: 99, Timestamp: 99 * 960}
	return v
}

// next goes on by one packet of 20 ms.
func (v *voices) next() {
	v.now += 20e6
	v.header.SequenceNumber++
	v.header.Timestamp += 960
}

// says takes a packet in, as it came or with redundancy.
func (v *voices) says(payloadType uint8, payload []byte) bool {
	h := v.header
	h.PayloadType = payloadType
	if !v.layer.unwrapRED(&h, &payload, v.now) {
		return false
	}
	v.layer.receive(&h, payload, v.now)
	return true
}

// red makes a payload that repeats texts, each 960 units before the next.
func red(texts ...string) []byte {
	var head, body []byte
	last := len(texts) - 1
	for i, text := range texts[:last] {
		fields := uint32(0x80|opusType)<<24 | uint32((last-i)*960)<<10 | uint32(len(text))
		head = append(head, byte(fields>>24), byte(fields>>16), byte(fields>>8), byte(fields))
		body = append(body, text...)
	}
	return append(append(append(head, opusType), body...), texts[last]...)
}

func (v *voices) heard() string {
	var all []string
	for i, b := range v.ear.payloads {
		text := string(b)
		if i > 0 && v.ear.headers[i].SequenceNumber != v.ear.headers[i-1].SequenceNumber+1 {
			text = "(gap)" + text
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestLostVoicesAreTakenOutOfWhatRepeatsThem(t *testing.T) {
	for _, c := range []struct {
		name string
		lost int // so many packets after the first
		red  []byte
		want string
	}{
		{"nothing lost", 0, red("a", "b"), "a b"},
		{"one", 1, red("b", "c"), "a b c"},
		{"two, both repeated", 2, red("b", "c", "d"), "a b c d"},
		{"two, one repeated", 2, red("c", "d"), "a (gap)c d"},
		{"nothing is repeated", 1, red("c"), "a (gap)c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVoices()
			v.next()
			v.says(redType, red("a"))
			for range c.lost + 1 {
				v.next()
			}
			if !v.says(redType, c.red) {
				t.Fatal("refused")
			}
			if got := v.heard(); got != c.want {
				t.Errorf("heard %q, want %q", got, c.want)
			}
			for i, h := range v.ear.headers {
				if h.PayloadType != opusType {
					t.Errorf("packet %d has payload type %d", i, h.PayloadType)
				}
			}
			if block, ok := v.layer.reception(v.now); !ok || block.TotalLost != uint32(c.lost) {
				t.Errorf("told the publisher that %d were lost, want %d", block.TotalLost, c.lost)
			}
		})
	}
}

func TestALateVoiceThatWasRepeatedIsNotHeardTwice(t *testing.T) {
	v := newVoices()
	v.next()
	v.says(redType, red("a"))
	v.next()
	late := v.header
	v.next()
	v.says(redType, red("b", "c"))
	v.header = late
	v.says(redType, red("a", "b"))
	if got := v.heard(); got != "a b c" {
		t.Errorf("heard %q", got)
	}
}

func TestWhoLosesVoicesIsSentThemTwice(t *testing.T) {
	v := newVoices()
	say := func(text string) { v.next(); v.says(opusType, []byte(text)) }
	last := func() (uint8, []byte) {
		i := len(v.ear.headers) - 1
		return v.ear.headers[i].PayloadType, v.ear.payloads[i]
	}
	report := func(lost float64) {
		for range 20 {
			v.slot.peer.redundancy.report(lost, 0)
		}
	}
	say("a")
	say("b")
	if pt, payload := last(); pt != opusType || string(payload) != "b" {
		t.Errorf("without loss: payload type %d, %q", pt, payload)
	}
	report(0.01)
	say("c")
	if pt, payload := last(); pt != redType || !bytes.Equal(payload, red("b", "c")) {
		t.Errorf("with 1 %% loss: payload type %d, %q", pt, payload)
	}
	report(0.05)
	say("d")
	if pt, payload := last(); pt != redType || !bytes.Equal(payload, red("b", "c", "d")) {
		t.Errorf("with 5 %% loss: payload type %d, %q", pt, payload)
	}
	v.header.Timestamp += 48000 // a pause of the speaker's: DTX
	say("e")
	if pt, payload := last(); pt != redType || !bytes.Equal(payload, red("e")) {
		t.Errorf("after a pause: payload type %d, %q", pt, payload)
	}
	report(0)
	say("f")
	if pt, _ := last(); pt != opusType {
		t.Errorf("without loss again: payload type %d", pt)
	}
}

func TestHowOftenVoicesAreRepeated(t *testing.T) {
	for _, c := range []struct {
		name   string
		shares []float64 // lost of late, as it goes on
		budget int64
		want   int64 // times each packet goes out
	}{
		{"nothing is lost", []float64{0}, 0, 1},
		{"one packet of fifty in a quarter of a second", []float64{0.0025}, 0, 2},
		{"some seconds ago", []float64{0.0025, 0.001, 0.0003}, 0, 2},
		{"long ago", []float64{0.0025, 0.001, 0.0003, 0.0001}, 0, 1},
		{"one in twenty", []float64{0.006, 0.03}, 0, 3},
		{"one in twenty, a moment ago", []float64{0.03, 0.01}, 0, 3},
		{"one in twenty of a narrow path", []float64{0.03}, 300_000, 2},
		{"one in twenty of a wide path", []float64{0.03}, 2_000_000, 3},
		{"nothing of a narrow path", []float64{0}, 300_000, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r redundancy
			for _, share := range c.shares {
				r.adapt(share, c.budget)
			}
			if r.times() != c.want {
				t.Errorf("%d times, want %d", r.times(), c.want)
			}
		})
	}
}

// A voice may be asked for again where it can still come in time.
func TestVoicesAreAskedForAgainOnShortWays(t *testing.T) {
	for _, c := range []struct {
		rtt  time.Duration
		nack bool
		asks int
	}{{0, true, 1}, {40 * time.Millisecond, true, 1}, {200 * time.Millisecond, true, 0}, {40 * time.Millisecond, false, 0}} {
		v := newVoices()
		v.layer.codecs[opusType].nack = c.nack
		v.layer.pub.peer.rtt.Store(int64(c.rtt))
		v.next()
		v.says(opusType, []byte("a"))
		v.next()
		v.next()
		h := v.header
		h.PayloadType = opusType
		if asks := v.layer.receive(&h, []byte("c"), v.now); len(asks) != c.asks {
			t.Errorf("round trip %s, NACK %t: %d asked for again, want %d", c.rtt, c.nack, len(asks), c.asks)
		}
		for range 10 {
			v.now += int64(time.Second)
			v.layer.askAgain(v.now, c.rtt)
		}
		if n := len(v.layer.missing); n != 0 {
			t.Errorf("%d are missed for ever", n)
		}
	}
}

func TestRedundantVoicesDoNotAllocate(t *testing.T) {
	v := newVoices()
	w := &sink{}
	v.slot.bind.writer = w
	v.slot.peer.redundancy.level.Store(2)
	payload := red(strings.Repeat("b", 80), strings.Repeat("c", 80))
	say := func() { v.next(); v.says(redType, payload) }
	for range 2 * audioHistory {
		say()
	}
	if n := testing.AllocsPerRun(1000, say); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
	if w.count < 1000 || w.last.PayloadType != redType {
		t.Errorf("%d packets, the last %+v", w.count, w.last)
	}
}

func TestOnlyRedundantOpusIsTaken(t *testing.T) {
	opus := payload{number: opusType, name: "audio/opus", clock: 48000}
	for _, c := range []struct {
		name  string
		p     payload
		taken bool
	}{
		{"of opus", payload{number: redType, name: "audio/red", clock: 48000, fmtp: "111/111"}, true},
		{"of opus thrice", payload{number: redType, name: "audio/red", clock: 48000, fmtp: "111/111/111"}, true},
		{"of two codecs", payload{number: redType, name: "audio/red", clock: 48000, fmtp: "111/0"}, false},
		{"of what is not offered", payload{number: redType, name: "audio/red", clock: 48000, fmtp: "8/8"}, false},
		{"of itself", payload{number: redType, name: "audio/red", clock: 48000, fmtp: "63/63"}, false},
		{"of nothing", payload{number: redType, name: "audio/red", clock: 48000}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.p.usable([]payload{opus, c.p}, true); got != c.taken {
				t.Errorf("usable: %t", got)
			}
		})
	}
}

func TestMicrophonesAreAdvisedToRepairAndToBeQuiet(t *testing.T) {
	line := func(mid, fmtp string) section {
		return section{mid: mid, kind: "audio", dir: "sendonly", payloads: []payload{{name: "audio/opus", fmtp: fmtp}}}
	}
	o := &offer{sections: []section{line("0", "minptime=10;useinbandfec=1"), line("1", "minptime=10"), line("2", "useinbandfec=0; usedtx=0")}}
	o.adviseVoices(map[string]call.Source{"0": call.SourceMic, "1": call.SourceScreenAudio, "2": call.SourceMic})
	for i, want := range []string{"minptime=10;useinbandfec=1;usedtx=1", "minptime=10", "useinbandfec=1;usedtx=1"} {
		if got := o.sections[i].payloads[0].fmtp; got != want {
			t.Errorf("m-line %d: %q, want %q", i, got, want)
		}
	}
}

func FuzzRED(f *testing.F) {
	f.Add(red("a"))
	f.Add(red("one", "two", "three"))
	f.Add([]byte{0x80 | opusType, 0xff, 0xff, 0xff, opusType})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r redPacket
		if !r.parse(b, opusType) {
			return
		}
		size := 1 + redHeader*r.count + len(r.primary)
		for _, block := range r.blocks[:r.count] {
			size += len(block.payload)
		}
		if size != len(b) {
			t.Errorf("%d octets were read of %d", size, len(b))
		}
	})
}
