package calllog

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"callsvc/call"
)

// bufferSize is how much of an export waits to be written at once.
const bufferSize = 32 << 10

// Columns are the columns of an exported CSV file, in order. New ones are only
// ever added at the end. Times are RFC 3339 in UTC, empty for what never was;
// duration is whole seconds; participants are user ids joined with semicolons,
// the caller first; participantDetails is the record's participants as JSON.
func Columns() []string {
	return []string{
		"callID", "roomID", "groupID", "type", "scene", "inviter", "createdAt", "startedAt", "endedAt",
		"duration", "result", "endedBy", "participants", "participantDetails",
	}
}

// WriteCSV writes a header and one row a record (RFC 4180, text/csv, UTF-8). A
// cell that a spreadsheet would take for a formula gets an apostrophe in
// front. It stops at the first error of records or of w and returns it; what
// was written until then may lack its end.
func WriteCSV(w io.Writer, records iter.Seq2[call.Record, error]) error {
	out := csv.NewWriter(bufio.NewWriterSize(w, bufferSize))
	out.UseCRLF = true
	if err := out.Write(Columns()); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	row := make([]string, len(Columns()))
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		if err := fillRow(row, r); err != nil {
			return err
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write the call %s: %w", r.CallID, err)
		}
	}
	out.Flush()
	return out.Error()
}

func fillRow(row []string, r call.Record) error {
	details, err := json.Marshal(r.Participants)
	if err != nil {
		return fmt.Errorf("encode the participants of %s: %w", r.CallID, err)
	}
	for i, cell := range [...]string{
		string(r.CallID), string(r.RoomID), string(r.GroupID), string(r.Type), r.Scene, string(r.Inviter),
		timestamp(r.CreatedAt), timestamp(r.StartedAt), timestamp(r.EndedAt),
		strconv.FormatInt(r.Duration, 10), string(r.Result), r.EndedBy, userIDs(r), string(details),
	} {
		row[i] = cell
		if i != durationColumn { // a number is meant to be one
			row[i] = safe(cell)
		}
	}
	return nil
}

// userIDs lists the participants, the caller first.
func userIDs(r call.Record) string {
	ids := make([]string, len(r.Participants))
	for i, p := range r.Participants {
		ids[i] = string(p.UserID)
	}
	return strings.Join(ids, ";")
}

const durationColumn = 9

// timestampFormat is RFC 3339 with milliseconds.
const timestampFormat = "2006-01-02T15:04:05.000Z07:00"

func timestamp(at call.Millis) string {
	if at == 0 {
		return ""
	}
	return at.Time().UTC().Format(timestampFormat)
}

// safe makes sure that a spreadsheet shows the cell instead of computing it
// (CWE-1236), and that it is text: valid UTF-8 without NUL.
func safe(cell string) string {
	cell = strings.ReplaceAll(strings.ToValidUTF8(cell, "\uFFFD"), "\x00", "\uFFFD")
	if cell != "" && strings.IndexByte("=+-@\t\r\n", cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}
