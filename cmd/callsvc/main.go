// Command callsvc is the service: it serves, signs tokens and exports the
// history. `callsvc COMMAND --help` lists what a command can be told.
//
// It exits with 0 when all went well, 1 when something failed, 2 when it was
// asked for something that makes no sense.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"callsvc/internal/config"
)

type commands struct {
	Serve   serve       `cmd:"" help:"Run the service."`
	Token   token       `cmd:"" help:"Print a token for a user."`
	Export  export      `cmd:"" help:"Write the history of calls as CSV or JSON lines."`
	Bench   benchmarks  `cmd:"" help:"Load a running server."`
	Version versionInfo `cmd:"" help:"Print the version."`
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
	parser, err := config.NewParser(&commands{}, std.out, kong.Exit(func(int) { helped = true }))
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
