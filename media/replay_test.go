package media_test

import (
	"testing"
	"time"
)

func TestALayerWithAYoungKeyframeIsSwitchedToWithoutAnother(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		shows := func(tile int, rid string) time.Duration {
			asked := time.Now()
			ben.tile("ana", tile)
			w.eventually("ben sees "+rid, func() bool { return ben.slotTold(slot).Layer == rid })
			return time.Since(asked)
		}
		shows(180, "q")
		time.Sleep(time.Second)
		ben.box(slot).clear()
		time.Sleep(100 * time.Millisecond)
		shows(720, "f")
		shows(180, "q") // the keyframe of before is too old
		asked := ana.plis()
		for range 3 {
			time.Sleep(70 * time.Millisecond)
			for _, c := range []struct {
				tile int
				rid  string
			}{{720, "f"}, {180, "q"}} {
				if took := shows(c.tile, c.rid); took > 20*time.Millisecond {
					t.Errorf("the switch to %s took %s, though its keyframe was there", c.rid, took)
				}
			}
		}
		if again := ana.plis() - asked; again > 0 {
			t.Errorf("ana was asked for %d more keyframes", again)
		}
		time.Sleep(time.Second)
		packets := ben.box(slot).all()
		checkContinuous(t, packets)
		switches := 0
		for i := 1; i < len(packets); i++ {
			if ridOf(packets[i]) == ridOf(packets[i-1]) {
				continue
			}
			switches++
			if !isKey(packets[i]) {
				t.Errorf("packet %d switches to %s without a keyframe", i, ridOf(packets[i]))
			}
		}
		if switches != 8 {
			t.Errorf("%d switches, want 8", switches)
		}
		// What was replayed has not put the timestamps ahead of the clock.
		span := time.Duration(packets[len(packets)-1].Timestamp-packets[0].Timestamp) * time.Second / 90000
		if most := 1800 * time.Millisecond; span > most {
			t.Errorf("%s of timestamps went by, at most %s were to", span, most)
		}
	})
}
