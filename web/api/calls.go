package api

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"callsvc/call"
	"callsvc/calllog"
)

func (a *api) listCalls(w http.ResponseWriter, r *http.Request, caller call.Caller) error {
	q, err := query(r.URL.Query(), caller)
	if err != nil {
		return err
	}
	page, err := a.Calls.Query(r.Context(), caller, q)
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, page)
}

func (a *api) getCall(w http.ResponseWriter, r *http.Request, caller call.Caller) error {
	record, err := a.Calls.Get(r.Context(), caller, call.ID(r.PathValue("callID")))
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, record)
}

// A format is how records are written to a file.
type format struct {
	extension   string
	contentType string
	write       func(io.Writer, iter.Seq2[call.Record, error]) error
}

func formatOf(name string) (format, error) {
	switch name {
	case "", "csv":
		return format{"csv", "text/csv; charset=utf-8; header=present", calllog.WriteCSV}, nil
	case "jsonl":
		return format{"jsonl", "application/x-ndjson; charset=utf-8", calllog.WriteJSONL}, nil
	case "xlsx":
		return format{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", calllog.WriteXLSX}, nil
	}
	return format{}, invalid("format must be csv, jsonl or xlsx")
}

// exportCalls streams: what is in memory does not depend on how many calls
// there are, nor on how fast the client reads.
func (a *api) exportCalls(w http.ResponseWriter, r *http.Request, caller call.Caller) error {
	values := r.URL.Query()
	f, err := formatOf(values.Get(formatParameter))
	if err != nil {
		return err
	}
	q, err := query(values, caller, formatParameter)
	if err != nil {
		return err
	}
	records, err := a.Calls.Export(r.Context(), caller, q)
	if err != nil {
		return err
	}
	name := "calls-" + time.Now().UTC().Format(time.DateOnly) + "." + f.extension
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	if r.Method == http.MethodHead {
		return nil
	}
	return f.write(newPatientWriter(w), records)
}

// stallTimeout is how long an export waits for a client that takes nothing.
const stallTimeout = time.Minute

// patientWriter lets an answer take as long as it needs while its client reads.
type patientWriter struct {
	w    io.Writer
	conn *http.ResponseController
}

func newPatientWriter(w http.ResponseWriter) *patientWriter {
	return &patientWriter{w, http.NewResponseController(w)}
}

// Write moves the deadline that the server has set for the whole answer.
func (p *patientWriter) Write(b []byte) (int, error) {
	err := p.conn.SetWriteDeadline(time.Now().Add(stallTimeout))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, fmt.Errorf("move the write deadline: %w", err)
	}
	return p.w.Write(b)
}
