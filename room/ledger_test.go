package room

// In the package: what a ledger has forgotten shows nowhere else without a
// thousand people.

import (
	"fmt"
	"testing"

	"callsvc/call"
)

func TestALedgerForgetsTheFirst(t *testing.T) {
	var l ledger[int]
	user := func(i int) call.UserID { return call.UserID(fmt.Sprint("u", i)) }
	for i := range maxRemembered {
		l.put(user(i), i)
	}
	l.put(user(0), 7) // known already
	l.drop(user(1))
	l.drop(user(1))
	l.put(user(maxRemembered), 1)
	if v, ok := l.get(user(0)); !ok || v != 7 {
		t.Errorf("with room for it the first is %d, %v", v, ok)
	}
	l.put(user(maxRemembered+1), 1)
	if l.has(user(0)) || !l.has(user(2)) || l.has(user(1)) {
		t.Errorf("the first is there: %v, the third: %v, who was dropped: %v", l.has(user(0)), l.has(user(2)), l.has(user(1)))
	}
	if len(l.notes) != maxRemembered || len(l.order) != maxRemembered {
		t.Errorf("%d notes in an order of %d", len(l.notes), len(l.order))
	}
}
