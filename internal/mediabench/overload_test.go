package mediabench_test

import (
	"testing"
	"time"

	"callsvc/internal/mediabench"
	"callsvc/internal/testkit"
)

func TestHowAnOverloadIsJudged(t *testing.T) {
	// A server that sends two packets for each it gets, of which a tenth is sound.
	sample := func(at float64, delivered, lostVideo, lostAudio uint64) mediabench.Sample {
		return mediabench.Sample{At: at, Packets: delivered, Audio: delivered / 10, LostVideo: lostVideo, LostAudio: lostAudio, Sent: 500}
	}
	whole := func(at float64) mediabench.Sample { return sample(at, 1000, 0, 0) }
	for _, tt := range []struct {
		name                              string
		samples                           []mediabench.Sample
		share, lostVideo, lostAudio, back float64
	}{
		{"nothing gave way", []mediabench.Sample{whole(1), whole(2), whole(3), whole(4), whole(5)}, 1, 0, 0, 0},
		{
			"pictures did, and came back at once",
			[]mediabench.Sample{sample(1, 900, 9, 9), sample(2, 800, 0, 0), sample(3, 700, 0, 0), whole(4), whole(5)},
			0.75, 0, 0, 0,
		},
		{
			"some was lost, and came back two seconds later",
			[]mediabench.Sample{whole(1), sample(2, 1000, 100, 0), sample(3, 1000, 0, 100), whole(4), sample(5, 1000, 1, 0), whole(6)},
			1, 100.0 / 1900, 100.0 / 300, 2,
		},
		{
			"less than was sent came for a while",
			[]mediabench.Sample{whole(1), whole(2), whole(3), whole(4), whole(5), sample(6, 800, 0, 0), whole(7)},
			1, 0, 0, 3,
		},
		{"it never recovered", []mediabench.Sample{whole(1), whole(2), whole(3), whole(4), sample(5, 100, 0, 0)}, 1, 0, 0, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := mediabench.Overload{Before: 1000, Samples: tt.samples}
			o.Judge(1, 3, 2)
			if o.Share != tt.share || o.LostVideo != tt.lostVideo || o.LostAudio != tt.lostAudio || o.Recovered != tt.back {
				t.Errorf("share %v, lost %v and %v, recovered after %v; want %v, %v, %v, %v",
					o.Share, o.LostVideo, o.LostAudio, o.Recovered, tt.share, tt.lostVideo, tt.lostAudio, tt.back)
			}
		})
	}
}

func TestAsManyAgainJoinAndLeave(t *testing.T) {
	o := options(testkit.Start(t))
	o.Overload, o.OverloadTimes = 2*time.Second, 1
	r, err := mediabench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Errors) > 0 || r.Overload == nil {
		t.Fatalf("%+v", r)
	}
	// The figures are the machine's; how they are judged is tested above.
	v, came := r.Overload, uint64(0)
	for _, s := range v.Samples {
		came += s.Packets
	}
	if v.Joined != 3 || v.Viewers != 3 || came == 0 {
		t.Errorf("%+v, of %.0f packets/s", v, r.PacketsOut)
	}
}
