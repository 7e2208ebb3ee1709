package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/internal/auth"
	"callsvc/internal/config"
	"callsvc/internal/sqlstore"
)

// invoke runs the program as a shell would.
func invoke(args ...string) (out, errs string, code int) {
	var o, e bytes.Buffer
	code = run(args, streams{&o, &e})
	return o.String(), e.String(), code
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		says string // on standard error, all of it but the last newline
	}{
		{"help is no failure", []string{"--help"}, 0, ""},
		{"help of a command is no failure, though a flag is missing", []string{"token", "--help"}, 0, ""},
		{"version", []string{"version"}, 0, ""},
		{"version as a flag", []string{"--version"}, 0, ""},
		{"no command", nil, 2, `callsvc: expected one of "serve", "token", "export", "bench", "version"`},
		{"unknown flag", []string{"version", "--loud"}, 2, `callsvc: unknown flag --loud`},
		{"settings that cannot work", []string{"serve", "--dev", "--udp-port=-1"}, 2, "callsvc: --udp-port: -1 is out of range, use 0 to 65535"},
		{"token without a user", []string{"token"}, 2, "callsvc: missing flags: --user=ID"},
		{"token for a bad user id", []string{"token", "--user=a b", "--api-key=k", "--api-secret=s"}, 2, `callsvc: 6017: "a b" is not a user id: 1 to 32 characters of A-Z a-z 0-9 _ -`},
		{"token with half a credential", []string{"token", "--user=ana", "--api-key=k"}, 2, "callsvc: --api-key, --api-secret: give both or neither: auth: an API key and an API secret are needed to check credentials"},
		{"token that is expired before it is printed", []string{"token", "--user=ana", "--ttl=0s"}, 2, "callsvc: --ttl: 0s is too short, use at least 1s"},
		{"export from nowhere", []string{"export", "--db=sqlite:/nowhere/c.db"}, 2, "callsvc: --db: there is no database at /nowhere/c.db, name the one the server uses with --db or --data"},
		{"export of a backward time", []string{"export", "--from=2026-01-02", "--to=2026-01-01"}, 2, "callsvc: --to: is not after --from, so nothing lies between them"},
		{"export from no time", []string{"export", "--from=yesterday"}, 2, `callsvc: --from: "yesterday" is no time, write 2006-01-02, 2006-01-02T15:04:05Z or Unix milliseconds`},
		{"export in no format", []string{"export", "--format=xml"}, 2, `callsvc: --format must be one of "csv","jsonl","xlsx" but got "xml"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, errs, code := invoke(tt.args...)
			if code != tt.code || strings.TrimSuffix(errs, "\n") != tt.says {
				t.Errorf("exit %d saying %q, want %d saying %q", code, errs, tt.code, tt.says)
			}
		})
	}
}

func TestHelpNamesEveryCommand(t *testing.T) {
	out, _, _ := invoke("--help")
	for _, want := range []string{"serve", "token", "export", "bench", "version"} {
		if !strings.Contains(out, want) {
			t.Errorf("help lacks %s:\n%s", want, out)
		}
	}
}

func TestTokenIsOneTheServerBelieves(t *testing.T) {
	const key, secret = "k", "0123456789abcdef0123456789abcdef"
	dev := config.DevCredentials()
	tests := []struct {
		name string
		args []string
		cfg  auth.Config
		want call.Caller
	}{
		{
			"with credentials",
			[]string{"--user=ana", "--name=Ana", "--admin", "--room=R1", "--room=R2", "--api-key=" + key, "--api-secret=" + secret},
			auth.Config{APIKey: key, APISecret: secret},
			call.Caller{UserID: "ana", Name: "Ana", Admin: true, Rooms: []call.RoomID{"R1", "R2"}},
		},
		{
			"without, for a server in development",
			[]string{"--user=bo"},
			auth.Config{APIKey: dev.APIKey, APISecret: string(dev.APISecret)},
			call.Caller{UserID: "bo"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, _, code := invoke(append([]string{"token"}, tt.args...)...)
			if code != 0 {
				t.Fatalf("exit %d", code)
			}
			verifier, err := auth.New(tt.cfg)
			if err != nil {
				t.Fatal(err)
			}
			identity, err := verifier.VerifyToken(strings.TrimSpace(out))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, identity.Caller); diff != "" {
				t.Errorf("identity (-want +got):\n%s", diff)
			}
		})
	}
}

// history makes a database of two ended calls and returns its directory.
func history(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlstore.Open(t.Context(), config.Store{Data: dir}.DSN(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	changes := []call.Change{}
	for _, who := range []struct {
		id       call.ID
		from, to call.UserID
		at       call.Millis
	}{{"c1", "ana", "bo", 1_000}, {"c2", "cy", "ana", 2_000}} {
		c := new(call.Call)
		c.Apply(call.Invited{InviteID: "i", CallID: who.id, RoomID: "R", Type: call.MediaVideo, Inviter: who.from, Invitees: []call.UserID{who.to}, At: who.at})
		c.Apply(call.Rejected{By: who.to, At: who.at + 1})
		changes = append(changes, call.SaveCall{Call: c})
	}
	if err := store.Commit(t.Context(), [][]call.Change{changes}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExport(t *testing.T) {
	dir := history(t)
	tests := []struct {
		name string
		args []string
		want []string // what each line contains
	}{
		{"CSV has a header and the newest first", nil, []string{"callID", "c2", "c1"}},
		{"JSON lines have no header", []string{"--format=jsonl"}, []string{`"callID":"c2"`, `"callID":"c1"`}},
		{"of one user", []string{"--format=jsonl", "--user=bo"}, []string{`"callID":"c1"`}},
		{"from a moment on", []string{"--format=jsonl", "--from=2000"}, []string{`"callID":"c2"`}},
		{"until before a moment", []string{"--format=jsonl", "--to=1970-01-01T00:00:02Z"}, []string{`"callID":"c1"`}},
		{"of nobody", []string{"--format=jsonl", "--user=dee"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := append([]string{"export", "--data=" + dir}, tt.args...)
			out, errs, code := invoke(args...)
			if code != 0 || errs != "" {
				t.Fatalf("exit %d: %s", code, errs)
			}
			var lines []string
			if out != "" {
				lines = strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			}
			if len(lines) != len(tt.want) {
				t.Fatalf("%d lines, want %d:\n%s", len(lines), len(tt.want), out)
			}
			for i, want := range tt.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d lacks %q: %s", i, want, lines[i])
				}
			}

			file := filepath.Join(t.TempDir(), "calls")
			if _, errs, code := invoke(append(args, "--output="+file)...); code != 0 {
				t.Fatalf("to a file: exit %d: %s", code, errs)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != out {
				t.Error("the file differs from what goes to standard output")
			}
		})
	}
}

func TestExportThatCannotBeWrittenFails(t *testing.T) {
	_, errs, code := invoke("export", "--data="+history(t), "--output=/nowhere/calls.csv")
	if code != 1 || !strings.HasPrefix(errs, "callsvc: --output: ") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
