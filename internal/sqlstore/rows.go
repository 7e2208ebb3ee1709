package sqlstore

import (
	"fmt"
	"strings"

	"callsvc/call"
)

// rows are to be inserted into one table, or to replace those with their key.
type rows struct {
	insert   string // up to VALUES
	conflict string // from ON CONFLICT on
	columns  int
	values   []any // row after row
}

// invitationRows leave message_id empty, which costs no index: the message
// itself says what it is about.
func invitationRows() rows {
	return rows{
		insert:   `INSERT INTO invitations (invite_id, message_id, is_open, created_at, body) VALUES `,
		conflict: ` ON CONFLICT (invite_id) DO UPDATE SET is_open = excluded.is_open, body = excluded.body`,
		columns:  5,
	}
}

func callRows() rows {
	return rows{
		insert: `INSERT INTO calls (call_id, is_open, created_at, ended_at, group_id, type, result, missed, body) VALUES `,
		conflict: ` ON CONFLICT (call_id) DO UPDATE SET
			is_open = excluded.is_open, ended_at = excluded.ended_at, group_id = excluded.group_id,
			type = excluded.type, result = excluded.result, missed = excluded.missed, body = excluded.body`,
		columns: 9,
	}
}

func participantRows() rows {
	return rows{
		insert: `INSERT INTO participants (user_id, created_at, call_id, outgoing, missed) VALUES `,
		conflict: ` ON CONFLICT (user_id, created_at, call_id) DO UPDATE SET
			outgoing = excluded.outgoing, missed = excluded.missed`,
		columns: 5,
	}
}

// aliveRow never moves back.
func aliveRow() rows {
	return rows{
		insert:   `INSERT INTO alive (id, at) VALUES `,
		conflict: ` ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE alive.at < excluded.at`,
		columns:  2,
	}
}

// add appends a row. Named string and integer types become plain ones, and
// JSON becomes text: the drivers convert no others without reflection.
func (r *rows) add(values ...any) {
	if len(values) != r.columns {
		panic(fmt.Sprintf("%d values for %d columns: %s", len(values), r.columns, r.insert))
	}
	for _, v := range values {
		r.values = append(r.values, plain(v))
	}
}

func plain(v any) any {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case call.Millis:
		return int64(v)
	case call.UserID:
		return string(v)
	case call.ID:
		return string(v)
	case call.InviteID:
		return string(v)
	case call.MessageID:
		return string(v)
	case call.GroupID:
		return string(v)
	case call.Media:
		return string(v)
	case call.Result:
		return string(v)
	}
	return v
}

// statement is the SQL for n rows, with the database's own placeholders.
func (r *rows) statement(n int, placeholder func(n int) string) string {
	var b strings.Builder
	b.WriteString(r.insert)
	param := 0
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		sep := "("
		for range r.columns {
			param++
			b.WriteString(sep)
			b.WriteString(placeholder(param))
			sep = ", "
		}
		b.WriteString(")")
	}
	b.WriteString(r.conflict)
	return b.String()
}
