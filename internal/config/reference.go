package config

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Reference writes the settings as Markdown tables, one for each group of
// flags, in the order of the struct.
func Reference(w io.Writer) error {
	parser, err := NewParser(&Serve{}, io.Discard)
	if err != nil {
		return err
	}
	group := ""
	for _, f := range parser.Model.Flags {
		if f.Name == "help" {
			continue
		}
		if f.Group != nil && f.Group.Title != group {
			group = f.Group.Title
			if _, err := fmt.Fprintf(w, "\n### %s\n\n| flag and YAML key | environment | default | meaning |\n|---|---|---|---|\n", group); err != nil {
				return fmt.Errorf("write the reference: %w", err)
			}
		}
		if _, err := fmt.Fprintln(w, row(f)); err != nil {
			return fmt.Errorf("write the reference: %w", err)
		}
	}
	return nil
}

func row(f *kong.Flag) string {
	name := "--" + f.Name
	if f.PlaceHolder != "" && !f.IsBool() {
		name += " " + f.PlaceHolder
	}
	preset := "–"
	if f.HasDefault {
		preset = code(f.Default)
	}
	if dev := f.Tag.Get("dev"); dev != "" && !strings.HasPrefix(dev, "$") {
		preset += ", under --dev " + code(dev)
	}
	return fmt.Sprintf("| %s | `%s` | %s | %s |", code(name), f.Envs[0], preset, strings.ReplaceAll(f.Help, "|", `\|`))
}

func code(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }
