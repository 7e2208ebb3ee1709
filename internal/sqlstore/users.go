package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"callsvc/call"
)

// Users returns everybody of whom something is kept.
func (s *Store) Users(ctx context.Context) ([]*call.User, error) {
	return all[call.User](ctx, s.read, `SELECT body FROM users`)
}

// BlackLists returns whom each user has blocked.
func (s *Store) BlackLists(ctx context.Context) (found map[call.UserID][]call.UserID, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT user_id, blocked_id FROM black_lists ORDER BY user_id, blocked_id`)
	if err != nil {
		return nil, fmt.Errorf("query black lists: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = map[call.UserID][]call.UserID{}
	for rows.Next() {
		var by, blocked call.UserID
		if err := rows.Scan(&by, &blocked); err != nil {
			return nil, fmt.Errorf("read a black list: %w", err)
		}
		found[by] = append(found[by], blocked)
	}
	return found, rows.Err()
}

// userBatch is the part of a batch that is about users.
type userBatch struct {
	users  latest[call.UserID, call.User]
	blocks latest[blockKey, bool] // false: to be deleted
}

type blockKey struct{ by, blocked call.UserID }

// put takes a change; false if it is of another theme.
func (b *userBatch) put(ch call.Change) bool {
	switch ch := ch.(type) {
	case call.SaveUser:
		b.users.put(ch.User.UserID, ch.User)
	case call.SaveBlocked:
		b.block(ch.By, ch.Users, true)
	case call.DropBlocked:
		b.block(ch.By, ch.Users, false)
	default:
		return false
	}
	return true
}

func (b *userBatch) block(by call.UserID, users []call.UserID, blocked bool) {
	for _, u := range users {
		b.blocks.put(blockKey{by, u}, blocked)
	}
}

// rows turns the batch into what is written, table by table.
func (b *userBatch) rows() ([]rows, error) {
	users, blocks, unblocks := userRows(), blockRows(), blockDeletions()
	for _, u := range b.users.values {
		body, err := json.Marshal(u)
		if err != nil {
			return nil, fmt.Errorf("encode user %s: %w", u.UserID, err)
		}
		users.add(u.UserID, body)
	}
	for i, blocked := range b.blocks.values {
		key := b.blocks.keys[i]
		if blocked {
			blocks.add(key.by, key.blocked)
		} else {
			unblocks.add(key.by, key.blocked)
		}
	}
	return []rows{users, blocks, unblocks}, nil
}

func userRows() rows {
	return rows{
		insert:   `INSERT INTO users (user_id, body) VALUES `,
		conflict: ` ON CONFLICT (user_id) DO UPDATE SET body = excluded.body`,
		columns:  2,
	}
}

func blockRows() rows {
	return rows{
		insert:   `INSERT INTO black_lists (user_id, blocked_id) VALUES `,
		conflict: ` ON CONFLICT (user_id, blocked_id) DO NOTHING`,
		columns:  2,
	}
}

func blockDeletions() rows {
	return rows{insert: `DELETE FROM black_lists WHERE (user_id, blocked_id) IN (VALUES `, conflict: `)`, columns: 2}
}
