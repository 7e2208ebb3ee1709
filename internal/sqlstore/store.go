package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// Store is an open database. Its methods may be called from any goroutine;
// [Store.Commit] is meant for one.
type Store struct {
	log   *slog.Logger
	write *sql.DB // one connection
	read  *sql.DB // a few
	name  string  // for messages

	claim       func(context.Context) (release func() error, err error)
	placeholder func(n int) string // of the n-th parameter of a commit's statements
	answers     answerIndex
	checkpoints *checkpointer // nil if the database sees to that itself

	mu          sync.Mutex   // one Commit at a time; guards the following
	release     func() error // ends the claim; nil without one
	prepared    map[preparedKey]*sql.Stmt
	lastSeq     int64 // of the last callback
	lastAnswers int64 // number of the last row of answers
}

// Open opens the database that dsn names and brings its schema up to date.
// dsn is sqlite:PATH, whose file and folder are made if missing, or
// postgres://USER:PASSWORD@HOST/DATABASE as libpq reads it. Its errors are for
// whoever starts the server: they name the flag --db, and no password.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	d, name, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	write, read, err := d.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("--db %s: %w", name, err)
	}
	s := &Store{
		log: log, write: write, read: read, name: name,
		claim: d.claim, placeholder: d.placeholder, prepared: map[preparedKey]*sql.Stmt{},
	}
	if err := migrate(ctx, d, write, log); err != nil {
		return nil, errors.Join(fmt.Errorf("--db %s: %w", name, err), s.Close())
	}
	checkpoints, err := d.checkpoints()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--db %s: %w", name, err), s.Close())
	}
	if checkpoints != nil {
		s.checkpoints = newCheckpointer(checkpoints, &s.mu, log)
	}
	return s, nil
}

// Close waits for what is under way and closes the database. Whatever Commit
// acknowledged stays.
func (s *Store) Close() error {
	var errs []error
	if s.checkpoints != nil {
		errs = append(errs, s.checkpoints.close())
		s.checkpoints = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.prepared {
		errs = append(errs, stmt.Close())
	}
	clear(s.prepared)
	errs = append(errs, s.read.Close(), s.write.Close())
	if s.release != nil { // last: nobody else is to begin before all is written
		errs = append(errs, s.release())
		s.release = nil
	}
	return errors.Join(errs...)
}
