package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"callsvc/call"
)

// An answer to a request, as it is stored among the others of its commit.
type answer struct {
	User    call.UserID     `json:"user"`
	Request string          `json:"request"` // digest of the client's own id
	At      call.Millis     `json:"at"`
	Result  json.RawMessage `json:"result"`
}

// digestOf shortens a client's request id: it may be of any length and content.
func digestOf(requestID string) string {
	sum := sha256.Sum256([]byte(requestID))
	return hex.EncodeToString(sum[:16])
}

// An answerKey is a digest of a user and a request's digest.
type answerKey [16]byte

func keyOf(user call.UserID, request string) answerKey {
	var b [96]byte // a user id has at most 32 bytes
	sum := sha256.Sum256(append(append(append(b[:0], user...), 0), request...))
	return answerKey(sum[:16])
}

// answerRow makes one row of a batch's answers. s.mu is held; the row's number
// is taken once the batch is committed.
func (s *Store) answerRow(answers []answer) (rows, error) {
	r := rows{insert: `INSERT INTO answers (seq, at, body) VALUES `, columns: 3}
	if len(answers) == 0 {
		return r, nil
	}
	body, err := json.Marshal(answers)
	if err != nil {
		return r, fmt.Errorf("encode answers: %w", err)
	}
	r.add(s.lastAnswers+1, newestOf(answers), body)
	return r, nil
}

func newestOf(answers []answer) (newest call.Millis) {
	for i := range answers {
		newest = max(newest, answers[i].At)
	}
	return newest
}

// spanLength is about how many answers are forgotten together.
const spanLength = call.Millis(60_000)

// answerIndex says in which row the answer to a request is. It takes some 40
// bytes for each. An index in the database would write a page for each, since
// neighbours in time are none in it.
type answerIndex struct {
	mu    sync.RWMutex
	spans []*answerSpan // oldest first
}

// answerSpan is the answers of about a minute.
type answerSpan struct {
	oldest, newest call.Millis
	last           int64 // row
	rows           map[answerKey]int64
}

// add notes that answers stand in a row after all others.
func (x *answerIndex) add(row int64, answers []answer) {
	if len(answers) == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	at := newestOf(answers)
	if len(x.spans) == 0 || at-x.spans[len(x.spans)-1].oldest >= spanLength {
		x.spans = append(x.spans, &answerSpan{oldest: at, rows: map[answerKey]int64{}})
	}
	span := x.spans[len(x.spans)-1]
	span.last, span.newest = row, max(span.newest, at)
	for i := range answers {
		span.rows[keyOf(answers[i].User, answers[i].Request)] = row
	}
}

// find returns the last row that has the answer of that key.
func (x *answerIndex) find(key answerKey) (row int64, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, span := range slices.Backward(x.spans) {
		if row, ok = span.rows[key]; ok {
			return row, true
		}
	}
	return 0, false
}

// forget drops the oldest spans, as long as all in them was before that moment,
// and returns the last of their rows, 0 if there are none.
func (x *answerIndex) forget(before call.Millis) (last int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for len(x.spans) > 0 && x.spans[0].newest < before {
		last = x.spans[0].last
		x.spans = slices.Delete(x.spans, 0, 1)
	}
	return last
}

// loadAnswers reads where the answers are that were given before the start.
func (s *Store) loadAnswers(ctx context.Context) (err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT seq, body FROM answers ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("query answers: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var body string
		if err := rows.Scan(&s.lastAnswers, &body); err != nil {
			return fmt.Errorf("read answers: %w", err)
		}
		answers, err := decodeAnswers(body)
		if err != nil {
			return err
		}
		s.answers.add(s.lastAnswers, answers)
	}
	return rows.Err()
}

func decodeAnswers(body string) (answers []answer, err error) {
	if err := json.Unmarshal([]byte(body), &answers); err != nil {
		return nil, fmt.Errorf("decode stored answers: %w", err)
	}
	return answers, nil
}

// Remembered returns the answer to that user's request, and whether there was
// one at since or after it. Only if there was one it asks the database.
func (s *Store) Remembered(
	ctx context.Context, user call.UserID, requestID string, since call.Millis,
) (json.RawMessage, bool, error) {
	digest := digestOf(requestID)
	row, ok := s.answers.find(keyOf(user, digest))
	if !ok {
		return nil, false, nil
	}
	var body string
	err := s.read.QueryRowContext(ctx, `SELECT body FROM answers WHERE seq = $1`, row).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) { // forgotten in this instant
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a remembered answer: %w", err)
	}
	answers, err := decodeAnswers(body)
	if err != nil {
		return nil, false, err
	}
	for i := range answers {
		if a := &answers[i]; a.User == user && a.Request == digest && a.At >= since {
			return a.Result, true, nil
		}
	}
	return nil, false, nil
}

// Forget deletes answers of before that moment, but for some that were given
// within a minute of later ones. It deletes in portions, between which commits
// go on.
func (s *Store) Forget(ctx context.Context, before call.Millis) error {
	last := s.answers.forget(before)
	for more := last > 0; more; {
		done, err := s.write.ExecContext(ctx,
			`DELETE FROM answers WHERE seq IN (SELECT seq FROM answers WHERE seq <= $1 ORDER BY seq LIMIT $2)`, last, portion)
		if err != nil {
			return fmt.Errorf("forget old answers: %w", err)
		}
		deleted, err := done.RowsAffected()
		if err != nil {
			return fmt.Errorf("forget old answers: %w", err)
		}
		more = deleted == portion
	}
	return nil
}

// portion is how many rows are deleted in one transaction: commits wait for it.
const portion = 64
