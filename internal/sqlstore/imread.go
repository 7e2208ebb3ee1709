package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"callsvc/call"
)

// LastSeq returns the number of a conversation's last message, 0 if it has none.
func (s *Store) LastSeq(ctx context.Context, c call.Conversation) (int64, error) {
	var seq int64
	err := s.read.QueryRowContext(ctx, `SELECT last_seq FROM conversations WHERE conversation = $1`, c.Key()).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read the end of a conversation: %w", err)
	}
	return seq, nil
}

// Messages returns at most limit messages of a conversation, newest first: of
// those after one number and before another (0: no bound).
func (s *Store) Messages(ctx context.Context, c call.Conversation, after, before int64, limit int) ([]call.Message, error) {
	found, err := bodies(ctx, s.read,
		`SELECT body FROM messages WHERE conversation = $1 AND seq > $2 AND (CAST($3 AS BIGINT) = 0 OR seq < $3) ORDER BY seq DESC LIMIT $4`,
		c.Key(), after, before, limit)
	if err != nil {
		return nil, err
	}
	messages := make([]call.Message, len(found))
	for i, body := range found {
		if err := json.Unmarshal([]byte(body), &messages[i]); err != nil {
			return nil, fmt.Errorf("decode a stored message: %w", err)
		}
	}
	return messages, nil
}

// listSQL finds the conversations of a user, that with the newest message
// first, then looks at the latest messages of those on the page.
const listSQL = `
SELECT page.last_seq, page.read_seq, m.body,
	(SELECT COUNT(*) FROM messages u
	 WHERE u.conversation = page.conversation AND u.sender <> $1 AND u.is_excluded = 0
	 AND u.seq > page.read_seq AND u.seq > page.last_seq - $2)
FROM (
	SELECT c.conversation, c.last_seq, c.shown_seq, c.active_at, COALESCE(r.read_seq, 0) AS read_seq
	FROM (
		SELECT conversation FROM read_marks WHERE user_id = $1 AND is_direct = 1
		UNION ALL
		SELECT conversation FROM group_members WHERE user_id = $1
	) mine
	JOIN conversations c ON c.conversation = mine.conversation
	LEFT JOIN read_marks r ON r.user_id = $1 AND r.conversation = mine.conversation
	WHERE c.shown_seq > 0 AND (CAST($3 AS BIGINT) = 0 OR (c.active_at, c.conversation) < ($3, $4))
	ORDER BY c.active_at DESC, c.conversation DESC LIMIT $5
) page
JOIN messages m ON m.conversation = page.conversation AND m.seq = page.shown_seq
ORDER BY page.active_at DESC, page.conversation DESC`

// Conversations returns a page of a user's conversations, that with the newest
// message first. Those of which every message is excluded are left out.
func (s *Store) Conversations(ctx context.Context, q call.ConversationQuery) (page []call.ConversationSummary, err error) {
	before, key := call.Millis(0), ""
	if q.Before != nil {
		before, key = q.Before.CreatedAt, q.Before.Conversation().Key()
	}
	rows, err := s.read.QueryContext(ctx, listSQL, string(q.Of), call.UnreadWindow, int64(before), key, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("query conversations: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var c call.ConversationSummary
		var body string
		if err := rows.Scan(&c.LastSeq, &c.ReadSeq, &body, &c.Unread); err != nil {
			return nil, fmt.Errorf("read a conversation: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &c.Last); err != nil {
			return nil, fmt.Errorf("decode a stored message: %w", err)
		}
		page = append(page, c)
	}
	return page, rows.Err()
}

// GroupIDs returns the ids of groups in order, after one, at most limit.
func (s *Store) GroupIDs(ctx context.Context, after call.GroupID, limit int) ([]call.GroupID, error) {
	found, err := bodies(ctx, s.read, `SELECT group_id FROM im_groups WHERE group_id > $1 ORDER BY group_id LIMIT $2`, string(after), limit)
	ids := make([]call.GroupID, len(found))
	for i, id := range found {
		ids[i] = call.GroupID(id)
	}
	return ids, err
}

// Groups returns all groups with their members.
func (s *Store) Groups(ctx context.Context) ([]*call.Group, error) {
	groups, err := all[call.Group](ctx, s.read, `SELECT body FROM im_groups`)
	if err != nil {
		return nil, err
	}
	members, err := s.members(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		g.Restore(members[g.GroupID])
	}
	return groups, nil
}

// members reads the members of all groups.
func (s *Store) members(ctx context.Context) (found map[call.GroupID][]call.Member, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT group_id, user_id, role, joined_at, since_seq, muted_until FROM group_members`)
	if err != nil {
		return nil, fmt.Errorf("query group members: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = map[call.GroupID][]call.Member{}
	for rows.Next() {
		var id call.GroupID
		var m call.Member
		if err := rows.Scan(&id, &m.UserID, &m.Role, &m.JoinedAt, &m.SinceSeq, &m.MutedUntil); err != nil {
			return nil, fmt.Errorf("read a group member: %w", err)
		}
		found[id] = append(found[id], m)
	}
	return found, rows.Err()
}
