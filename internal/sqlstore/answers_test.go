package sqlstore_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"callsvc/call"

	"github.com/pressly/goose/v3"
)

// answerStories are about answers to requests.
func answerStories() []story {
	return []story{
		{"an answer is remembered for its user until it is forgotten", remembered},
		{"old answers are forgotten, however many, and younger ones stay", forgottenInPortions},
		{"a request that is answered again has the last answer", answeredAgain},
	}
}

// look returns what is remembered, empty if nothing is.
func (f *fixture) look(user call.UserID, id string, since call.Millis) string {
	f.t.Helper()
	raw, ok, err := f.Remembered(f.t.Context(), user, id, since)
	if err != nil || ok != (raw != nil) {
		f.t.Fatalf("%s, %v, %v", raw, ok, err)
	}
	return string(raw)
}

func (f *fixture) forget(before call.Millis) {
	f.t.Helper()
	if err := f.Forget(f.t.Context(), before); err != nil {
		f.t.Fatal(err)
	}
}

func remembered(t *testing.T, f *fixture) {
	f.commit(call.Remember{UserID: "ana", RequestID: "q1", Result: json.RawMessage(`{"inviteID":"i1"}`), At: 1000})
	f.restart()
	equal(t, "in time", f.look("ana", "q1", 1000), `{"inviteID":"i1"}`)
	equal(t, "too late", f.look("ana", "q1", 1001), "")
	equal(t, "another user's", f.look("bo", "q1", 0), "")
	equal(t, "another request", f.look("ana", "q2", 0), "")
	f.forget(1000)
	equal(t, "not old enough to forget", f.look("ana", "q1", 0), `{"inviteID":"i1"}`)
	f.forget(1001)
	equal(t, "forgotten", f.look("ana", "q1", 0), "")
	f.restart()
	equal(t, "forgotten for good", f.look("ana", "q1", 0), "")
}

// forgottenInPortions has one commit a second.
func forgottenInPortions(t *testing.T, f *fixture) {
	const seconds = 200
	for i := range seconds {
		f.commit(call.Remember{UserID: "ana", RequestID: fmt.Sprint(i), Result: json.RawMessage(fmt.Sprint(i)), At: call.Millis(i) * 1000})
	}
	check := func(first int) {
		t.Helper()
		for i := range seconds {
			want := ""
			if i >= first {
				want = fmt.Sprint(i)
			}
			equal(t, "answer of second "+fmt.Sprint(i), f.look("ana", fmt.Sprint(i), 0), want)
		}
	}
	f.restart()
	check(0)
	f.forget(130_000) // all of the first two minutes
	check(120)
	f.restart()
	check(120)
	f.commit(call.Remember{UserID: "ana", RequestID: "199", Result: json.RawMessage(`199`), At: 200_000})
	check(120)
}

func answeredAgain(t *testing.T, f *fixture) {
	for i := range 3 {
		f.commit(call.Remember{UserID: "ana", RequestID: "q", Result: json.RawMessage(fmt.Sprint(i)), At: call.Millis(i) * 100_000})
	}
	equal(t, "before a restart", f.look("ana", "q", 0), "2")
	f.forget(150_000)
	f.restart()
	equal(t, "after it", f.look("ana", "q", 0), "2")
}

// migrates checks that what was stored before tables changed is known after
// it: answers, and the message of an invitation. driver and name are database/sql's.
func migrates(t *testing.T, f *fixture, dialect goose.Dialect, driver, name string) {
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	digest := "8e35c2cd3bf6641bdb0e2050b76932cb" // of q
	for i, user := range []string{"bo", "ana"} {
		_, err := db.ExecContext(t.Context(), `INSERT INTO requests (user_id, request_key, at, result) VALUES ($1, $2, $3, $4)`,
			user, digest, 2000-i, `{"inviteID":"i`+user+`"}`)
		if err != nil {
			t.Fatal(err)
		}
	}
	old := invitation("i1", 1000)
	body, err := json.Marshal(old)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `INSERT INTO invitations (invite_id, message_id, is_open, created_at, body) VALUES ($1, $2, 1, 1000, $3)`,
		string(old.InviteID), string(old.MessageID), string(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f.open()
	equal(t, "by message", get[*call.Invitation](t)(f.InvitationByMessage(t.Context(), "m-i1")), old)
	equal(t, "ana's", f.look("ana", "q", 1999), `{"inviteID":"iana"}`)
	equal(t, "bo's", f.look("bo", "q", 2000), `{"inviteID":"ibo"}`)
	f.commit(call.Remember{UserID: "cy", RequestID: "q", Result: json.RawMessage(`1`), At: 3000})
	equal(t, "cy's", f.look("cy", "q", 0), "1")
}

func TestWhatWasStoredIsKnownAfterAnUpgrade(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		f := &fixture{t: t, dsn: "sqlite:" + t.TempDir() + "/old.db"}
		migrates(t, f, goose.DialectSQLite3, "sqlite", "file:"+strings.TrimPrefix(f.dsn, "sqlite:"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		f := &fixture{t: t, dsn: startPostgres(t).newDSN(t)}
		migrates(t, f, goose.DialectPostgres, "pgx", f.dsn)
	})
}
