package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"callsvc/call"
)

// Commit makes all changes of all groups durable in one transaction: all of
// them or, with an error, none. Of changes to the same thing the last counts.
// What the changes point to must not change until Commit returns.
func (s *Store) Commit(ctx context.Context, groups [][]call.Change) error {
	b, err := newBatch(groups)
	if err != nil {
		return err
	}
	all, err := b.rows()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	callbacks, err := b.number(s.lastSeq + 1)
	if err != nil {
		return err
	}
	answers := b.answers()
	answered, err := s.answerRow(answers)
	if err != nil {
		return err
	}
	all = append(all, callbacks, answered)
	var todo []execution
	written := 0
	for i := range all {
		written += len(all[i].values) / all[i].columns
		if todo, err = s.plan(ctx, todo, &all[i]); err != nil {
			return err
		}
	}
	if err := s.execute(ctx, todo); err != nil {
		return err
	}
	if s.checkpoints != nil {
		s.checkpoints.wrote(written)
	}
	s.lastSeq += int64(len(b.callbacks))
	if len(answers) > 0 {
		s.lastAnswers++
		s.answers.add(s.lastAnswers, answers)
	}
	return nil
}

// An execution is a prepared statement and what goes into it.
type execution struct {
	stmt *sql.Stmt
	args []any
}

// chunks are the numbers of rows for which a statement is prepared: few, and
// any number of rows is made of few of them. Many rows in one statement save
// PostgreSQL a round trip each.
func chunks() []int { return []int{64, 16, 4, 1} }

// plan prepares before the transaction begins, which occupies the connection.
func (s *Store) plan(ctx context.Context, todo []execution, r *rows) ([]execution, error) {
	rest := r.values
	for _, n := range chunks() {
		width := n * r.columns
		if len(rest) < width {
			continue
		}
		stmt, err := s.prepare(ctx, preparedKey{r.insert, r.conflict, n}, r)
		if err != nil {
			return nil, err
		}
		for ; len(rest) >= width; rest = rest[width:] {
			todo = append(todo, execution{stmt, rest[:width]})
		}
	}
	return todo, nil
}

// A preparedKey says which statement: into which table, and how many rows.
type preparedKey struct {
	insert, conflict string
	rows             int
}

// prepare returns the statement, prepared at its first use. s.mu is held.
func (s *Store) prepare(ctx context.Context, key preparedKey, r *rows) (*sql.Stmt, error) {
	if stmt := s.prepared[key]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.write.PrepareContext(ctx, r.statement(key.rows, s.placeholder))
	if err != nil {
		return nil, fmt.Errorf("prepare a commit: %w", err)
	}
	s.prepared[key] = stmt
	return stmt, nil
}

func (s *Store) execute(ctx context.Context, todo []execution) error {
	if len(todo) == 0 {
		return nil
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a commit: %w", err)
	}
	for _, x := range todo {
		if _, err := tx.StmtContext(ctx, x.stmt).ExecContext(ctx, x.args...); err != nil {
			return errors.Join(fmt.Errorf("write a commit: %w", err), tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("finish a commit: %w", err)
	}
	return nil
}
