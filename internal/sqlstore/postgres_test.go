package sqlstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"callsvc/call"
	"callsvc/internal/sqlstore"

	"github.com/jackc/pgx/v5"
)

func TestPostgreSQL(t *testing.T) {
	server := startPostgres(t)
	suite(t, server.newDSN)
	t.Run("a store goes on after the database cut its connections", func(t *testing.T) {
		f := &fixture{t: t, dsn: server.newDSN(t)}
		f.open()
		f.commit(call.SaveInvitation{Invitation: invitation("i1", 1000)})
		if err := server.exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'callsvc'"); err != nil {
			t.Fatal(err)
		}
		lost := [][]call.Change{{call.SaveInvitation{Invitation: invitation("i2", 1000)}}}
		if err := f.Commit(t.Context(), lost); err != nil {
			t.Logf("the commit that meets the cut may fail: %v", err)
		}
		f.commit(call.SaveInvitation{Invitation: invitation("i3", 1000)})
		if get[*call.Invitation](t)(f.Invitation(t.Context(), "i3")) == nil {
			t.Error("the next commit is lost")
		}
	})
	t.Run("nodes that start together on an empty database all succeed", func(t *testing.T) {
		dsn := server.newDSN(t)
		errs := make(chan error, 3)
		for range cap(errs) {
			go func() {
				s, err := sqlstore.Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
				if err == nil {
					err = s.Close()
				}
				errs <- err
			}()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

// postgresServer is a PostgreSQL of the test's own, on a socket in a temporary
// folder, so that it gets in nobody's way.
type postgresServer struct {
	dir       string
	databases int
}

// startPostgres starts a server and stops it with the test. Without PostgreSQL
// on the machine the test is skipped; in CI, where it must be, it fails.
func startPostgres(t testing.TB) *postgresServer {
	t.Helper()
	bin := postgresBinaries(t)
	dir, err := os.MkdirTemp("", "pg") // short: a socket's path may not be long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	as := unprivileged(t, dir)
	initdb := exec.CommandContext(t.Context(), filepath.Join(bin, "initdb"),
		"-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", filepath.Join(dir, "data"), "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off")
	server.Dir, server.SysProcAttr = dir, as
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopPostgres(t, server) })
	awaitPostgres(t, stderr)
	return &postgresServer{dir: dir}
}

func postgresBinaries(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		t.Fatal(err)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 && os.Getenv("CI") == "true" {
		t.Fatal("PostgreSQL is not installed (no initdb in PATH nor in /usr/lib/postgresql)")
	}
	if len(found) == 0 {
		t.Skip("PostgreSQL is not installed (no initdb in PATH nor in /usr/lib/postgresql)")
	}
	return filepath.Dir(found[len(found)-1])
}

// unprivileged makes dir belong to the user postgres if the test runs as root,
// whom PostgreSQL refuses.
func unprivileged(t testing.TB, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// awaitPostgres reads the server's log until it says that it is ready, then
// goes on reading so that the server never blocks on it.
func awaitPostgres(t testing.TB, log io.Reader) {
	t.Helper()
	var said strings.Builder
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return
		}
	}
	t.Fatalf("PostgreSQL did not start (%v):\n%s", lines.Err(), said.String())
}

// stopPostgres asks for a fast shutdown, which does not wait for clients.
func stopPostgres(t testing.TB, server *exec.Cmd) {
	if err := server.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("PostgreSQL: %v", err)
	}
}

// newDSN makes an empty database.
func (s *postgresServer) newDSN(t *testing.T) string {
	t.Helper()
	s.databases++
	name := fmt.Sprintf("test%d", s.databases)
	if err := s.exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return s.dsn(name)
}

func (s *postgresServer) dsn(database string) string {
	return "postgres://postgres@/" + database + "?host=" + s.dir
}

func (s *postgresServer) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}
