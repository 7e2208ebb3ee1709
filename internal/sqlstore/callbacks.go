package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"callsvc/call"
)

// The states of a callback.
const (
	callbackDone   = int64(0) // delivered, or never to be
	callbackQueued = int64(1)
	callbackDead   = int64(2)
)

func callbackRows() rows {
	return rows{insert: `INSERT INTO callbacks (seq, at, state, queued_at, error, body) VALUES `, columns: 6}
}

// number gives the callbacks of a batch their numbers, from the first that is
// free. s.mu is held; the numbers are taken once the batch is committed.
func (b *batch) number(first int64) (rows, error) {
	r := callbackRows()
	for i, cb := range b.callbacks {
		cb.Seq = first + int64(i)
		body, err := json.Marshal(cb.Callback)
		if err != nil {
			return r, fmt.Errorf("encode a callback: %w", err)
		}
		state := callbackDone
		if cb.Deliver {
			state = callbackQueued
		}
		r.add(cb.Seq, cb.At, state, cb.At, "", body)
	}
	return r, nil
}

// lastCallback reads the number of the last callback ever, 0 if there was none.
// Numbers are not used again, though their callbacks be forgotten: the newest
// is always kept.
func (s *Store) lastCallback(ctx context.Context) (last int64, err error) {
	if err := s.write.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM callbacks`).Scan(&last); err != nil {
		return 0, fmt.Errorf("read the last callback's number: %w", err)
	}
	return last, nil
}

// Callbacks returns up to limit callbacks after that number, in order.
func (s *Store) Callbacks(ctx context.Context, after int64, limit int) (found []call.Callback, err error) {
	err = s.eachCallback(ctx, `seq > $1`, after, limit, func(cb call.Callback, _ call.Millis, _ string) {
		found = append(found, cb)
	})
	return found, err
}

// QueuedCallbacks returns up to limit callbacks after that number that wait for
// delivery, in order.
func (s *Store) QueuedCallbacks(ctx context.Context, after int64, limit int) (found []call.QueuedCallback, err error) {
	err = s.eachCallback(ctx, `seq > $1 AND state = 1`, after, limit, func(cb call.Callback, at call.Millis, _ string) {
		found = append(found, call.QueuedCallback{Callback: cb, QueuedAt: at})
	})
	return found, err
}

// DeadCallbacks returns up to limit callbacks after that number whose delivery
// was given up, in order.
func (s *Store) DeadCallbacks(ctx context.Context, after int64, limit int) (found []call.DeadCallback, err error) {
	err = s.eachCallback(ctx, `seq > $1 AND state = 2`, after, limit, func(cb call.Callback, _ call.Millis, why string) {
		found = append(found, call.DeadCallback{Callback: cb, Error: why})
	})
	return found, err
}

// eachCallback takes up to limit callbacks of a condition in order of their numbers.
func (s *Store) eachCallback(
	ctx context.Context, condition string, after int64, limit int, take func(call.Callback, call.Millis, string),
) (err error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT queued_at, error, body FROM callbacks WHERE `+condition+` ORDER BY seq LIMIT $2`, after, limit)
	if err != nil {
		return fmt.Errorf("query callbacks: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var at call.Millis
		var why, body string
		if err := rows.Scan(&at, &why, &body); err != nil {
			return fmt.Errorf("read a callback: %w", err)
		}
		var cb call.Callback
		if err := json.Unmarshal([]byte(body), &cb); err != nil {
			return fmt.Errorf("decode a stored callback: %w", err)
		}
		take(cb, at, why)
	}
	return rows.Err()
}

// SettleCallbacks takes callbacks out of the queue: those that were delivered,
// and those that are given up, with what went wrong last.
func (s *Store) SettleCallbacks(ctx context.Context, delivered []int64, dead map[int64]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("settle callbacks: %w", err)
	}
	if err := settle(ctx, tx, delivered, dead); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("settle callbacks: %w", err)
	}
	return nil
}

func settle(ctx context.Context, tx *sql.Tx, delivered []int64, dead map[int64]string) (err error) {
	update, err := tx.PrepareContext(ctx, `UPDATE callbacks SET state = $1, error = $2 WHERE seq = $3`)
	if err != nil {
		return fmt.Errorf("settle callbacks: %w", err)
	}
	defer func() { err = errors.Join(err, update.Close()) }()
	for _, seq := range delivered {
		if _, err := update.ExecContext(ctx, callbackDone, "", seq); err != nil {
			return fmt.Errorf("settle a callback: %w", err)
		}
	}
	for seq, why := range dead {
		if _, err := update.ExecContext(ctx, callbackDead, why, seq); err != nil {
			return fmt.Errorf("give a callback up: %w", err)
		}
	}
	return nil
}

// RequeueCallbacks queues callbacks of those numbers (both included) again at a
// moment, all or only the dead ones, and returns how many.
func (s *Store) RequeueCallbacks(ctx context.Context, from, to int64, deadOnly bool, at call.Millis) (int64, error) {
	query := `UPDATE callbacks SET state = 1, queued_at = $1, error = '' WHERE seq BETWEEN $2 AND $3`
	if deadOnly {
		query += ` AND state = 2`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	done, err := s.write.ExecContext(ctx, query, int64(at), from, to)
	if err != nil {
		return 0, fmt.Errorf("queue callbacks again: %w", err)
	}
	return done.RowsAffected()
}

// ForgetCallbacks deletes what happened before that moment and does not wait
// for delivery. The newest stays, so that its number does. It deletes in
// portions, between which commits go on.
func (s *Store) ForgetCallbacks(ctx context.Context, before call.Millis) error {
	for first := int64(0); ; {
		next, old, err := s.callbackFrom(ctx, first, before)
		if err != nil || !old {
			return err
		}
		first = next + portion
		_, err = s.write.ExecContext(ctx, `DELETE FROM callbacks
			WHERE seq >= $1 AND seq < $2 AND at < $3 AND state <> 1 AND seq < (SELECT MAX(seq) FROM callbacks)`, next, first, int64(before))
		if err != nil {
			return fmt.Errorf("forget old callbacks: %w", err)
		}
	}
}

// callbackFrom returns the number of the first callback from one number on, and
// whether it happened before that moment; false if there is none.
func (s *Store) callbackFrom(ctx context.Context, first int64, before call.Millis) (seq int64, old bool, err error) {
	var at call.Millis
	err = s.read.QueryRowContext(ctx, `SELECT seq, at FROM callbacks WHERE seq >= $1 ORDER BY seq LIMIT 1`, first).Scan(&seq, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("look for old callbacks: %w", err)
	}
	return seq, at < before, nil
}
