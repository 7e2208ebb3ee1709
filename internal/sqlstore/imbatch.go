package sqlstore

import (
	"encoding/json"
	"fmt"

	"callsvc/call"
)

// imBatch is the part of a batch that is about messages and groups.
type imBatch struct {
	messages      []call.SaveMessage // each is another one
	revisions     latest[call.MessageID, *call.Message]
	conversations latest[string, conversationRow]
	marks         latest[markKey, call.SaveReadMark]
	groups        latest[call.GroupID, *call.Group] // nil: to be deleted
	members       latest[memberKey, *call.Member]   // nil: to be deleted
}

type conversationRow struct {
	lastSeq, shownSeq int64
	activeAt          call.Millis
}

type markKey struct {
	user         call.UserID
	conversation string
}

type memberKey struct {
	group call.GroupID
	user  call.UserID
}

// put takes a change; false if it is of another theme.
func (b *imBatch) put(ch call.Change) bool {
	switch ch := ch.(type) {
	case call.SaveMessage:
		b.putMessage(ch)
	case call.ReviseMessage:
		b.revisions.put(ch.Message.MessageID, &ch.Message)
	case call.SaveReadMark:
		key := markKey{ch.UserID, ch.Conversation.Key()}
		if before, ok := b.marks.get(key); !ok || before.Seq < ch.Seq {
			b.marks.put(key, ch)
		}
	case call.SaveGroup:
		b.groups.put(ch.Group.GroupID, ch.Group)
	case call.DropGroup:
		b.groups.put(ch.GroupID, nil)
	case call.SaveMembers:
		for i := range ch.Members {
			b.members.put(memberKey{ch.GroupID, ch.Members[i].UserID}, &ch.Members[i])
		}
	case call.DropMembers:
		for _, u := range ch.Users {
			b.members.put(memberKey{ch.GroupID, u}, nil)
		}
	default:
		return false
	}
	return true
}

func (b *imBatch) putMessage(ch call.SaveMessage) {
	b.messages = append(b.messages, ch)
	key := ch.Message.Conversation().Key()
	row, _ := b.conversations.get(key)
	row.lastSeq = max(row.lastSeq, ch.Message.Seq)
	if !ch.Message.Excluded && ch.Message.Seq > row.shownSeq {
		row.shownSeq, row.activeAt = ch.Message.Seq, ch.Message.CreatedAt
	}
	b.conversations.put(key, row)
}

// rows turns the batch into what is written, table by table.
func (b *imBatch) rows() ([]rows, error) {
	messages, revisions, conversations, marks := messageRows(), revisionRows(), conversationRows(), markRows()
	groups, dropGroups, members, dropMembers := groupRows(), groupDeletions(), memberRows(), memberDeletions()
	for i := range b.messages {
		m := &b.messages[i].Message
		body, err := json.Marshal(m)
		if err != nil {
			return nil, fmt.Errorf("encode message %s: %w", m.MessageID, err)
		}
		messages.add(m.Conversation().Key(), m.Seq, m.MessageID, m.From, number(m.Excluded), b.messages[i].InviteID, body)
	}
	for _, m := range b.revisions.values {
		body, err := json.Marshal(m)
		if err != nil {
			return nil, fmt.Errorf("encode message %s: %w", m.MessageID, err)
		}
		revisions.add(m.Conversation().Key(), m.Seq, m.MessageID, m.From, number(m.Excluded), "", body)
	}
	for i, c := range b.conversations.values {
		conversations.add(b.conversations.keys[i], c.lastSeq, c.shownSeq, c.activeAt)
	}
	for _, r := range b.marks.values {
		marks.add(r.UserID, r.Conversation.Key(), number(r.Conversation.GroupID == ""), r.Seq)
	}
	for i, g := range b.groups.values {
		if g == nil {
			dropGroups.add(b.groups.keys[i])
			continue
		}
		body, err := json.Marshal(g)
		if err != nil {
			return nil, fmt.Errorf("encode group %s: %w", g.GroupID, err)
		}
		groups.add(g.GroupID, body)
	}
	for i, m := range b.members.values {
		key := b.members.keys[i]
		if m == nil {
			dropMembers.add(key.group, key.user)
			continue
		}
		members.add(key.group, key.user, call.GroupConversation(key.group).Key(), string(m.Role), m.JoinedAt, m.SinceSeq, m.MutedUntil)
	}
	return []rows{messages, revisions, conversations, marks, groups, dropGroups, members, dropMembers}, nil
}

func messageRows() rows {
	return rows{
		insert:  `INSERT INTO messages (conversation, seq, message_id, sender, is_excluded, invite_id, body) VALUES `,
		columns: 7,
	}
}

// revisionRows changes what stands there and adds nothing: a message's number
// is its for good.
func revisionRows() rows {
	r := messageRows()
	r.conflict = ` ON CONFLICT (conversation, seq) DO UPDATE SET is_excluded = excluded.is_excluded, body = excluded.body`
	return r
}

// conversationRows leaves the message shown last where it is, if none of this
// batch is to be shown.
func conversationRows() rows {
	return rows{
		insert: `INSERT INTO conversations (conversation, last_seq, shown_seq, active_at) VALUES `,
		conflict: ` ON CONFLICT (conversation) DO UPDATE SET last_seq = excluded.last_seq,
			shown_seq = CASE WHEN excluded.shown_seq > 0 THEN excluded.shown_seq ELSE conversations.shown_seq END,
			active_at = CASE WHEN excluded.shown_seq > 0 THEN excluded.active_at ELSE conversations.active_at END`,
		columns: 4,
	}
}

// markRows never moves back.
func markRows() rows {
	return rows{
		insert: `INSERT INTO read_marks (user_id, conversation, is_direct, read_seq) VALUES `,
		conflict: ` ON CONFLICT (user_id, conversation) DO UPDATE SET read_seq = excluded.read_seq
			WHERE read_marks.read_seq < excluded.read_seq`,
		columns: 4,
	}
}

func groupRows() rows {
	return rows{
		insert:   `INSERT INTO im_groups (group_id, body) VALUES `,
		conflict: ` ON CONFLICT (group_id) DO UPDATE SET body = excluded.body`,
		columns:  2,
	}
}

func groupDeletions() rows {
	return rows{insert: `DELETE FROM im_groups WHERE (group_id) IN (VALUES `, conflict: `)`, columns: 1}
}

func memberRows() rows {
	return rows{
		insert: `INSERT INTO group_members (group_id, user_id, conversation, role, joined_at, since_seq, muted_until) VALUES `,
		conflict: ` ON CONFLICT (group_id, user_id) DO UPDATE SET
			role = excluded.role, joined_at = excluded.joined_at, since_seq = excluded.since_seq, muted_until = excluded.muted_until`,
		columns: 7,
	}
}

func memberDeletions() rows {
	return rows{insert: `DELETE FROM group_members WHERE (group_id, user_id) IN (VALUES `, conflict: `)`, columns: 2}
}
