package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"strings"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/internal/config"
	"callsvc/internal/sqlstore"
)

type export struct {
	config.File
	config.Store

	Format string      `default:"csv" enum:"csv,jsonl,xlsx" placeholder:"csv|jsonl|xlsx" help:"Format to write."`
	From   moment      `placeholder:"TIME" help:"Only calls created at or after it: 2006-01-02, 2006-01-02T15:04:05Z or Unix milliseconds."`
	To     moment      `placeholder:"TIME" help:"Only calls created before it."`
	User   call.UserID `placeholder:"ID" help:"Only calls this user took part in."`
	Output string      `default:"-" placeholder:"FILE" help:"File to write; - is standard output."`
}

// Run writes every ended call that is asked for, newest first, in constant
// memory. The server may run meanwhile. Stopped before its end it fails, as
// anything does that cannot write all.
func (e export) Run(std streams) error {
	if err := e.check(); err != nil {
		return usageError{err}
	}
	ctx, stop := untilStopped()
	defer stop()
	store, err := sqlstore.Open(ctx, e.DSN(), newLogger(std.err, slog.LevelWarn, "auto"))
	if err != nil {
		return err
	}
	records := store.HistoryAll(ctx, call.HistoryQuery{Of: e.User, From: e.From.Millis, To: e.To.Millis})
	return errors.Join(e.save(std.out, records), store.Close())
}

func (e export) check() error {
	if err := e.Check(); err != nil {
		return err
	}
	if e.User != "" && !e.User.Valid() {
		return fmt.Errorf("--user: %q is no user id, it has 1 to 32 characters of A-Z a-z 0-9 _ -", e.User)
	}
	if e.To.Millis != 0 && e.To.Millis <= e.From.Millis {
		return errors.New("--to: is not after --from, so nothing lies between them")
	}
	path, isFile := strings.CutPrefix(e.DSN(), "sqlite:")
	if _, err := os.Stat(path); isFile && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--db: there is no database at %s, name the one the server uses with --db or --data", path)
	}
	return nil
}

// save writes to the file that is asked for. A file that could not be written
// to its end is removed: half an export looks like a whole one.
func (e export) save(stdout io.Writer, records iter.Seq2[call.Record, error]) error {
	if e.Output == "-" {
		return e.write(stdout, records)
	}
	f, err := os.Create(e.Output)
	if err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	if err := errors.Join(e.write(f, records), f.Close()); err != nil {
		return errors.Join(err, os.Remove(e.Output))
	}
	return nil
}

func (e export) write(w io.Writer, records iter.Seq2[call.Record, error]) error {
	switch e.Format {
	case "jsonl":
		return calllog.WriteJSONL(w, records)
	case "xlsx":
		return calllog.WriteXLSX(w, records)
	}
	return calllog.WriteCSV(w, records)
}
