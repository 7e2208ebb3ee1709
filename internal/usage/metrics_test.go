package usage_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/internal/usage"
)

func TestMetricsKeepTheirLabels(t *testing.T) {
	const text = `# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 12.5
process_resident_memory_bytes 6.291456e+07

callsvc_requests_total{method="room.enter",outcome="a \"b\" } c"} 3
with_a_time{le="+Inf"} 4 1395066363000
	indented	 5
beyond 1e999
nothing NaN
`
	want := usage.Metrics{
		"process_cpu_seconds_total": 12.5, "process_resident_memory_bytes": 60 << 20,
		`callsvc_requests_total{method="room.enter",outcome="a \"b\" } c"}`: 3,
		`with_a_time{le="+Inf"}`: 4,
		"indented":               5, "beyond": math.Inf(1),
	}
	got, err := usage.ParseMetrics(text)
	if nothing := got["nothing"]; err != nil || !math.IsNaN(nothing) {
		t.Fatalf("%v, nothing is %v", err, nothing)
	}
	delete(got, "nothing")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p, err := got.Process()
	if want := (usage.Process{CPU: 12500 * time.Millisecond, RSS: 60 << 20}); err != nil || p != want {
		t.Errorf("%+v, %v, want %+v", p, err, want)
	}
}

func TestWhatIsNoMetricIsAnError(t *testing.T) {
	for _, text := range []string{"name", "name value", `open{label="}`, `open{label="} 5`, "{", `{label="a"} 5`, "<!doctype html>"} {
		if m, err := usage.ParseMetrics(text); err == nil {
			t.Errorf("%q: %v, want an error", text, m)
		}
	}
}

func TestAServerWithoutItsOwnFiguresIsSaidToHaveNone(t *testing.T) {
	for _, m := range []usage.Metrics{nil, {usage.ProcessCPUSeconds: 1}, {usage.ProcessRSSBytes: 1}} {
		if p, err := m.Process(); err == nil {
			t.Errorf("%v: %+v, want an error", m, p)
		}
	}
}

func TestScrapeAsksOnceAndKeepsNothing(t *testing.T) {
	answers := map[string]string{"/metrics": "a 1\n", "/page": "<html>"}
	kept := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept = kept && !r.Close
		text, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	if m, err := usage.Scrape(t.Context(), s.URL+"/metrics"); err != nil || m["a"] != 1 || kept {
		t.Errorf("%v, %v; the connection is kept: %v", m, err, kept)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ask := range map[string]func() (usage.Metrics, error){
		"a page":         func() (usage.Metrics, error) { return usage.Scrape(t.Context(), s.URL+"/page") },
		"404":            func() (usage.Metrics, error) { return usage.Scrape(t.Context(), s.URL+"/nothing") },
		"no address":     func() (usage.Metrics, error) { return usage.Scrape(t.Context(), ":") },
		"nobody listens": func() (usage.Metrics, error) { return usage.Scrape(t.Context(), "http://127.0.0.1:1/metrics") },
		"nobody waits":   func() (usage.Metrics, error) { return usage.Scrape(over, s.URL+"/metrics") },
	} {
		if m, err := ask(); err == nil || !strings.HasPrefix(err.Error(), "read the server's figures: ") {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}

func TestScrapeReadsSoMuchAndNoMore(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := []byte("a 1\n" + strings.Repeat("#", 1<<10) + "\n")
		for r.Context().Err() == nil {
			if _, err := w.Write(line); err != nil {
				return // the reader has had enough
			}
		}
	}))
	defer s.Close()
	if m, err := usage.Scrape(t.Context(), s.URL); err == nil {
		t.Errorf("%v of a server that does not end", m)
	}
}

func FuzzMetrics(f *testing.F) {
	for _, text := range []string{"a 1", `a{b="c"} 1 2`, `a{b="\"}"} NaN`, "# a\n\nb +Inf", "{"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := usage.ParseMetrics(text)
		if err != nil {
			return
		}
		for name := range m {
			if name == "" || strings.ContainsAny(name, "\n") {
				t.Errorf("a metric is named %q", name)
			}
		}
	})
}
