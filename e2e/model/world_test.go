package model_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/internal/app"
	"callsvc/internal/config"
	"callsvc/internal/sqlstore"
	"callsvc/media"
)

// world is the whole service in a bubble: clients reach it by pipes, and the
// clock moves only when nobody has anything left to do.
type world struct {
	dir     string
	life    int             // how often it was started
	engines []*media.Engine // one for each life
	pipes   *pipes
	stop    context.CancelFunc
	over    chan error
}

// newWorld makes a world of that many lives. It must be called outside the
// bubble: a goroutine that waits for a socket would keep the clock from moving.
func newWorld(t *testing.T, dir string, lives int) *world {
	t.Helper()
	w := &world{dir: dir, engines: make([]*media.Engine, lives)}
	for i := range w.engines {
		var err error
		if w.engines[i], err = media.New(media.Config{NodeIPs: []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}}, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// emptyStore makes a store with nothing in it but its tables, to be copied: to
// make them takes longer than most histories.
func emptyStore(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "empty.db")
	s, err := sqlstore.Open(t.Context(), "sqlite:"+path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// store is where this life's data is.
func (w *world) store() string { return filepath.Join(w.dir, fmt.Sprintf("%d.db", w.life)) }

// start begins the next life over its store.
func (w *world) start() error {
	cfg, err := config.Parse([]string{"--dev", "--db=sqlite:" + w.store(), "--drain-timeout=0s"})
	if err != nil {
		return err
	}
	w.pipes = newPipes()
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.NewOn(ctx, cfg, app.Ports{HTTP: w.pipes, Media: w.engines[0]}, slog.New(slog.DiscardHandler))
	w.engines = w.engines[1:]
	if err != nil {
		stop()
		return err
	}
	w.stop, w.over = stop, make(chan error, 1)
	go func() { w.over <- a.Run(ctx) }()
	synctest.Wait()
	return nil
}

// end stops the service as SIGTERM does.
func (w *world) end() error {
	w.stop()
	err := <-w.over
	w.pipes.cut()
	return err
}

// restart stops the service and, after a while, starts it on what it left behind.
// A crash is one whose store is what lay on the disk before it knew that it
// would stop.
func (w *world) restart(crash bool, down time.Duration) error {
	before := w.store()
	if crash {
		w.life++
		if err := copyStore(before, w.store()); err != nil {
			return err
		}
	}
	if err := w.end(); err != nil {
		return err
	}
	time.Sleep(down)
	return w.start()
}

// copyStore copies a database and the log of what is not in it yet.
func copyStore(from, to string) error {
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(from+suffix, to+suffix); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

// close lets go of what the world did not come to use.
func (w *world) close() error {
	for _, e := range w.engines {
		if err := e.Close(); err != nil {
			return err
		}
	}
	return nil
}

// pipes is a listener whose connections are net.Pipes.
type pipes struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once

	mu   sync.Mutex // guards ends
	ends []net.Conn
}

func newPipes() *pipes { return &pipes{accept: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.IPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accept <- far:
	case <-p.done:
		return nil, net.ErrClosed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ends = append(p.ends, near)
	return near, nil
}

// cut closes what clients hold of all connections.
func (p *pipes) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.ends {
		_ = c.Close() // it may be closed already
	}
}

// now is the server's clock, which is everybody's here.
func now() int64 { return time.Now().UnixMilli() }
