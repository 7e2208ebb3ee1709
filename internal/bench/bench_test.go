package bench_test

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/internal/bench"
	"callsvc/internal/testkit"
)

// options are those of a short run against a server in this process.
func options(s *testkit.Service, scenario string) bench.Options {
	return bench.Options{
		URL: s.URL(""), Scenario: scenario, Users: 8, Duration: 200 * time.Millisecond, Warmup: 50 * time.Millisecond,
		DataBytes: 100, RequestIDs: true, Invitees: 3, Bystanders: 4, Prefix: "bench",
		Token: func(user string) (string, error) { return testkit.JWT(testkit.DevSecret, testkit.Claims(user)), nil },
	}
}

// long leaves time for what must happen in the window that is measured: that one
// operation follows another, or that all are back.
func long(o *bench.Options) { o.Duration = 5 * time.Second }

func TestScenarios(t *testing.T) {
	s := testkit.Start(t)
	tests := []struct {
		name     string
		scenario string
		change   func(*bench.Options)
		measures []string // what has latencies
	}{
		{"pairs invite and accept as fast as they can", "roundtrip", long, roundTrip()},
		{"pairs invite and accept at a rate", "roundtrip", func(o *bench.Options) { o.Rate = 100 }, roundTrip()},
		{"pairs without requestIDs", "roundtrip", func(o *bench.Options) { long(o); o.RequestIDs = false }, roundTrip()},
		{
			"one invites in a group of all", "group", nil,
			[]string{"invite → onReceiveNewInvitation, each", "invite → onReceiveNewInvitation, the last"},
		},
		{"sessions do nothing", "idle", nil, nil},
		{
			"all come back at once", "reconnect", func(o *bench.Options) { long(o); o.Rate = 5 },
			append([]string{"cut off → served again"}, roundTrip()...),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options(s, tt.scenario)
			if tt.change != nil {
				tt.change(&o)
			}
			r, err := bench.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Errors) > 0 || r.Seconds < o.Duration.Seconds() || r.Server.RSSBytes == 0 {
				t.Errorf("errors %v, measured for %v s, server %+v", r.Errors, r.Seconds, r.Server)
			}
			var measured []string
			for _, l := range r.Latencies {
				measured = append(measured, l.Of)
				if l.Count == 0 || l.Max <= 0 || l.P50 > l.P90 || l.P90 > l.P99 || l.P99 > l.Max {
					t.Errorf("%+v", l)
				}
			}
			if diff := cmp.Diff(tt.measures, measured); diff != "" {
				t.Errorf("measured (-want +got):\n%s", diff)
			}
		})
	}
}

func roundTrip() []string {
	return []string{
		"invite → answer", "invite → onReceiveNewInvitation", "accept → answer", "invite → onInviteeAccepted",
	}
}

func TestEveryOperationOfARateIsCounted(t *testing.T) {
	s := testkit.Start(t)
	o := options(s, "roundtrip")
	o.Rate = 200 // 40 in the time
	r, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Latencies {
		if l.Of == "invite → onInviteeAccepted" && l.Count != 40 {
			t.Errorf("%d round trips were timed, want 40", l.Count)
		}
	}
}

func TestRefusalsAreReportedByTheirCode(t *testing.T) {
	s := testkit.Start(t, "--invite-rate=1", "--invite-burst=1")
	o := options(s, "roundtrip")
	o.Rate = 200
	r, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	refused := int64(0)
	for what, n := range r.Errors {
		if strings.HasPrefix(what, "signaling.invite: 9005") {
			refused += n
		}
	}
	if refused == 0 {
		t.Errorf("errors %v, want some of 9005", r.Errors)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "error: signaling.invite: 9005") {
		t.Errorf("error %v, and the text lacks the refusals:\n%s", err, &text)
	}
}

func TestAllMayReconnectWithNobodyBeside(t *testing.T) {
	s := testkit.Start(t)
	o := options(s, "reconnect")
	o.Users, o.Bystanders, o.Rate = 4, 0, 20
	r, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Errors) > 0 {
		t.Errorf("errors %v", r.Errors)
	}
}

func TestWhoIsNotServedInTimeIsReported(t *testing.T) {
	s := testkit.Start(t, "--sign-in-rate=4")
	o := options(s, "reconnect")
	o.Users, o.Bystanders, o.Rate = 6, 2, 20
	r, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	served := int64(0)
	for _, l := range r.Latencies {
		if l.Of == "cut off → served again" {
			served = l.Count
		}
	}
	if late := r.Errors["not served in time"]; late == 0 || late+served != int64(o.Users) {
		t.Errorf("%d served and errors %v, of %d", served, r.Errors, o.Users)
	}
}

func TestRunRefuses(t *testing.T) {
	s := testkit.Start(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	tests := []struct {
		name   string
		change func(*bench.Options)
		ctx    context.Context
		says   string
	}{
		{"no such scenario", func(o *bench.Options) { o.Scenario = "dance" }, nil, `there is no scenario "dance"`},
		{"one user", func(o *bench.Options) { o.Users = 1 }, nil, "a scenario needs 2 users at least"},
		{"no time", func(o *bench.Options) { o.Duration = 0 }, nil, "rate, duration and warm-up must not be negative"},
		{"a rate that is no number", func(o *bench.Options) { o.Rate = math.NaN() }, nil, "the rate at most"},
		{"less than no data", func(o *bench.Options) { o.DataBytes = -1 }, nil, "must not be negative"},
		{"fewer bystanders than none", func(o *bench.Options) { o.Bystanders = -1 }, nil, "must not be negative"},
		{"an invitation of nobody", func(o *bench.Options) { o.Invitees = 0 }, nil, "must ask somebody"},
		{"no server's address", func(o *bench.Options) { o.URL = "localhost" }, nil, `"localhost" is no address of a server`},
		{"more connections than files", func(o *bench.Options) { o.Users = math.MaxInt - 1<<10 }, nil, "run `ulimit -n"},
		{"a credential that is not believed", func(o *bench.Options) {
			o.Token = func(string) (string, error) { return "nonsense", nil }
		}, nil, "HTTP 401: 70003"},
		{"somebody who interrupts", func(*bench.Options) {}, stopped, "context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options(s, "roundtrip")
			tt.change(&o)
			ctx := tt.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			_, err := bench.Run(ctx, o)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one that says %q", err, tt.says)
			}
		})
	}
}
