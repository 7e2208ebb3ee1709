package mediabench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/mediabench"
	"callsvc/internal/testkit"
)

// options are those of a short run against a server in this process.
func options(s *testkit.Service) mediabench.Options {
	return mediabench.Options{
		Target: mediabench.TargetCallsvc, URL: s.URL(""), Metrics: s.URL("/metrics"),
		Rooms: 1, Participants: 3, Publishers: 1, Full: -1, Speakers: -1, VideoKbps: 300, FPS: 30, AudioSlots: -1, VideoSlots: -1,
		JoinRate: 100, Duration: 5 * time.Second, // in which each stream must bring something
		Token: func(user, room string) (string, error) {
			claims := testkit.Claims(user)
			claims["room"] = room
			return testkit.JWT(testkit.DevSecret, claims), nil
		},
	}
}

func TestWhatIsPublishedArrives(t *testing.T) {
	s := testkit.Start(t)
	for _, tt := range []struct {
		name    string
		change  func(*mediabench.Options)
		streams int
	}{
		{"one publishes", func(*mediabench.Options) {}, 2 * 2},
		{"all publish, and see one another", func(o *mediabench.Options) { o.Publishers = 3 }, 3 * 2 * 2},
		{"voices alone, in two rooms", func(o *mediabench.Options) { o.VideoKbps, o.Rooms = 0, 2 }, 2 * 2},
		{"layers, for small tiles", func(o *mediabench.Options) { o.Simulcast, o.Height = true, 180 }, 2 * 2},
		{"fewer slots than publishers", func(o *mediabench.Options) { o.Publishers, o.VideoSlots, o.AudioSlots = 3, 1, 0 }, 3},
		{"all only count", func(o *mediabench.Options) { o.Full, o.Publishers = 0, 2 }, 2*2 + 2*2},
		{"one measures, and one counts", func(o *mediabench.Options) { o.Full = 2 }, 2 * 2},
		{"a storm", func(o *mediabench.Options) { o.Storm = 3 }, 2 * 2},
		{"a path that is slow", func(o *mediabench.Options) { o.Delay = 20 * time.Millisecond }, 2 * 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // each mostly waits
			o := options(s)
			tt.change(&o)
			r, err := mediabench.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Errors) > 0 || r.Joined != o.Rooms*o.Participants || r.Streams != tt.streams || r.Silent > 0 || r.PacketsOut == 0 || r.RSSBytes == 0 {
				t.Errorf("%+v, want %d streams", r, tt.streams)
			}
			for _, l := range r.Latencies {
				switch {
				case strings.HasPrefix(l.Of, "storm") && l.Count != int64(o.Storm):
					t.Errorf("%+v", l)
				case (l.Of == "audio" || l.Of == "video") && l.Count > 0 && l.P50 < 2*float64(o.Delay.Milliseconds()):
					t.Errorf("%+v is faster than the path", l)
				}
			}
		})
	}
}

func TestAReportIsForPeopleAndPrograms(t *testing.T) {
	s := testkit.Start(t)
	r, err := mediabench.Run(t.Context(), options(s))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"callsvc: 1 rooms of 3, 1 publish in each; 3 joined", "4 streams received, 0 silent", "join to first keyframe", "MiB resident"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("no %q in\n%s", part, text.String())
		}
	}
	encoded, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var decoded struct{ Streams int }
	if err := json.Unmarshal(encoded, &decoded); err != nil || decoded.Streams != 4 {
		t.Errorf("%v: %s", err, encoded)
	}
}

func TestWhatTheServerRefusesIsInTheReport(t *testing.T) {
	s := testkit.Start(t)
	o := options(s)
	o.Token = func(user, _ string) (string, error) { return testkit.JWT("wrong", testkit.Claims(user)), nil }
	r, err := mediabench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Joined != 0 || len(r.Errors) == 0 {
		t.Errorf("%+v", r)
	}
	for what := range r.Errors {
		if !strings.Contains(what, "401") || !strings.Contains(what, "70003") {
			t.Errorf("%q does not say what the server does not like", what)
		}
	}
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	good := mediabench.Options{
		Target: mediabench.TargetCallsvc, URL: "http://127.0.0.1:1", Rooms: 1, Participants: 1, FPS: 30, JoinRate: 1, Duration: time.Second,
	}
	for name, change := range map[string]func(*mediabench.Options){
		"another server":                    func(o *mediabench.Options) { o.Target = "galene" },
		"no address":                        func(o *mediabench.Options) { o.URL = "127.0.0.1" },
		"more publishers than participants": func(o *mediabench.Options) { o.Publishers = 2 },
		"all is lost":                       func(o *mediabench.Options) { o.Loss = 1 },
		"no time":                           func(o *mediabench.Options) { o.Duration = 0 },
		"fewer slots than none":             func(o *mediabench.Options) { o.VideoSlots = -2 },
		"fewer voices than none":            func(o *mediabench.Options) { o.Speakers = -2 },
		"a tile below nothing":              func(o *mediabench.Options) { o.Height = -1 },
		"a storm of fewer than nobody":      func(o *mediabench.Options) { o.Storm = -1 },
		"a loss that is no number":          func(o *mediabench.Options) { o.Loss = math.NaN() },
		"a join rate that is no number":     func(o *mediabench.Options) { o.JoinRate = math.NaN() },
		"joins faster than a clock":         func(o *mediabench.Options) { o.JoinRate = 1e12 },
		"no frames":                         func(o *mediabench.Options) { o.FPS = 0 },
		"a process that is not there":       func(o *mediabench.Options) { o.PID = 1 << 30 },
	} {
		o := good
		change(&o)
		if _, err := mediabench.Run(context.Background(), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestALiveKitTokenIsAJWTWithAGrant(t *testing.T) {
	token, err := mediabench.LiveKitToken("key", "secret", "ana", "r", time.Hour)
	if err != nil || strings.Count(token, ".") != 2 {
		t.Fatalf("%q, %v", token, err)
	}
	if _, err := mediabench.LiveKitToken("", "", string(call.UserID("ana")), "r", time.Hour); err == nil {
		t.Error("signed with nothing")
	}
}
