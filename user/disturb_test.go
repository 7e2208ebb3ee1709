package user_test

import (
	"testing"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

func TestWhenAUserMayBeDisturbed(t *testing.T) {
	// A bubble's clock begins at midnight UTC of 2000-01-01.
	start := call.MillisOf(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	hour := start.Add(time.Hour)
	tests := []struct {
		name  string
		set   wire.SetAllReceiveMessageOpt
		told  string
		quiet [3]bool // now, after 90 minutes, after three hours
	}{
		{"always", wire.SetAllReceiveMessageOpt{}, "opt 0 from 0 for 0", [3]bool{}},
		{"not until they say so", wire.SetAllReceiveMessageOpt{Opt: 2}, "opt 2 from 0 for 0", [3]bool{true, true, true}},
		{"not for two hours", wire.SetAllReceiveMessageOpt{Opt: 2, Duration: 7200}, "opt 2 from 946684800000 for 7200", [3]bool{true, true, false}},
		{"not from one o'clock on", wire.SetAllReceiveMessageOpt{Opt: 2, StartAt: hour}, "opt 2 from 946688400000 for 0", [3]bool{false, true, true}},
		{"not between one and two", wire.SetAllReceiveMessageOpt{Opt: 2, StartAt: hour, Duration: 3600}, "opt 2 from 946688400000 for 3600", [3]bool{false, true, false}},
		{"what is over does not hold", wire.SetAllReceiveMessageOpt{Opt: 2, StartAt: 1, Duration: 60}, "opt 2 from 1 for 60", [3]bool{}},
		{"bounds of nothing are nothing", wire.SetAllReceiveMessageOpt{StartAt: hour, Duration: 3600}, "opt 0 from 0 for 0", [3]bool{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				if _, err := w.SetReceiveOpt(t.Context(), who("ana"), &tt.set); err != nil {
					t.Fatal(err)
				}
				w.expect("ana-phone: " + tt.told)
				w.restart()
				for i, wait := range []time.Duration{0, 90 * time.Minute, 90 * time.Minute} {
					time.Sleep(wait)
					if may := get[bool](t)(w.MayDisturb(t.Context(), "bo", "ana")); may == tt.quiet[i] {
						t.Errorf("time %d: may disturb: %v", i, may)
					}
				}
				left := get[call.ReceiveMessageOpt](t)(w.ReceiveOpt(t.Context(), who("ana")))
				if holds := left != (call.ReceiveMessageOpt{}); holds != tt.quiet[2] {
					t.Errorf("after three hours %+v is left", left)
				}
			})
		})
	}
}

func TestSettingsThatMakeNoSenseAreRefused(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for _, set := range []wire.SetAllReceiveMessageOpt{
			{Opt: 1},
			{Opt: -1},
			{Opt: 3},
			{Opt: 2, StartAt: -1},
			{Opt: 2, Duration: -1},
			{Opt: 0, Duration: -1},
			{Opt: 2, StartAt: 1 << 62},
			{Opt: 2, Duration: 1 << 62},
		} {
			_, err := w.SetReceiveOpt(t.Context(), who("ana"), &set)
			refused(t, "set", err, call.CodeInvalidParameter)
		}
		w.expect()
	})
}

func TestTheBlockedDisturbNobody(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if err := w.block("ana", "bo"); err != nil {
			t.Fatal(err)
		}
		for from, want := range map[call.UserID]bool{"bo": false, "cy": true} {
			if may := get[bool](t)(w.MayDisturb(t.Context(), from, "ana")); may != want {
				t.Errorf("%s may disturb ana: %v", from, may)
			}
		}
		if !get[bool](t)(w.MayDisturb(t.Context(), "ana", "bo")) {
			t.Error("a block goes one way")
		}
	})
}
