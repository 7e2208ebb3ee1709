package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"callsvc/call"
)

// MeetingLinks returns the links that have not been forgotten, as they were made.
func (s *Store) MeetingLinks(ctx context.Context) (found []call.MeetingLink, err error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT link_id, room_id, user_id, created_at, expires_at, revoked_at FROM meeting_links ORDER BY created_at, link_id`)
	if err != nil {
		return nil, fmt.Errorf("query meeting links: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l call.MeetingLink
		if err := rows.Scan(&l.LinkID, &l.RoomID, &l.UserID, &l.CreatedAt, &l.ExpiresAt, &l.RevokedAt); err != nil {
			return nil, fmt.Errorf("read a meeting link: %w", err)
		}
		found = append(found, l)
	}
	return found, rows.Err()
}

// ForgetMeetingLinks drops the links that expired before a moment.
func (s *Store) ForgetMeetingLinks(ctx context.Context, before call.Millis) error {
	if _, err := s.write.ExecContext(ctx, `DELETE FROM meeting_links WHERE expires_at < $1`, int64(before)); err != nil {
		return fmt.Errorf("forget old meeting links: %w", err)
	}
	return nil
}

// meetingLinkRows change in one thing only: whether a link was revoked.
func meetingLinkRows() rows {
	return rows{
		insert:   `INSERT INTO meeting_links (link_id, room_id, user_id, created_at, expires_at, revoked_at) VALUES `,
		conflict: ` ON CONFLICT (link_id) DO UPDATE SET revoked_at = excluded.revoked_at`,
		columns:  6,
	}
}
