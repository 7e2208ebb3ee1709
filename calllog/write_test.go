package calllog_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"callsvc/call"
	"callsvc/calllog"

	"github.com/google/go-cmp/cmp"
)

func records(rs ...call.Record) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestWriteCSV(t *testing.T) {
	unanswered := call.Record{
		CallID: "c0", RoomID: "r", GroupID: "g", Type: call.MediaAudio, Scene: `say "hi", twice`, Inviter: "-bo",
		CreatedAt: 1_763_800_000_123, EndedAt: 1_763_800_030_123, Result: call.ResultNoAnswer, EndedBy: call.EndedByServer,
	}
	var out strings.Builder
	if err := calllog.WriteCSV(&out, records(talk().Record(), unanswered)); err != nil {
		t.Fatal(err)
	}
	details, err := json.Marshal(talk().Record().Participants)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		`callID,roomID,groupID,type,scene,inviter,createdAt,startedAt,endedAt,duration,result,endedBy,participants,participantDetails`,
		`c1,r,,video,call,ana,1970-01-01T00:00:01.000Z,1970-01-01T00:00:03.000Z,1970-01-01T00:00:15.999Z,12,answered,bo,ana;bo,"` +
			strings.ReplaceAll(string(details), `"`, `""`) + `"`,
		`c0,r,g,audio,"say ""hi"", twice",'-bo,2025-11-22T08:26:40.123Z,,2025-11-22T08:27:10.123Z,0,noAnswer,server,,null`,
		"",
	}, "\r\n")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWriteJSONL(t *testing.T) {
	want := []call.Record{talk().Record(), talk().Record()}
	var out bytes.Buffer
	if err := calllog.WriteJSONL(&out, records(want...)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	var got []call.Record
	for _, line := range lines {
		var r call.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// brokenWriter takes some bytes and then no more.
type brokenWriter struct{ room int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		return 0, io.ErrShortWrite
	}
	w.room -= len(p)
	return len(p), nil
}

func TestAnExportStopsAtTheFirstError(t *testing.T) {
	gone := errors.New("the disk is gone")
	failing := func(yield func(call.Record, error) bool) {
		if yield(talk().Record(), nil) {
			yield(call.Record{}, gone)
		}
	}
	endless := func(yield func(call.Record, error) bool) {
		for yield(talk().Record(), nil) {
		}
	}
	for name, write := range map[string]func(io.Writer, iter.Seq2[call.Record, error]) error{
		"CSV": calllog.WriteCSV, "JSONL": calllog.WriteJSONL,
	} {
		t.Run(name, func(t *testing.T) {
			if err := write(io.Discard, failing); !errors.Is(err, gone) {
				t.Errorf("reading: got %v; want the store's error", err)
			}
			if err := write(&brokenWriter{room: 100_000}, endless); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("writing: got %v; want the writer's error", err)
			}
			if err := write(&brokenWriter{}, records(talk().Record())); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("writing the end: got %v; want the writer's error", err)
			}
		})
	}
}

func FuzzWriteCSV(f *testing.F) {
	for _, s := range []string{"", "call", "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", `"`, "a,b", "a\r\nb", "\xff", "\x00", "通话"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, scene, user string) {
		r := call.Record{
			CallID: "c1", Scene: scene, Inviter: call.UserID(user), EndedBy: user, Duration: -1,
			Participants: []call.Participant{{UserID: call.UserID(user)}, {UserID: "bo"}},
		}
		var out bytes.Buffer
		if err := calllog.WriteCSV(&out, records(r, r)); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(out.Bytes()) || bytes.IndexByte(out.Bytes(), 0) >= 0 {
			t.Fatalf("not text: %q", out.Bytes())
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 3 || !cmp.Equal(rows[1], rows[2]) {
			t.Fatalf("two records made the rows %q", rows)
		}
		for i, cell := range rows[1] {
			column := calllog.Columns()[i]
			if cell != "" && column != "duration" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
				t.Errorf("%s is a formula: %q", column, cell)
			}
		}
		if plain := scene; plain != "" && strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz ,;\"'") == "" && rows[1][4] != plain {
			t.Errorf("scene %q became %q", plain, rows[1][4])
		}
	})
}

// many yields a record n times.
func many(n int) iter.Seq2[call.Record, error] {
	r := talk().Record()
	return func(yield func(call.Record, error) bool) {
		for range n {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestAnExportTakesConstantMemory(t *testing.T) {
	peak := func(n int) uint64 {
		var most uint64
		i := 0
		watched := func(yield func(call.Record, error) bool) {
			for r, err := range many(n) {
				if i++; i%(n/4) == 0 {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				if !yield(r, err) {
					return
				}
			}
		}
		if err := calllog.WriteCSV(io.Discard, watched); err != nil {
			t.Fatal(err)
		}
		return most
	}
	few, lots := peak(1_000), peak(100_000)
	if lots > few+1<<20 {
		t.Errorf("100,000 rows take %d bytes, 1,000 take %d", lots, few)
	}
}

func BenchmarkWriteCSV(b *testing.B) {
	b.ReportAllocs()
	if err := calllog.WriteCSV(io.Discard, many(b.N)); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteJSONL(b *testing.B) {
	b.ReportAllocs()
	if err := calllog.WriteJSONL(io.Discard, many(b.N)); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
