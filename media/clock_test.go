package media

import (
	"testing"
	"time"
	"unsafe"
)

func TestSettingTheWallClockMovesNoMoment(t *testing.T) {
	now := time.Now()
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		set := afterSetting(now, by)
		if got := set.Unix() - now.Unix(); got != int64(by/time.Second) {
			t.Fatalf("the wall clock was set by %v and tells %d seconds more", by, got)
		}
		if got := nanos(set) - nanos(now); got != 0 {
			t.Errorf("after the wall clock was set by %v, %v have passed", by, time.Duration(got))
		}
	}
}

func TestMomentsAreThoseOfTheWallClock(t *testing.T) {
	now := time.Now()
	if off := time.Duration(nanos(now) - now.UnixNano()); off.Abs() > time.Second {
		t.Errorf("a moment is %v off", off)
	}
}

// afterSetting is the same moment as it is told after the wall clock was set by
// whole seconds: [time.Time] begins with that clock's reading, its seconds above
// 30 bits of nanoseconds.
func afterSetting(t time.Time, by time.Duration) time.Time {
	*(*uint64)(unsafe.Pointer(&t)) += uint64(int64(by/time.Second)) << 30
	return t
}
