package calllog

import (
	"fmt"
	"io"
	"iter"

	"github.com/xuri/excelize/v2"

	"callsvc/call"
)

// The sheets of an exported workbook.
const (
	callsSheet        = "Calls"
	participantsSheet = "Participants"
)

// maxSheetRows is how many rows a sheet can have (ECMA-376).
const maxSheetRows = excelize.TotalRows

// participantColumns are the columns of the second sheet.
func participantColumns() []any {
	return []any{"callID", "userID", "role", "state", "invitedAt", "answeredAt", "seconds"}
}

// WriteXLSX writes a workbook with a sheet of calls, one row each, and a sheet
// of their participants (Office Open XML). Times are spreadsheet dates in UTC;
// texts are texts, never formulas. Rows go to temporary files while they come,
// and to w at the end. More rows than a sheet can have are an error: nothing is
// written then.
func WriteXLSX(w io.Writer, records iter.Seq2[call.Record, error]) (err error) {
	file := excelize.NewFile()
	defer func() {
		if e := file.Close(); err == nil && e != nil {
			err = fmt.Errorf("remove the workbook's temporary files: %w", e)
		}
	}()
	book, err := newWorkbook(file)
	if err != nil {
		return fmt.Errorf("begin the workbook: %w", err)
	}
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		if err := book.add(r); err != nil {
			return fmt.Errorf("write the call %s: %w", r.CallID, err)
		}
	}
	for _, s := range []*sheet{book.calls, book.participants} {
		if err := s.out.Flush(); err != nil {
			return fmt.Errorf("end a sheet: %w", err)
		}
	}
	if err := file.Write(w); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

type workbook struct {
	calls, participants *sheet
	date                int // style of dates
}

type sheet struct {
	out *excelize.StreamWriter
	row int
}

func newWorkbook(file *excelize.File) (*workbook, error) {
	if err := file.SetSheetName("Sheet1", callsSheet); err != nil {
		return nil, err
	}
	if _, err := file.NewSheet(participantsSheet); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd hh:mm:ss"
	date, err := file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return nil, err
	}
	header := make([]any, 0, len(Columns()))
	for _, name := range Columns()[:len(Columns())-1] { // the details have a sheet of their own
		header = append(header, name)
	}
	b := &workbook{date: date}
	if b.calls, err = newSheet(file, callsSheet, header); err != nil {
		return nil, err
	}
	b.participants, err = newSheet(file, participantsSheet, participantColumns())
	return b, err
}

func newSheet(file *excelize.File, name string, header []any) (*sheet, error) {
	out, err := file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	s := &sheet{out: out}
	return s, s.add(header...)
}

func (s *sheet) add(cells ...any) error {
	s.row++
	if s.row > maxSheetRows {
		return call.Errorf(call.CodeInvalidParameter, "a sheet holds at most %d rows: export fewer calls at a time, or as csv", maxSheetRows)
	}
	at, err := excelize.CoordinatesToCellName(1, s.row)
	if err != nil {
		return err
	}
	return s.out.SetRow(at, cells)
}

// when is a date, or an empty cell for what never was.
func (b *workbook) when(at call.Millis) any {
	if at == 0 {
		return nil
	}
	return excelize.Cell{StyleID: b.date, Value: at.Time().UTC()}
}

func (b *workbook) add(r call.Record) error {
	for _, p := range r.Participants {
		err := b.participants.add(string(r.CallID), string(p.UserID), p.Role, string(p.State),
			b.when(p.InvitedAt), b.when(p.AnsweredAt), p.Seconds)
		if err != nil {
			return err
		}
	}
	return b.calls.add(
		string(r.CallID), string(r.RoomID), string(r.GroupID), string(r.Type), r.Scene, string(r.Inviter),
		b.when(r.CreatedAt), b.when(r.StartedAt), b.when(r.EndedAt), r.Duration, string(r.Result), r.EndedBy, userIDs(r),
	)
}
