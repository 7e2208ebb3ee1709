package media

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// ask makes a demand of options with these bit rates (kbit/s) and the heights
// 180, 360 and 720, that holds nothing or one of them.
func ask(c class, held int, kbits ...int64) demand {
	d := demand{class: c, held: held}
	for i, k := range kbits {
		d.options = append(d.options, rung{height: 180 << i, rate: k * 1000})
	}
	return d
}

func TestABudgetIsDivided(t *testing.T) {
	const fresh = 9 // what is new holds everything: it need not wait
	three := func(c class, held int) demand { return ask(c, held, 150, 500, 1500) }
	for _, c := range []struct {
		name    string
		budget  int64 // kbit/s
		rise    bool
		demands []demand
		want    []int
	}{
		{"no limit is known", 0, false, []demand{three(ordinary, 0), three(higher, -1)}, []int{2, 2}},
		{"enough for all", 5000, false, []demand{three(ordinary, fresh), three(ordinary, fresh)}, []int{2, 2}},
		{"all alike are raised in turns", 1000, false, []demand{three(ordinary, fresh), three(ordinary, fresh)}, []int{1, 1}},
		{"the first takes what is left", 700, false, []demand{three(ordinary, fresh), three(ordinary, fresh)}, []int{1, 0}},
		{"who speaks is served first", 700, false, []demand{three(ordinary, fresh), three(higher, fresh)}, []int{0, 1}},
		{"and decently before others move", 600, false, []demand{three(ordinary, fresh), three(higher, fresh)}, []int{-1, 1}},
		{"others move before it is sharp", 1600, false, []demand{three(ordinary, fresh), three(higher, fresh)}, []int{1, 1}},
		{"it is sharp before others are raised", 1700, false, []demand{three(ordinary, fresh), three(higher, fresh)}, []int{0, 2}},
		{"nothing fits", 100, false, []demand{three(ordinary, fresh)}, []int{-1}},
		{"a step too large for one is no reason to stop", 450, false, []demand{ask(ordinary, fresh, 150, 900), ask(ordinary, fresh, 100, 250)}, []int{0, 1}},
		{"what is held is kept to the last bit", 500, false, []demand{three(ordinary, 1)}, []int{1}},
		{"more than is held is not given without leave", 5000, false, []demand{three(ordinary, 1)}, []int{1}},
		{"with leave it is", 5000, true, []demand{three(ordinary, 1)}, []int{2}},
		{"if there is room to spare", 1600, true, []demand{three(ordinary, 1)}, []int{1}},
		{"a picture that stands still needs room as well", 160, true, []demand{three(ordinary, -1)}, []int{-1}},
		{"and moves again when it has it", 180, true, []demand{three(ordinary, -1)}, []int{0}},
		{"a rate that was not measured is estimated", 500, false, []demand{ask(ordinary, fresh, 0, 0, 0)}, []int{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := allocate(c.budget*1000, c.demands, c.rise); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func drawDemands(t *rapid.T) []demand {
	var demands []demand
	for range rapid.IntRange(1, 12).Draw(t, "slots") {
		rates := rapid.SliceOfN(rapid.Int64Range(10, 3000), 1, 6).Draw(t, "rates")
		slices.Sort(rates)
		demands = append(demands, ask(class(rapid.IntRange(0, 1).Draw(t, "class")), rapid.IntRange(-1, 6).Draw(t, "held"), rates...))
	}
	return demands
}

func spentOn(demands []demand, got []int) (sum int64) {
	for i, n := range got {
		if n >= 0 {
			sum += demands[i].options[n].cost()
		}
	}
	return sum
}

func TestABudgetIsNeverExceededAndNeverWasted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demands := drawDemands(t)
		budget := rapid.Int64Range(1, 20_000_000).Draw(t, "budget")
		rise := rapid.Bool().Draw(t, "rise")
		got := allocate(budget, demands, rise)
		spent := spentOn(demands, got)
		if spent > budget {
			t.Fatalf("%d spent of %d", spent, budget)
		}
		for i, n := range got {
			d := &demands[i]
			if n > d.held && !rise {
				t.Fatalf("demand %d rose from %d to %d without leave", i, d.held, n)
			}
			if n+1 == len(d.options) {
				continue
			}
			step := d.options[n+1].cost()
			if n >= 0 {
				step -= d.options[n].cost()
			}
			limit := budget
			if n+1 > d.held {
				limit = int64(headroom * float64(budget))
			}
			if spent+step <= limit && (rise || n+1 <= d.held) {
				t.Fatalf("demand %d could be raised from %d: %d+%d of %d", i, n, spent, step, limit)
			}
		}
	})
}

func TestTheLowerClassNeverCostsTheHigherAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demands := drawDemands(t)
		budget := rapid.Int64Range(1, 20_000_000).Draw(t, "budget")
		// Without the lower class the higher is at least decent to the same extent.
		var alone []demand
		for _, d := range demands {
			if d.class == higher {
				alone = append(alone, d)
			}
		}
		together, apart := allocate(budget, demands, true), allocate(budget, alone, true)
		n := 0
		for i, d := range demands {
			if d.class != higher {
				continue
			}
			decent := 0
			for decent+1 < len(d.options) && d.options[decent+1].height <= decentHeight {
				decent++
			}
			if together[i] < min(apart[n], decent) {
				t.Fatalf("demand %d gets %d with the lower class and %d without", i, together[i], apart[n])
			}
			n++
		}
	})
}
