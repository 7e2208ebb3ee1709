package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"callsvc/call"
)

// SavePushSubscription adds a subscription, or moves the one of that endpoint to
// its user, and keeps the newest of the user's, at most keep.
func (s *Store) SavePushSubscription(ctx context.Context, sub call.PushSubscription, keep int) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to save a push subscription: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO push_subscriptions (endpoint, user_id, p256dh, auth, language, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (endpoint) DO UPDATE SET
			user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
			language = excluded.language, created_at = excluded.created_at`,
		sub.Endpoint, string(sub.UserID), sub.P256dh, sub.Auth, sub.Language, int64(sub.CreatedAt))
	if err != nil {
		return errors.Join(fmt.Errorf("save a push subscription: %w", err), tx.Rollback())
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM push_subscriptions WHERE user_id = $1 AND endpoint NOT IN (
			SELECT endpoint FROM push_subscriptions WHERE user_id = $1 ORDER BY created_at DESC, endpoint LIMIT $2)`,
		string(sub.UserID), keep)
	if err != nil {
		return errors.Join(fmt.Errorf("drop old push subscriptions: %w", err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("finish saving a push subscription: %w", err)
	}
	return nil
}

// DropPushSubscription deletes the user's subscription of that endpoint, if
// there is one.
func (s *Store) DropPushSubscription(ctx context.Context, user call.UserID, endpoint string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM push_subscriptions WHERE endpoint = $1 AND user_id = $2`, endpoint, string(user))
	if err != nil {
		return fmt.Errorf("drop a push subscription: %w", err)
	}
	return nil
}

// DropPushSubscriptionsBefore deletes the user's subscriptions of before that
// moment.
func (s *Store) DropPushSubscriptionsBefore(ctx context.Context, user call.UserID, at call.Millis) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM push_subscriptions WHERE user_id = $1 AND created_at < $2`, string(user), int64(at))
	if err != nil {
		return fmt.Errorf("drop push subscriptions: %w", err)
	}
	return nil
}

// PushSubscriptions returns the user's subscriptions, newest first.
func (s *Store) PushSubscriptions(ctx context.Context, user call.UserID) (found []call.PushSubscription, err error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT endpoint, p256dh, auth, language, created_at FROM push_subscriptions
		WHERE user_id = $1 ORDER BY created_at DESC, endpoint`, string(user))
	if err != nil {
		return nil, fmt.Errorf("query push subscriptions: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		sub := call.PushSubscription{UserID: user}
		if err := rows.Scan(&sub.Endpoint, &sub.P256dh, &sub.Auth, &sub.Language, &sub.CreatedAt); err != nil {
			return nil, fmt.Errorf("read a push subscription: %w", err)
		}
		found = append(found, sub)
	}
	return found, rows.Err()
}

// pushKeysID is the key of the one row of table push_keys.
const pushKeysID = int64(1)

// PushKeys returns the keys that are kept; if there are none yet, it keeps the
// fresh ones. Of servers that start together on one database all get the same.
func (s *Store) PushKeys(ctx context.Context, fresh call.PushKeys) (keys call.PushKeys, err error) {
	_, err = s.write.ExecContext(ctx,
		`INSERT INTO push_keys (id, public_key, private_key) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		pushKeysID, fresh.Public, fresh.Private)
	if err != nil {
		return keys, fmt.Errorf("keep the push keys: %w", err)
	}
	err = s.read.QueryRowContext(ctx, `SELECT public_key, private_key FROM push_keys WHERE id = $1`, pushKeysID).
		Scan(&keys.Public, &keys.Private)
	if err != nil {
		return keys, fmt.Errorf("read the push keys: %w", err)
	}
	return keys, nil
}
