package media

import (
	"slices"
	"testing"

	"callsvc/call"
	"callsvc/media/bitstream"

	"pgregory.net/rapid"
)

// heights makes a ladder of pictures of these heights, all of them sent.
func heights(hs ...int) []rung {
	var ladder []rung
	for _, h := range hs {
		ladder = append(ladder, rung{height: h, rate: int64(h) * 1000, state: alive})
	}
	return ladder
}

func TestATileGetsTheLowestPictureThatIsTallEnough(t *testing.T) {
	for _, c := range []struct {
		name       string
		ladder     []rung
		tile, held int
		want       int
	}{
		{"nothing is published", nil, 180, 0, -1},
		{"no height asks for the best", heights(180, 360, 720), 0, 0, 2},
		{"exactly as tall", heights(180, 360, 720), 180, 0, 0},
		{"a little taller than the lowest", heights(180, 360, 720), 181, 0, 1},
		{"taller than all of them", heights(180, 360, 720), 2000, 0, 2},
		{"one that was tall enough has some room", heights(180, 360, 720), 200, 180, 0},
		{"but not more than that", heights(180, 360, 720), 220, 180, 1},
		{"from above there is no room below", heights(180, 360, 720), 181, 360, 1},
		{"and down it goes when the lower is enough", heights(180, 360, 720), 180, 360, 0},
		{"of equal heights the best", heights(180, 180, 360, 360), 100, 0, 1},
		{"heights that are not known yet", heights(0, 0, 0), 100, 0, 2},
		{"a layer whose height is not known is passed over", heights(0, 360, 720), 100, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := choose(c.ladder, c.tile, c.held); got != c.want {
				t.Errorf("rung %d, want %d", got, c.want)
			}
		})
	}
}

func TestOfEquallyTallPicturesOneThatIsSentIsAskedFor(t *testing.T) {
	ladder := heights(180, 360, 360) // the camera was replaced by one whose whole picture is the second encoding
	ladder[2].state = silent
	for _, tile := range []int{0, 300, 720} {
		if got := choose(ladder, tile, 0); got != 1 {
			t.Errorf("a tile of %d asks for rung %d, want 1", tile, got)
		}
	}
}

func TestResizingATileALittleNeverFlaps(t *testing.T) {
	ladder := heights(180, 360, 720)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 900).Draw(t, "tile")
		held, switches, last := 0, 0, -1
		for range 50 {
			tile := size + rapid.IntRange(-size/12, size/12).Draw(t, "shake") // 8 % up and down
			got := choose(ladder, tile, held)
			if last >= 0 && got != last {
				switches++
			}
			last, held = got, ladder[got].height
		}
		if switches > 1 {
			t.Fatalf("a tile of about %d switched %d times", size, switches)
		}
	})
}

func TestWhenALayerIsNotSentTheNextBestIsTaken(t *testing.T) {
	for _, c := range []struct {
		name   string
		states []state
		asked  int
		want   int
	}{
		{"it is sent", []state{alive, alive, alive}, 1, 1},
		{"the next lower", []state{alive, alive, silent}, 2, 1},
		{"not the next higher if a lower one is there", []state{alive, silent, alive}, 1, 0},
		{"the next higher if none is lower", []state{silent, silent, alive}, 0, 2},
		{"one that sleeps can be woken", []state{alive, asleep, silent}, 2, 1},
		{"nothing is sent", []state{silent, silent, silent}, 1, -1},
		{"nothing is there", nil, -1, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			ladder := make([]rung, len(c.states))
			for i := range ladder {
				ladder[i].state = c.states[i]
			}
			if got := usable(ladder, c.asked); got != c.want {
				t.Errorf("rung %d, want %d", got, c.want)
			}
		})
	}
}

func TestSimulcastLayersAreOrderedBySizeNotByName(t *testing.T) {
	l := map[string]*layer{"a": {rid: "a"}, "b": {rid: "b"}, "c": {rid: "c"}}
	group := func(rid string, height int, rate int64) []rung {
		return []rung{{layer: l[rid], height: height, rate: rate}}
	}
	for _, c := range []struct {
		name   string
		groups [][]rung
		want   string
	}{
		{"by height", [][]rung{group("a", 720, 1), group("b", 180, 2), group("c", 360, 3)}, "bca"},
		{"by bit rate while a height is unknown", [][]rung{group("a", 720, 3), group("b", 0, 2), group("c", 360, 1)}, "cba"},
		{"as offered while neither is known", [][]rung{group("b", 720, 3), group("c", 0, 2), group("a", 360, 0)}, "bca"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sortBySize(c.groups)
			got := ""
			for _, g := range c.groups {
				got += g[0].layer.rid
			}
			if got != c.want {
				t.Errorf("order %s, want %s", got, c.want)
			}
		})
	}
}

