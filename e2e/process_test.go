package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// process is the real program, serving.
type process struct {
	cmd     *exec.Cmd
	addr    string
	started time.Time
	ready   time.Duration // from the start to a /readyz that says yes
	log     *processLog
}

// processLog keeps what the program logs and finds its address there.
type processLog struct {
	mu    sync.Mutex
	lines []string
	addr  chan string
	over  chan struct{}
}

func (l *processLog) read(r io.Reader) {
	defer close(l.over)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		l.mu.Lock()
		l.lines = append(l.lines, lines.Text())
		l.mu.Unlock()
		var entry p
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Str("msg") == "serving" {
			l.addr <- entry.Str("address")
		}
	}
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// build makes the program.
func build(tb testing.TB) string {
	tb.Helper()
	bin := filepath.Join(tb.TempDir(), "callsvc")
	if out, err := exec.CommandContext(tb.Context(), "go", "build", "-o", bin, "callsvc/cmd/callsvc").CombinedOutput(); err != nil {
		tb.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

// run starts the program on a data folder and waits until it is ready.
func run(tb testing.TB, bin, data string, flags ...string) *process {
	tb.Helper()
	args := append([]string{
		"serve", "--dev", "--listen=127.0.0.1:0", "--udp-port=0", "--node-ip=127.0.0.1", "--data=" + data,
		"--log-format=json", "--drain-timeout=0s",
	}, flags...)
	s := &process{
		cmd: exec.CommandContext(context.WithoutCancel(tb.Context()), bin, args...),
		log: &processLog{addr: make(chan string, 1), over: make(chan struct{})},
	}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		tb.Fatal(err)
	}
	s.started = time.Now()
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go s.log.read(stderr)
	select {
	case s.addr = <-s.log.addr:
	case <-s.log.over:
		tb.Fatalf("the server does not start: %v\n%s", s.cmd.Wait(), s.log)
	case <-time.After(testkit.Patience):
		s.kill(tb)
		tb.Fatalf("the server is not ready after %v\n%s", testkit.Patience, s.log)
	}
	if status, body := s.get(tb, "", "/readyz"); status != http.StatusOK {
		tb.Fatalf("/readyz: %d %s", status, body)
	}
	s.ready = time.Since(s.started)
	return s
}

// kill ends the program as kill -9 does.
func (s *process) kill(tb testing.TB) {
	tb.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		tb.Fatal(err)
	}
	<-s.log.over
	_ = s.cmd.Wait() // says "signal: killed"
}

// stop ends the program as its operator does; it must exit with 0.
func (s *process) stop(tb testing.TB) {
	tb.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	<-s.log.over
	if err := s.cmd.Wait(); err != nil {
		tb.Errorf("the server stops with %v\n%s", err, s.log)
	}
}

func (s *process) get(tb testing.TB, token, path string) (status int, body string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// token is one for a server started with --dev.
func token(user string) string { return testkit.JWT(testkit.DevSecret, testkit.Claims(user)) }

// connect signs a user in; events go to sink.
func (s *process) connect(ctx context.Context, user string, sink func(event)) (*testkit.Client, error) {
	return testkit.Dial(ctx, "ws://"+s.addr+"/ws?token="+token(user), nil, sink)
}
