package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// settings gives kong the values that come from neither the command line nor
// the environment: those of the YAML file, and those that --dev implies.
//
// kong asks it for each flag that is not on the command line, in the order of
// the struct's fields, and would let its word outweigh the environment;
// therefore it stays silent where the environment speaks.
type settings struct {
	lookupEnv func(string) (string, bool)
	vars      map[string]string // what ${name} in a dev tag stands for

	path   string
	values map[string]any // of the file at path
	dev    bool           // --dev, by whatever source
}

// begin reads the file named by --config. kong calls it before it resolves,
// once for every word of the command line.
func (s *settings) begin(ctx *kong.Context) error {
	s.dev, _ = valueOf(ctx, "dev").(bool)
	path, _ := valueOf(ctx, "config").(string)
	if path == s.path {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("--config: the file cannot be read: %w", err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("--config: %s is no YAML we can read: %w", path, err)
	}
	if err := checkKeys(path, values, flagNames(ctx.Model.Node)); err != nil {
		return err
	}
	s.path, s.values = path, values
	return nil
}

// Resolve implements kong.Resolver.
func (s *settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if slices.ContainsFunc(flag.Envs, func(name string) bool { _, ok := s.lookupEnv(name); return ok }) {
		return nil, nil
	}
	if v, ok := s.values[flag.Name]; ok {
		if flag.Name == "dev" { // asked before all flags that have a dev tag
			s.dev, _ = v.(bool)
		}
		return v, nil
	}
	if s.dev && flag.Tag.Has("dev") {
		return os.Expand(flag.Tag.Get("dev"), func(name string) string { return s.vars[name] }), nil
	}
	return nil, nil
}

// Validate implements kong.Resolver. Keys were checked when the file was read.
func (s *settings) Validate(*kong.Application) error { return nil }

func checkKeys(path string, values map[string]any, known []string) error {
	var errs []error
	for key, value := range values {
		switch _, nested := value.(map[string]any); {
		case !slices.Contains(known, key):
			errs = append(errs, fmt.Errorf("--config: %s: there is no setting %q, keys are the names of the flags without the dashes before them", path, key))
		case nested || value == nil:
			errs = append(errs, fmt.Errorf("--config: %s: %s must have a value or a list of values", path, key))
		case key == "config":
			errs = append(errs, fmt.Errorf("--config: %s: config cannot be set in the file itself", path))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// flagNames lists the flags of all commands that are settings, which questions
// about the program are not: one file may serve them all.
func flagNames(node *kong.Node) []string {
	var names []string
	for _, f := range node.Flags {
		if f.Name != "help" && f.Name != "version" {
			names = append(names, f.Name)
		}
	}
	for _, child := range node.Children {
		names = append(names, flagNames(child)...)
	}
	return names
}

// valueOf is what a flag of the command in hand stands at by now.
func valueOf(ctx *kong.Context, name string) any {
	for _, f := range ctx.Flags() {
		if f.Name == name {
			return ctx.FlagValue(f)
		}
	}
	return nil
}
