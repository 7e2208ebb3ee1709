package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"callsvc/call"
)

// Revocations returns the revocation of each user who ever had one.
func (s *Store) Revocations(ctx context.Context) (found []call.Revocation, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT user_id, revoked_at FROM revocations ORDER BY user_id`)
	if err != nil {
		return nil, fmt.Errorf("query revocations: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r call.Revocation
		if err := rows.Scan(&r.UserID, &r.At); err != nil {
			return nil, fmt.Errorf("read a revocation: %w", err)
		}
		found = append(found, r)
	}
	return found, rows.Err()
}

// revocationRows never move back.
func revocationRows() rows {
	return rows{
		insert: `INSERT INTO revocations (user_id, revoked_at) VALUES `,
		conflict: ` ON CONFLICT (user_id) DO UPDATE SET revoked_at = excluded.revoked_at
			WHERE revocations.revoked_at < excluded.revoked_at`,
		columns: 2,
	}
}
