package sqlstore

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var errClaimed = errors.New("another server works on this database, and two would not know of each other's decisions: stop it first")

// Claim makes this process the only server on the database until Close, or
// until it ends in whatever way, and reads what Commit and Remembered need to
// know of the one before: call it before them. A server decides from what it has in memory, so
// a second one beside it would number messages twice and call whom nobody
// called. Who only reads, as an export does, needs no claim.
func (s *Store) Claim(ctx context.Context) error {
	release, err := s.claim(ctx)
	if err != nil {
		return fmt.Errorf("--db %s: %w", s.name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release = release
	if s.lastSeq, err = s.lastCallback(ctx); err == nil {
		err = s.loadAnswers(ctx)
	}
	if err != nil {
		return fmt.Errorf("--db %s: %w", s.name, err)
	}
	return nil
}

// claim holds a lock on a file beside the database, which stays empty: SQLite
// knows the operating systems' ways, and a lock ends with its process.
func (d sqlite) claim(ctx context.Context) (release func() error, err error) {
	path, err := ownFile(d.path + "-server")
	if err != nil {
		return nil, err
	}
	db, err := d.pool(path)
	if err != nil {
		return nil, err
	}
	return hold(ctx, db, func(conn *sql.Conn) (bool, error) {
		_, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE")
		var busy *driver.Error
		if errors.As(err, &busy) && busy.Code() == sqlite3.SQLITE_BUSY {
			return false, nil
		}
		return err == nil, err
	}, "ROLLBACK")
}

// claim holds an advisory lock, which ends with its connection. It is given back
// before, since the server notices the connection's end somewhat later.
func (d postgres) claim(ctx context.Context) (release func() error, err error) {
	cfg, err := d.config()
	if err != nil {
		return nil, err
	}
	const key = int64(0x63616c6c737663) // "callsvc"
	return hold(ctx, stdlib.OpenDB(*cfg), func(conn *sql.Conn) (got bool, err error) {
		err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", key).Scan(&got)
		return got, err
	}, "SELECT pg_advisory_unlock_all()")
}

// hold keeps the connection on which a lock was taken; take is false if somebody
// else has it, and give the statement that gives it back.
func hold(ctx context.Context, db *sql.DB, take func(*sql.Conn) (bool, error), give string) (release func() error, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	closed := func() error { return errors.Join(conn.Close(), db.Close()) }
	switch got, err := take(conn); {
	case err != nil:
		return nil, errors.Join(err, closed())
	case !got:
		return nil, errors.Join(errClaimed, closed())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), give)
		if errors.Is(err, sqldriver.ErrBadConn) { // it ended, and the lock with it
			return db.Close()
		}
		return errors.Join(err, closed())
	}, nil
}
