package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"callsvc/call"

	"github.com/go-json-experiment/json"
)

// How many records a page of history has.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// History returns one page of ended calls, newest first (by CreatedAt, then
// CallID), and the cursor of the next page, empty after the last. A page that
// is asked for again is the same again, whatever has been added at the top. A
// limit of 0 is DefaultLimit, one above MaxLimit is MaxLimit. A broken cursor
// is CodeInvalidParameter.
func (s *Store) History(ctx context.Context, q call.HistoryQuery) ([]call.Record, string, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	limit = min(limit, MaxLimit)
	found, err := s.page(ctx, q, limit+1) // one more tells whether there is another page
	if err != nil {
		return nil, "", err
	}
	more := len(found) > limit
	records, err := decodeRecords(found[:min(limit, len(found))])
	if err != nil || !more {
		return records, "", err
	}
	return records, after(records), nil
}

// after is the cursor of the page that follows these records.
func after(records []call.Record) string {
	last := records[len(records)-1]
	return position{last.CreatedAt, last.CallID}.cursor()
}

// page returns the bodies of at most limit calls.
func (s *Store) page(ctx context.Context, q call.HistoryQuery, limit int) ([]string, error) {
	query, args, err := historySQL(q, limit)
	if err != nil {
		return nil, err
	}
	return bodies(ctx, s.read, query, args...)
}

func decodeRecords(bodies []string) ([]call.Record, error) {
	records := make([]call.Record, len(bodies))
	return records, decodeInto(records, bodies)
}

// decodeInto decodes with what is to become encoding/json/v2: twice as fast, and
// this is what exports wait for.
func decodeInto(records []call.Record, bodies []string) error {
	for i, body := range bodies {
		var c call.Call
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			return fmt.Errorf("decode a stored call: %w", err)
		}
		records[i] = c.Record()
	}
	return nil
}

// A condition is the WHERE clause of a query as it grows.
type condition struct {
	clauses []string
	args    []any
}

// param numbers an argument.
func (w *condition) param(v any) string {
	w.args = append(w.args, plain(v))
	return "$" + strconv.Itoa(len(w.args))
}

func (w *condition) add(clause string) { w.clauses = append(w.clauses, clause) }

// historySQL walks the index of one person's calls, or else that of all calls,
// so that the order costs nothing and a page costs what it passes over.
func historySQL(q call.HistoryQuery, limit int) (string, []any, error) {
	of, with := q.Of, q.With
	if of == "" {
		of, with = with, "" // one person's calls, seen from outside
	}
	w := &condition{}
	from, key := `calls c`, "c"
	if of != "" {
		// A cross join keeps SQLite from starting at the calls.
		from, key = `participants p CROSS JOIN calls c`, "p"
		w.add(`p.user_id = ` + w.param(of) + ` AND c.call_id = p.call_id`)
	}
	if with != "" {
		w.add(`EXISTS (SELECT 1 FROM participants w WHERE w.user_id = ` + w.param(with) +
			` AND w.created_at = p.created_at AND w.call_id = p.call_id)`)
	}
	if err := w.filter(q, key); err != nil {
		return "", nil, err
	}
	query := `SELECT c.body FROM ` + from + ` WHERE c.is_open = 0 AND ` + strings.Join(append(w.clauses, `1 = 1`), ` AND `) +
		` ORDER BY ` + key + `.created_at DESC, ` + key + `.call_id DESC LIMIT ` + w.param(int64(limit))
	return query, w.args, nil
}

// filter adds what q asks of each call; key is the table whose index is walked.
func (w *condition) filter(q call.HistoryQuery, key string) error {
	if q.Cursor != "" {
		p, err := parseCursor(q.Cursor)
		if err != nil {
			return err
		}
		w.add(`(` + key + `.created_at, ` + key + `.call_id) < (` + w.param(p.createdAt) + `, ` + w.param(p.callID) + `)`)
	}
	if q.From != 0 {
		w.add(key + `.created_at >= ` + w.param(q.From))
	}
	if q.To != 0 {
		w.add(key + `.created_at < ` + w.param(q.To))
	}
	if q.GroupID != "" {
		w.add(`c.group_id = ` + w.param(q.GroupID))
	}
	if q.Result != "" {
		w.add(`c.result = ` + w.param(q.Result))
	}
	if q.Type != "" {
		w.add(`c.type = ` + w.param(q.Type))
	}
	if q.Missed && q.Of == "" {
		w.add(`c.missed = 1`)
	} else if q.Missed {
		w.add(`p.missed = 1`)
	}
	if q.Direction != "" {
		if q.Of == "" {
			return call.Errorf(call.CodeInvalidParameter, "direction is one user's view; it does not go with everyone's calls")
		}
		w.add(`p.outgoing = ` + w.param(number(q.Direction == call.Outgoing)))
	}
	return nil
}
