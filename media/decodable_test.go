package media_test

import (
	"testing"

	"callsvc/call"

	"github.com/pion/webrtc/v4"
)

func TestWhoCannotDecodeAPictureIsToldSoAndItCostsNobodyAnything(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{pairs: 1})
		cyd := w.client("cyd", clientOption{pairs: 1})
		for _, tr := range ben.pc.GetTransceivers() {
			if tr.Kind() != webrtc.RTPCodecTypeVideo {
				continue
			}
			h264 := webrtc.RTPCodecParameters{PayloadType: 125, RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeH264, ClockRate: 90000, SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
			}}
			if err := tr.SetCodecPreferences([]webrtc.RTPCodecParameters{h264}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []*client{ana, ben, cyd} {
			c.join("r")
		}
		cyd.watch("ana")
		w.eventually("cyd sees ana", func() bool { return cyd.carries(cyd.videoSlot(0)) == "ana camera" })
		before := ana.video.plis.Load()
		ben.watch("ana")
		slot := ben.videoSlot(0)
		w.eventually("ben is told why he does not", func() bool {
			told := ben.slotTold(slot)
			return told.UserID == "ana" && told.Paused && told.Reduced == call.ReducedByCodec
		})
		w.eventually("but he hears her", func() bool { return ben.carries(ben.audioSlot(0)) == "ana mic" })
		if n := len(ben.box(slot).all()); n > 0 {
			t.Errorf("%d packets were sent that he cannot decode", n)
		}
		if n := ana.video.plis.Load() - before; n > 0 {
			t.Errorf("ana was asked for %d keyframes in vain", n)
		}
		ben.watch()
		w.eventually("who does not look is told nothing", func() bool { return ben.slotTold(slot) == call.Slot{MID: slot} })
	})
}
