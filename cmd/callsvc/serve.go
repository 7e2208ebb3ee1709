package main

import (
	"context"
	"fmt"

	"callsvc/internal/app"
	"callsvc/internal/config"
)

type serve struct{ config.Serve }

// Run serves until SIGTERM or SIGINT, then drains. A second signal ends the
// program at once.
func (s serve) Run(std streams) error {
	if err := s.Check(); err != nil {
		return usageError{err}
	}
	ctx, stop := untilStopped()
	defer stop()
	context.AfterFunc(ctx, stop)
	log := newLogger(std.err, s.LogLevel.Level, s.LogFormat)
	log.Info("starting", "version", version())
	a, err := app.New(ctx, s.Serve, log)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return a.Run(ctx)
}
