package bwe

import (
	"testing"
	"time"
)

func TestAProbeOfABusyServerIsNotBegunAgainAtOnce(t *testing.T) {
	const rtt, wanted = int64(50 * time.Millisecond), 2e6
	var d Departures
	var f Feedback
	now := int64(100 * time.Second)
	c := Estimator{target: 400_000, heard: now}
	if c.BeginProbe(now, rtt, wanted, 1) == 0 {
		t.Fatal("no probe begins")
	}
	now += int64(100 * time.Millisecond)
	c.Excused(&d, &f, now)
	if rate := c.BeginProbe(now, rtt, wanted, 50); rate != 0 {
		t.Errorf("another began at once, at %.0f bit/s", rate)
	}
	now += int64(probeWait)
	c.Excused(&d, &f, now)
	if c.BeginProbe(now, rtt, wanted, 100) == 0 {
		t.Error("none ever begins again")
	}
}
