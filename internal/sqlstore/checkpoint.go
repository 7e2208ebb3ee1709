package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
)

// logPages is how many pages SQLite's log may hold that are not in the database
// yet: 32 MiB, since the same pages change again and again.
const logPages = 8192

// rowsALook is after how many rows written the log's length is looked at.
const rowsALook = 512

// checkpointer moves pages from SQLite's log to the database, on a connection
// and a goroutine of its own: done by the connection that commits, as is
// SQLite's habit, it would keep everybody waiting who wants an answer.
type checkpointer struct {
	db      *sql.DB
	log     *slog.Logger
	commits sync.Locker // held while none must be
	rows    int         // written since the last look; guarded by commits
	look    chan struct{}
	stop    context.CancelFunc
	done    chan struct{}
}

func newCheckpointer(db *sql.DB, commits sync.Locker, log *slog.Logger) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{db: db, log: log, commits: commits, look: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	go c.run(ctx)
	return c
}

// close ends what is under way. The log it leaves is read at the next start.
func (c *checkpointer) close() error {
	c.stop()
	<-c.done
	return c.db.Close()
}

// wrote is told how many rows a commit wrote. commits is held.
func (c *checkpointer) wrote(rows int) {
	if c.rows += rows; c.rows < rowsALook {
		return
	}
	c.rows = 0
	select {
	case c.look <- struct{}{}:
	default: // it will look, or is at work
	}
}

func (c *checkpointer) run(ctx context.Context) {
	defer close(c.done)
	for {
		select {
		case <-c.look:
			if err := c.checkpoint(ctx); err != nil && ctx.Err() == nil {
				c.log.Warn("the database's log could not be cut; it grows until that succeeds", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// checkpoint moves most pages while commits go on, and the few that came
// meanwhile while none does: only when all have been moved the log begins anew.
func (c *checkpointer) checkpoint(ctx context.Context) error {
	waiting, err := c.pragma(ctx, "NOOP")
	if err != nil || waiting < logPages {
		return err
	}
	if _, err := c.pragma(ctx, "PASSIVE"); err != nil {
		return err
	}
	c.commits.Lock()
	defer c.commits.Unlock()
	_, err = c.pragma(ctx, "PASSIVE")
	return err
}

// pragma returns how many pages of the log are not in the database after it.
func (c *checkpointer) pragma(ctx context.Context, mode string) (waiting int, err error) {
	var busy, pages, moved int
	if err := c.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &moved); err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	return pages - moved, nil
}
