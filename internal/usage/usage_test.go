package usage_test

import (
	"math"
	"os"
	"runtime"
	"testing"
	"time"

	"callsvc/internal/usage"
)

func TestWhatAProcessUsedIsReadBehindItsName(t *testing.T) {
	const figures = " S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 4242 1000000 300 18446744073709551615\n"
	want := usage.Process{CPU: 3 * time.Second, RSS: 300 * int64(os.Getpagesize())}
	for _, name := range []string{"callsvc", "two words", "a) S 9 9 9 9 (b", ""} {
		if got, err := usage.ParseStat("7 (" + name + ")" + figures); err != nil || got != want {
			t.Errorf("of %q: %+v, %v, want %+v", name, got, err, want)
		}
	}
	for _, wrong := range []string{"", "7 (callsvc)", "7 (callsvc) S 1 7 7 0 -1 4194560 100 0 0 0 250 50", "7 (c) S 1 7 7 0 -1 4 1 0 0 0 some 50 0 0 20 0 9 0 4242 1 300"} {
		if got, err := usage.ParseStat(wrong); err == nil {
			t.Errorf("%q: %+v, want an error", wrong, got)
		}
	}
}

func TestTheMachineIsWhatIsNeitherIdleNorCountedTwice(t *testing.T) {
	//                                    user nice system idle iowait irq softirq steal guest guest_nice
	if got := usage.ParseMachine("cpu  100 20 30 99999 99999 4 5 6 40 7"); got != 1650*time.Millisecond {
		t.Errorf("%v, want 1.65s", got)
	}
}

func TestThisProcessAgreesWithItself(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc")
	}
	machine, before := usage.Machine(), usage.Own()
	for usage.Own()-before < 50*time.Millisecond { // more than a tick
	}
	p, err := usage.OfProcess(os.Getpid())
	if err != nil || p.RSS <= 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	const tick = 10 * time.Millisecond
	if own := usage.Own(); p.CPU < before || p.CPU > own+tick {
		t.Errorf("/proc says %v, the system between %v and %v", p.CPU, before, own)
	}
	if used := usage.Machine() - machine; used <= 0 {
		t.Errorf("all processes used %v, this one at least 50ms", used)
	}
	if usage.LoadAverage() == "" {
		t.Error("no load average")
	}
	if n, err := usage.FileLimit(); err != nil || n == 0 {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestAProcessThatIsNotThereUsesNothing(t *testing.T) {
	if p, err := usage.OfProcess(math.MaxInt32); err == nil {
		t.Errorf("%+v, want an error", p)
	}
}
