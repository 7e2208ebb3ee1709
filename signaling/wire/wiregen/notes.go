package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// notes is what reflection cannot see, by Go name.
type notes struct {
	types  map[string]string            // comment of a type
	fields map[string]map[string]string // comment of a field, by type and field
	values map[string][]string          // the constants of a string type, in order
}

// readNotes parses packages by their folders. Their type names must differ.
func readNotes(folders ...string) (notes, error) {
	n := notes{types: map[string]string{}, fields: map[string]map[string]string{}, values: map[string][]string{}}
	for _, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			return notes{}, fmt.Errorf("list %s: %w", folder, err)
		}
		slices.Sort(names)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return notes{}, fmt.Errorf("parse: %w", err)
			}
			n.read(f)
		}
	}
	return n, nil
}

func (n notes) read(f *ast.File) {
	for _, d := range f.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				n.readType(f.Name.Name, spec, decl)
			case *ast.ValueSpec:
				n.readConstant(f.Name.Name, spec)
			}
		}
	}
}

func (n notes) readType(pkg string, spec *ast.TypeSpec, decl *ast.GenDecl) {
	name := pkg + "." + spec.Name.Name
	n.types[name] = text(spec.Doc, decl.Doc)
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	n.fields[name] = map[string]string{}
	for _, field := range s.Fields.List {
		for _, id := range field.Names {
			n.fields[name][id.Name] = text(field.Doc, field.Comment)
		}
	}
}

func (n notes) readConstant(pkg string, spec *ast.ValueSpec) {
	typ, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	value, err := strconv.Unquote(lit.Value)
	if err == nil && value != "" {
		name := pkg + "." + typ.Name
		n.values[name] = append(n.values[name], value)
	}
}

// text is the first comment that says something, on one line.
func text(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if s := strings.Join(strings.Fields(g.Text()), " "); s != "" {
			return s
		}
	}
	return ""
}
