package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// readers is how many connections answer questions at once. Questions are
// short: an export asks page by page and holds none while its client reads.
const readers = 4

// A dialect is what differs between the two databases.
type dialect interface {
	// open connects and proves it: a pool of one to write, a pool to read.
	open(context.Context) (write, read *sql.DB, err error)
	// checkpoints opens the connection that moves pages from the log to the
	// database, nil if the database sees to that itself.
	checkpoints() (*sql.DB, error)
	// claim makes this process the only one that may, until release.
	claim(context.Context) (release func() error, err error)
	// placeholder is how the n-th parameter of a statement is written where
	// there are hundreds.
	placeholder(n int) string
	// migrations says how goose is to run on this database.
	migrations() (goose.Dialect, []goose.ProviderOption, error)
}

// parse reads a DSN; name is how it may appear in a message.
func parse(dsn string) (d dialect, name string, err error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		if rest == "" || strings.Contains(rest, ":memory:") {
			return nil, "", errors.New("--db: sqlite: needs the path of a file, as in sqlite:data/callsvc.db")
		}
		return sqlite{path: rest}, dsn, nil
	case "postgres", "postgresql":
		u, err := url.Parse(dsn)
		if err != nil { // its text would quote the password
			return nil, "", errors.New("--db: not a URL; want postgres://USER:PASSWORD@HOST:PORT/DATABASE with special characters percent-encoded")
		}
		return postgres{dsn: dsn}, u.Redacted(), nil
	}
	return nil, "", errors.New("--db: want sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE")
}

type sqlite struct{ path string }

// ownFile makes a file, if there is none, that its owner only can read: the
// database holds who called whom.
func ownFile(name string) (path string, err error) {
	if path, err = filepath.Abs(name); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("make the folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, f.Close()
}

func (d sqlite) open(ctx context.Context) (write, read *sql.DB, err error) {
	path, err := ownFile(d.path)
	if err != nil {
		return nil, nil, err
	}
	if write, err = d.pool(path, writing()...); err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	if read, err = d.pool(path, "query_only(1)"); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return write, read, nil
}

// writing are the pragmas of the connection that commits. FULL makes a commit
// durable before it is acknowledged. The rest is for speed: the undo log of a
// statement of many rows stays in memory, what is written often stays cached
// (32 MiB), and pages move from the log to the database elsewhere
// (checkpoint.go), here only should that fall behind by 256 MiB.
func writing() []string {
	return []string{
		"journal_mode(WAL)", "synchronous(FULL)",
		"temp_store(MEMORY)", "cache_size(-32768)", "wal_autocheckpoint(65536)",
	}
}

func (d sqlite) checkpoints() (*sql.DB, error) {
	path, err := filepath.Abs(d.path)
	if err != nil {
		return nil, err
	}
	db, err := d.pool(path, "synchronous(FULL)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func (d sqlite) pool(path string, pragmas ...string) (*sql.DB, error) {
	q := url.Values{
		"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...),
		"_txlock": {"immediate"},
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}
	return sql.Open("sqlite", u.String())
}

// placeholder has no name: the driver looks for one for each parameter, in a
// list of all names.
func (sqlite) placeholder(int) string { return "?" }

func (d sqlite) migrations() (goose.Dialect, []goose.ProviderOption, error) {
	return goose.DialectSQLite3, nil, nil
}

type postgres struct{ dsn string }

func (d postgres) config() (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(d.dsn)
	if err != nil {
		return nil, err
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "callsvc"
	}
	return cfg, nil
}

func (d postgres) open(ctx context.Context) (write, read *sql.DB, err error) {
	cfg, err := d.config()
	if err != nil {
		return nil, nil, err
	}
	write = stdlib.OpenDB(*cfg)
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read = stdlib.OpenDB(*cfg)
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return write, read, nil
}

func (postgres) checkpoints() (*sql.DB, error) { return nil, nil }

func (postgres) placeholder(n int) string { return "$" + strconv.Itoa(n) }

// migrations takes an advisory lock, so that several processes may begin at once.
func (d postgres) migrations() (goose.Dialect, []goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return "", nil, err
	}
	return goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(locker)}, nil
}
