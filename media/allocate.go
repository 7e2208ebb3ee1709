package media

// class orders demands: one of a higher class is served before those below.
type class uint8

const (
	ordinary class = iota
	higher         // who speaks, what is large, screens
)

// demand is what one slot asks for.
type demand struct {
	class   class
	options []rung // what can be had, each better than the one before; never empty
	held    int    // index of what the slot has now, -1 for nothing: what is more is a rise
}

const (
	// headroom is the share of the budget that a rise may use: what has just
	// been reached by measuring should not be spent to the last bit.
	headroom = 0.85
	// decentHeight is what a demand of the higher class gets before anybody else
	// gets anything (pixels).
	decentHeight = 360
)

// allocate divides a budget (bits per second, 0 = no limit) over demands and
// returns which of its options each gets, -1 for none: its picture stands still.
// Within a class the demands that come first are served first, and all are
// raised one step at a time. Without rise nobody gets more than is held.
//
// First the higher class is made decent, then everybody gets something that
// moves, then the higher class the best, and what is left raises the others.
func allocate(budget int64, demands []demand, rise bool) []int {
	a := allocation{demands: demands, got: make([]int, len(demands)), budget: budget}
	for i := range a.got {
		a.got[i] = -1
		if budget == 0 {
			a.got[i] = len(demands[i].options) - 1
		}
	}
	if budget == 0 {
		return a.got
	}
	if rise {
		a.risen = int64(headroom * float64(budget))
	}
	best := func(*demand, int) bool { return true }
	decent := func(d *demand, next int) bool { return next == 0 || d.options[next].height <= decentHeight }
	moving := func(_ *demand, next int) bool { return next == 0 }
	a.raise(higher, decent)
	a.raise(ordinary, moving)
	a.raise(higher, best)
	a.raise(ordinary, best)
	return a.got
}

// allocation is the work of allocate.
type allocation struct {
	demands       []demand
	got           []int
	budget, risen int64 // what may be spent on what is held, and on more than that
	spent         int64
}

// raise raises the demands of a class in turns, as far as the limit allows,
// until nothing more fits.
func (a *allocation) raise(c class, within func(d *demand, next int) bool) {
	for raised := true; raised; {
		raised = false
		for i := range a.demands {
			d := &a.demands[i]
			next := a.got[i] + 1
			if d.class != c || next == len(d.options) || !within(d, next) {
				continue
			}
			step := d.options[next].cost()
			if next > 0 {
				step -= d.options[next-1].cost()
			}
			limit := a.budget
			if next > d.held {
				limit = a.risen
			}
			if a.spent+step <= limit {
				a.spent, a.got[i], raised = a.spent+step, next, true
			}
		}
	}
}

// cost is what a rung takes of a budget, an estimate as long as it was not
// measured.
func (r *rung) cost() int64 {
	const unknown, perSquare = 500_000, 4 // bits per second: 130 kbit/s at 180 lines, 2 Mbit/s at 720
	switch {
	case r.rate > 0 || r.assumed > 0:
		return max(r.rate, r.assumed)
	case r.height > 0:
		return perSquare * int64(r.height) * int64(r.height)
	}
	return unknown
}
