// Command callsvc is the service: it serves, signs tokens, exports the history
// and loads a running server. `callsvc COMMAND --help` lists what a command can
// be told.
//
// It exits with 0 when all went well, 1 when something failed, 2 when it was
// asked for something that makes no sense.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"callsvc/internal/config"
)

type commands struct {
	Serve   serve       `cmd:"" help:"Run the service."`
	Token   token       `cmd:"" help:"Print a token for a user."`
	Export  export      `cmd:"" help:"Write the history of calls as CSV, JSON lines or a workbook."`
	Bench   benchmarks  `cmd:"" help:"Load a running server."`
	Version versionInfo `cmd:"" help:"Print the version."`

	VersionFlag kong.VersionFlag `name:"version" env:"-" help:"Print the version."`
}

// untilStopped ends when somebody wants the program to end. Who calls stop then
// lets a second signal end it at once.
func untilStopped() (ctx context.Context, stop context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
}

// streams are where a command writes: its product to out, all else to err.
type streams struct{ out, err io.Writer }

// usageError is a fault of whoever typed the command.
type usageError struct{ error }

func main() {
	os.Exit(run(os.Args[1:], streams{os.Stdout, os.Stderr}))
}

func run(args []string, std streams) (code int) {
	helped := false
	parser, err := config.NewParser(&commands{}, std.out, kong.Vars{"version": version()}, kong.Exit(func(int) { helped = true }))
	if err == nil {
		var ctx *kong.Context
		ctx, err = parser.Parse(args)
		switch {
		case helped:
			return 0
		case err != nil:
			err = usageError{config.Cause(err)}
		default:
			err = ctx.Run(std)
		}
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(std.err, "callsvc: "+strings.ReplaceAll(err.Error(), "\n", "\ncallsvc: "))
	if usage := (usageError{}); errors.As(err, &usage) {
		return 2
	}
	return 1
}
