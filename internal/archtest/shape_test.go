package archtest_test

import (
	"go/ast"
	"strconv"
	"strings"
	"testing"
)

// What fits a head.
const (
	maxGoLines   = 500 // of a file
	maxJSLines   = 400
	maxFuncLines = 60
	maxMethods   = 7 // of an interface
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestFilesAreShort(t *testing.T) {
	for _, name := range files(t, ".go", ".js") {
		limit := maxGoLines
		if strings.HasSuffix(name, ".js") {
			limit = maxJSLines
		}
		if n := strings.Count(read(t, name), "\n"); n > limit {
			t.Errorf("%s has %d lines, split it by ideas: at most %d", name, n, limit)
		}
	}
}

func TestFunctionsFitAScreen(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.lines(f) > maxFuncLines {
				t.Errorf("%s: %s has %d lines, at most %d", s.at(f), f.Name.Name, s.lines(f), maxFuncLines)
			}
		}
	}
}

func TestInterfacesAreSmall(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxMethods {
				t.Errorf("%s: %d methods, at most %d", s.at(i), i.Methods.NumFields(), maxMethods)
			}
			return true
		})
	}
}

func TestEveryPackageTellsItsStoryOnce(t *testing.T) {
	for folder, group := range byFolder(sources(t)) {
		docs, hasCode := 0, false
		for _, s := range group {
			if s.isTest() {
				continue
			}
			hasCode = true
			if s.ast.Doc == nil {
				continue
			}
			docs++
			if text := s.ast.Doc.Text(); !strings.HasPrefix(text, "Package "+s.ast.Name.Name+" ") && !strings.HasPrefix(text, "Command ") {
				t.Errorf("%s: the package comment does not begin with its name", s.path)
			}
		}
		if hasCode && docs != 1 {
			t.Errorf("%s has %d package comments, want exactly one", folder, docs)
		}
	}
}
