package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/internal/app"
	"callsvc/internal/config"
)

// Patience is how long a test waits for what must happen. It is long because
// machines are busy; a test that passes never waits for it.
const Patience = 30 * time.Second

func noDeadline() time.Time { return time.Time{} }

// Service is the service running in this process.
type Service struct {
	tb   testing.TB
	args []string
	log  *logBuffer
	base string
	stop context.CancelFunc
	over chan error
}

// Start runs the service as `serve --dev` would, on free ports and a folder of
// its own, until the test ends. More flags may follow.
func Start(tb testing.TB, flags ...string) *Service {
	tb.Helper()
	s := &Service{tb: tb, log: &logBuffer{}, args: append([]string{
		"--dev", "--listen=127.0.0.1:0", "--udp-port=0", "--node-ip=127.0.0.1", "--data=" + tb.TempDir(),
		"--drain-timeout=0s", "--sdk-app-id=" + strconv.Itoa(SDKAppID),
	}, flags...)}
	s.start()
	tb.Cleanup(func() {
		s.Stop()
		if tb.Failed() {
			tb.Logf("the service's log:\n%s", s.log)
		}
	})
	return s
}

// For is the same service for a subtest. It is not to be stopped there.
func (s *Service) For(tb testing.TB) *Service {
	sub := *s
	sub.tb = tb
	return &sub
}

func (s *Service) start() {
	s.tb.Helper()
	cfg, err := config.Parse(s.args)
	if err != nil {
		s.tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.New(ctx, cfg, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		stop()
		s.tb.Fatal(err)
	}
	s.base, s.stop, s.over = a.Addr().String(), stop, make(chan error, 1)
	go func() { s.over <- a.Run(ctx) }()
}

// Drain asks the service to stop, as SIGTERM would, and does not wait.
func (s *Service) Drain() { s.stop() }

// Stop asks the service to stop and waits until it has. A second time it does
// nothing.
func (s *Service) Stop() {
	s.tb.Helper()
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	select {
	case err := <-s.over:
		if err != nil {
			s.tb.Errorf("the service stopped with %v", err)
		}
	case <-time.After(Patience):
		s.tb.Fatal("the service does not stop")
	}
}

// Restart stops the service and starts it on the same data. Its ports change.
func (s *Service) Restart() {
	s.tb.Helper()
	s.Stop()
	s.start()
}

// URL is where a path is served.
func (s *Service) URL(path string) string { return "http://" + s.base + path }

// Socket is where a connection is opened, with that query.
func (s *Service) Socket(query string) string { return "ws://" + s.base + "/ws?" + query }

// Token is one of /dev/token, with more parameters such as "&admin=true".
func (s *Service) Token(user, more string) string {
	s.tb.Helper()
	return s.JSON("", "/dev/token?userID="+user+more).Str("token")
}

// Get fetches a path as the bearer of a token, none if it is empty.
func (s *Service) Get(token, path string) (status int, body string) {
	s.tb.Helper()
	return s.Send(http.MethodGet, token, path, nil)
}

// Send makes an HTTP request as the bearer of a token, with a JSON body unless
// it is nil.
func (s *Service) Send(method, token, path string, params P) (status int, body string) {
	s.tb.Helper()
	var content io.Reader = http.NoBody
	if params != nil {
		text, err := json.Marshal(params)
		if err != nil {
			s.tb.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	status, _, body = s.exchange(method, path, token, "", content)
	return status, body
}

// exchange makes a request with a body of a type, as the bearer of a token; both
// may be empty.
func (s *Service) exchange(method, path, token, contentType string, content io.Reader) (status int, header http.Header, body string) {
	s.tb.Helper()
	req, err := http.NewRequestWithContext(s.tb.Context(), method, s.URL(path), content)
	if err != nil {
		s.tb.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.tb.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.tb.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

// JSON fetches a JSON object that must be there.
func (s *Service) JSON(token, path string) P {
	s.tb.Helper()
	status, body := s.Get(token, path)
	if status != http.StatusOK {
		s.tb.Fatalf("GET %s: %d %s", path, status, body)
	}
	var p P
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		s.tb.Fatalf("GET %s: %v", path, err)
	}
	return p
}

// Operate makes an operator's request that must succeed.
func (s *Service) Operate(method, path string, params P) P {
	s.tb.Helper()
	status, body := s.Send(method, s.Token("operator", "&admin=true"), path, params)
	if status != http.StatusOK {
		s.tb.Fatalf("%s %s: %d %s", method, path, status, body)
	}
	var p P
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		s.tb.Fatalf("%s %s: %v", method, path, err)
	}
	return p
}

// Figure reads one figure of /metrics, such as callsvc_rooms.
func (s *Service) Figure(name string) float64 {
	s.tb.Helper()
	_, body := s.Get("", "/metrics")
	for line := range strings.Lines(body) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				s.tb.Fatal(err)
			}
			return v
		}
	}
	s.tb.Fatalf("there is no figure %s", name)
	return 0
}

// FigureBecomes waits until a metric has a value: one of what goes on beside the
// requests, such as a room that ends or a message that is being delivered.
func (s *Service) FigureBecomes(name string, want float64) {
	s.tb.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(Patience); ; <-look.C {
		got := s.Figure(name)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			s.tb.Errorf("%s is still %v after %v, want %v", name, got, Patience, want)
			return
		}
	}
}

// logBuffer keeps what the service logs.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
