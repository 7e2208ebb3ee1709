package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"
)

// newLogger makes the program's logger. Of the formats, auto is text where a
// person reads along and JSON elsewhere.
func newLogger(w io.Writer, least slog.Leveler, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: least}
	if format == "text" || format == "auto" && onTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
