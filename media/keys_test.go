package media

import (
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// newTestKeys makes both ends of a session with one pair of keys.
func newTestKeys(t testing.TB) *keys {
	t.Helper()
	key, salt := make([]byte, 16), make([]byte, 12)
	context := func(options ...srtp.ContextOption) *srtp.Context {
		c, err := srtp.CreateContext(key, salt, srtp.ProtectionProfileAeadAes128Gcm, options...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	return &keys{in: context(srtp.SRTPReplayProtection(replayWindow)), out: context()}
}

func TestEncryptingAndDecryptingAPacketDoesNotAllocate(t *testing.T) {
	k, d := newTestKeys(t), new(datagram)
	h := &rtp.Header{Version: 2, PayloadType: 96, SSRC: 7}
	for _, id := range []uint8{1, 2} {
		if err := h.SetExtension(id, []byte{1, 2}); err != nil {
			t.Fatal(err)
		}
	}
	payload, parsed := make([]byte, 1100), new(rtp.Header)
	once := func() {
		h.SequenceNumber++
		if _, err := k.sealRTP(d, h, payload); err != nil {
			t.Fatal(err)
		}
		if _, err := k.in.DecryptRTP(d.buf[:d.n], d.buf[:d.n], parsed); err != nil {
			t.Fatal(err)
		}
	}
	once()
	if n := testing.AllocsPerRun(1000, once); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, size := range []int{80, 1100} {
		b.Run(map[int]string{80: "voice", 1100: "picture"}[size], func(b *testing.B) {
			k, d, payload := newTestKeys(b), new(datagram), make([]byte, size)
			h := &rtp.Header{Version: 2, PayloadType: 96, SSRC: 7}
			b.ReportAllocs()
			for b.Loop() {
				h.SequenceNumber++
				if _, err := k.sealRTP(d, h, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	k, d, payload := newTestKeys(b), new(datagram), make([]byte, 1100)
	h, parsed := &rtp.Header{Version: 2, PayloadType: 96, SSRC: 7}, new(rtp.Header)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		h.SequenceNumber++
		if _, err := k.sealRTP(d, h, payload); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := k.in.DecryptRTP(d.buf[:d.n], d.buf[:d.n], parsed); err != nil {
			b.Fatal(err)
		}
	}
}
