package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"callsvc/call"
)

// OpenInvitations returns those somebody is pending for, oldest first.
func (s *Store) OpenInvitations(ctx context.Context) ([]*call.Invitation, error) {
	return all[call.Invitation](ctx, s.read,
		`SELECT body FROM invitations WHERE is_open = 1 ORDER BY created_at`)
}

// Invitation returns the invitation, nil if there is none of that id.
func (s *Store) Invitation(ctx context.Context, id call.InviteID) (*call.Invitation, error) {
	return one[call.Invitation](ctx, s.read, `SELECT body FROM invitations WHERE invite_id = $1`, string(id))
}

// InvitationByMessage returns the invitation that a message is about, nil if
// it is about none. Invitations made before there were conversations are known
// by the one message id they carry.
func (s *Store) InvitationByMessage(ctx context.Context, id call.MessageID) (*call.Invitation, error) {
	if id == "" { // that of every invitation which has no message
		return nil, nil
	}
	return one[call.Invitation](ctx, s.read,
		`SELECT i.body FROM messages m JOIN invitations i ON i.invite_id = m.invite_id
			WHERE m.message_id = $1 AND m.invite_id <> ''
		UNION
		SELECT body FROM invitations WHERE message_id = $1 AND message_id <> ''`, string(id))
}

// OpenCalls returns the calls that have not ended, oldest first.
func (s *Store) OpenCalls(ctx context.Context) ([]*call.Call, error) {
	return all[call.Call](ctx, s.read, `SELECT body FROM calls WHERE is_open = 1 ORDER BY created_at`)
}

// CallsEndedSince returns the calls that ended at that moment or after it, in
// the order they ended.
func (s *Store) CallsEndedSince(ctx context.Context, since call.Millis) ([]*call.Call, error) {
	return all[call.Call](ctx, s.read,
		`SELECT body FROM calls WHERE is_open = 0 AND ended_at >= $1 ORDER BY ended_at`, int64(since))
}

// Call returns the call, open or ended, nil if there is none of that id.
func (s *Store) Call(ctx context.Context, id call.ID) (*call.Call, error) {
	return one[call.Call](ctx, s.read, `SELECT body FROM calls WHERE call_id = $1`, string(id))
}

// LastAlive returns the last committed [call.Alive], 0 if there was none.
func (s *Store) LastAlive(ctx context.Context) (call.Millis, error) {
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT at FROM alive WHERE id = $1`, aliveID).Scan(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read when the server was alive: %w", err)
	}
	return call.Millis(at), nil
}

// bodies returns the only column of every row.
func bodies(ctx context.Context, db *sql.DB, query string, args ...any) (found []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read a row: %w", err)
		}
		found = append(found, body)
	}
	return found, rows.Err()
}

// all decodes every body the query finds.
func all[T any](ctx context.Context, db *sql.DB, query string, args ...any) ([]*T, error) {
	found, err := bodies(ctx, db, query, args...)
	if err != nil {
		return nil, err
	}
	values := make([]*T, len(found))
	for i, body := range found {
		values[i] = new(T)
		if err := json.Unmarshal([]byte(body), values[i]); err != nil {
			return nil, fmt.Errorf("decode a stored %T: %w", values[i], err)
		}
	}
	return values, nil
}

// one decodes the body the query finds, nil if it finds none.
func one[T any](ctx context.Context, db *sql.DB, query string, args ...any) (*T, error) {
	found, err := all[T](ctx, db, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}
