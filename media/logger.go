package media

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// loggerFactory sends what pion logs to slog. pion warns about whatever
// strangers send, so its warnings and errors are details here; what matters is
// logged where it is noticed.
type loggerFactory struct{ log *slog.Logger }

// NewLogger is logging.LoggerFactory's.
func (f loggerFactory) NewLogger(scope string) logging.LeveledLogger {
	return scopedLogger{f.log, scope}
}

// scopedLogger is one scope of pion.
type scopedLogger struct {
	log   *slog.Logger
	scope string
}

func (l scopedLogger) writef(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug(fmt.Sprintf(format, args...), "pion", l.scope)
	}
}

func (scopedLogger) Trace(string)          {}
func (scopedLogger) Tracef(string, ...any) {}
func (scopedLogger) Debug(string)          {}
func (scopedLogger) Debugf(string, ...any) {}
func (scopedLogger) Info(string)           {}
func (scopedLogger) Infof(string, ...any)  {}

// Warn, Warnf, Error and Errorf are what may help to understand a failure.
func (l scopedLogger) Warn(m string)                { l.writef("%s", m) }
func (l scopedLogger) Warnf(f string, args ...any)  { l.writef(f, args...) }
func (l scopedLogger) Error(m string)               { l.writef("%s", m) }
func (l scopedLogger) Errorf(f string, args ...any) { l.writef(f, args...) }
