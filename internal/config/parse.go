package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Prefix begins the name of every environment variable.
const Prefix = "CALLSVC"

// NewParser makes a parser for a grammar whose structs hold [Serve], [File],
// [Store] and the like. Help goes to out. The environment is read by Parse.
func NewParser(grammar any, out io.Writer, more ...kong.Option) (*kong.Kong, error) {
	values := &settings{
		lookupEnv: os.LookupEnv,
		vars:      map[string]string{"devKey": devKey, "devSecret": devSecret},
	}
	options := append([]kong.Option{
		kong.Name("callsvc"),
		kong.Writers(out, out),
		kong.DefaultEnvars(Prefix),
		kong.WithBeforeResolve(values.begin),
		kong.Resolvers(values),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 100}),
	}, more...)
	parser, err := kong.New(grammar, options...)
	if err != nil {
		return nil, fmt.Errorf("build the command line: %w", err)
	}
	return parser, nil
}

// Parse reads the settings of `callsvc serve` from its arguments, the
// environment and the file they name, and checks them.
func Parse(args []string) (Serve, error) {
	var s Serve
	parser, err := NewParser(&s, io.Discard, kong.Exit(func(int) {}))
	if err != nil {
		return Serve{}, err
	}
	if _, err := parser.Parse(args); err != nil {
		return Serve{}, Cause(err)
	}
	return s, s.Check()
}

// Cause takes the parser's wrapping off an error, so that its message begins
// with the flag's name.
func Cause(err error) error {
	var pe *kong.ParseError
	if errors.As(err, &pe) {
		return pe.Unwrap()
	}
	return err
}
