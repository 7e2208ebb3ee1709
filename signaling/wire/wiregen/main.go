// Command wiregen writes what clients know of the wire from the Go types that
// cross it: the TypeScript declarations and the tables of docs/protocol.md.
//
//	wiregen -ts web/static/sdk/wire.d.ts -md docs/protocol.md
//
// It runs in the module's root (make generate). Names and shapes come by
// reflection from wire.Methods and wire.Events, so they are what encoding/json
// sees; comments and the values of string types come from the source.
//
// Tags it reads: json; wire:"required"; oneof:"a,b" for a string member that
// takes only these.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"callsvc/signaling/wire"
)

func main() {
	ts := flag.String("ts", "", "TypeScript declarations to write")
	md := flag.String("md", "", "Markdown file whose tables to write anew")
	flag.Parse()
	if err := run(*ts, *md); err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

func run(ts, md string) error {
	notes, err := readNotes("call", filepath.Join("signaling", "wire"))
	if err != nil {
		return err
	}
	m, err := newModel(wire.Methods(), wire.Events(), notes)
	if err != nil {
		return err
	}
	if ts != "" {
		if err := os.WriteFile(ts, []byte(typescript(m)), 0o644); err != nil {
			return fmt.Errorf("write declarations: %w", err)
		}
	}
	if md == "" {
		return nil
	}
	old, err := os.ReadFile(md)
	if err != nil {
		return fmt.Errorf("read reference: %w", err)
	}
	text, err := markdown(m, string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", md, err)
	}
	if err := os.WriteFile(md, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write reference: %w", err)
	}
	return nil
}
