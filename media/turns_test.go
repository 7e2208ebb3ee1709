package media_test

import (
	"testing"
	"time"
)

// What is done for each every other second is done for no two in the same tick,
// also after one has gone.
func TestEverybodyHasATurnOfTheirOwn(t *testing.T) {
	inWorld(t, func(w *world) {
		room := map[string]*client{}
		for _, name := range []string{"ana", "ben", "cyd", "dan"} {
			room[name] = w.client(name, clientOption{pairs: 1})
			room[name].join("r")
		}
		time.Sleep(4 * time.Second)
		room["ben"].peer.Close()
		delete(room, "ben")
		time.Sleep(4 * time.Second)
		taken := map[time.Duration]string{}
		for name, c := range room {
			instants := c.graded()
			if len(instants) < 3 {
				t.Fatalf("%s was told their quality %d times in eight seconds", name, len(instants))
			}
			for i, at := range instants[1:] {
				if every := at.Sub(instants[i]); every != 2*time.Second {
					t.Errorf("%s was told %v after the time before", name, every)
				}
			}
			turn := time.Duration(instants[0].UnixNano()) % (2 * time.Second)
			if other := taken[turn]; other != "" {
				t.Errorf("%s and %s have the same turn", name, other)
			}
			taken[turn] = name
		}
	})
}