// scalable makes a ladder of one stream with spatial layers of these heights and
// three temporal layers each: the rates grow with both.
func scalable(hs ...int) []rung {
	var ladder []rung
	l := &layer{}
	top := bitstream.NewTarget(uint8(len(hs)-1), 2)
	for spatial, h := range hs {
		for temporal := range uint8(3) {
			ladder = append(ladder, rung{
				layer: l, target: bitstream.NewTarget(uint8(spatial), temporal).UpTo(top), height: h,
				rate: int64(h) * int64(h) * int64(temporal+2), state: alive,
			})
		}
	}
	return ladder
}

func TestACameraBecomesSmoothBeforeItBecomesLargeAndAScreenTheOtherWayRound(t *testing.T) {
	for _, c := range []struct {
		name   string
		ladder []rung
		screen bool
		want   []int // heights, and below each the temporal layers: 3 is all
		layers []uint8
	}{
		{"a camera in one size", scalable(720), false, []int{720, 720, 720}, []uint8{0, 1, 3}},
		{
			"a camera in three sizes", scalable(180, 360, 720), false,
			[]int{180, 180, 180, 360, 360, 720, 720},
			[]uint8{0, 1, 3, 1, 3, 1, 3},
		},
		{"a screen in one size", scalable(1080), true, []int{1080, 1080, 1080}, []uint8{0, 1, 3}},
		{"a screen in two sizes", scalable(540, 1080), true, []int{540, 1080, 1080, 1080}, []uint8{0, 0, 1, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []int
			var layers []uint8
			top := len(c.ladder) - 1
			for i := range c.ladder {
				if worthwhile(c.ladder, i, top, c.screen) {
					got = append(got, c.ladder[i].height)
					layers = append(layers, c.ladder[i].target.Temporal())
				}
			}
			if !slices.Equal(got, c.want) || !slices.Equal(layers, c.layers) {
				t.Errorf("heights %v in temporal layers %v, want %v in %v", got, layers, c.want, c.layers)
			}
		})
	}
}

func TestWhatWasNeverSentIsTakenForAThirdOfTheNextLarger(t *testing.T) {
	q, h, f := &layer{}, &layer{}, &layer{}
	for _, c := range []struct {
		name   string
		ladder []rung
		want   []int64 // what each costs
	}{
		{"only the largest was sent", []rung{{layer: q}, {layer: h}, {layer: f, height: 540, rate: 900_000}}, []int64{100_000, 300_000, 900_000}},
		{"the middle one begins", []rung{{layer: q}, {layer: h, rate: 40_000, climbs: true}, {layer: f, rate: 900_000}}, []int64{100_000, 300_000, 900_000}},
		{"what is known counts", []rung{{layer: q, rate: 70_000}, {layer: h, rate: 400_000}, {layer: f, rate: 900_000}}, []int64{70_000, 400_000, 900_000}},
		{"one that begins with more", []rung{{layer: h, rate: 400_000, climbs: true}, {layer: f, rate: 900_000}}, []int64{400_000, 900_000}},
		{"temporal layers are of one stream", []rung{{layer: f, rate: 500_000, climbs: true}, {layer: f, rate: 900_000, climbs: true}}, []int64{500_000, 900_000}},
		{"nothing is known", []rung{{layer: q}, {layer: f}}, []int64{500_000, 500_000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assume(c.ladder)
			for i := range c.ladder {
				if got := c.ladder[i].cost(); got != c.want[i] {
					t.Errorf("rung %d costs %d, want %d", i, got, c.want[i])
				}
			}
		})
	}
}

func TestWhatTakesFarMoreThanThePathStopsAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		budget int64
		stops  bool
	}{
		{"a third", 300_000, true},
		{"two thirds", 600_000, false},
		{"nothing limits it", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
			large, s := st.layer, st.slots[0]
			large.pub.peer.user, large.meter.rates[0] = "ana", 900_000
			s.current, s.assigned, s.rung = large, large.pub, rung{layer: &layer{}}
			s.cease(c.budget)
			if stopped := s.carrying() == nil; stopped != c.stops {
				t.Errorf("stopped: %t", stopped)
			}
			if told := s.describeContent(); told.UserID != large.pub.peer.user || told.Paused != c.stops {
				t.Errorf("told %+v", told)
			}
		})
	}
}
