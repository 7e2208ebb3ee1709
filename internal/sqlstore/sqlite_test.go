package sqlstore_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/internal/sqlstore"
)

func TestSQLite(t *testing.T) { suite(t, sqliteDSN) }

func sqliteDSN(t *testing.T) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "new folder", "50% of ? #1.db")
}

func TestSQLiteFileIsItsOwnersOnly(t *testing.T) {
	f := &fixture{t: t, dsn: sqliteDSN(t)}
	f.open()
	dir := filepath.Dir(strings.TrimPrefix(f.dsn, "sqlite:"))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", file.Name(), info.Mode())
		}
	}
}

// TestTheLogStaysShort writes far more than the log is to hold, while readers
// come and go.
func TestTheLogStaysShort(t *testing.T) {
	f := &fixture{t: t, dsn: sqliteDSN(t)}
	f.open()
	data := strings.Repeat("x", 12<<10)
	for i := range 160 { // 1 MiB each
		changes := make([]call.Change, 80)
		for j := range changes {
			inv := invitation(fmt.Sprintf("%d-%d", i, j), 1000)
			inv.Data = data
			changes[j] = call.SaveInvitation{Invitation: inv}
		}
		f.commit(changes...)
		if get[*call.Invitation](t)(f.Invitation(t.Context(), "0-0")) == nil {
			t.Fatal("the first is lost")
		}
	}
	info, err := os.Stat(strings.TrimPrefix(f.dsn, "sqlite:") + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 150<<20 {
		t.Errorf("the log has %d MiB after 160 MiB were written", info.Size()>>20)
	}
	f.restart()
	if get[*call.Invitation](t)(f.Invitation(t.Context(), "159-79")) == nil {
		t.Error("the last is lost")
	}
}

func TestOpenSaysWhatIsWrongWithTheFlag(t *testing.T) {
	notADatabase := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("not a database ", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, dsn, want string }{
		{"nothing", "", "want sqlite:PATH or postgres://"},
		{"another database", "mysql://u:secret@h/d", "want sqlite:PATH or postgres://"},
		{"no path", "sqlite:", "needs the path of a file"},
		{"a store that forgets", "sqlite::memory:", "needs the path of a file"},
		{"a folder", "sqlite:" + t.TempDir(), "is a directory"},
		{"a file that is no database", "sqlite:" + notADatabase, "not a database"},
		{"a folder that cannot be made", "sqlite:" + filepath.Join(notADatabase, "x.db"), "not a directory"},
		{"no URL", "postgres://u:secret@h:port/d", "not a URL"},
		{"nobody listening", "postgres://u:secret@127.0.0.1:1/d", "connect"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := sqlstore.Open(t.Context(), c.dsn, slog.New(slog.DiscardHandler))
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			for _, want := range []string{"--db", c.want} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%q tells the password", err)
			}
		})
	}
}
