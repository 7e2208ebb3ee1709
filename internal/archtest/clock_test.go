package archtest_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// A test that sleeps on the real clock is slow and, one day, wrong. Inside a
// testing/synctest bubble sleeping is free and exact. This walks from every
// test to whatever it calls in its folder's test files and stops at bubbles.
func TestNoTestSleepsOutsideABubble(t *testing.T) {
	for _, group := range byFolder(sources(t)) {
		w := walk{functions: map[string][]function{}, seen: map[visit]bool{}}
		var entries []function
		for _, s := range group {
			if !s.isTest() {
				continue
			}
			for _, d := range s.ast.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Body == nil {
					continue
				}
				w.functions[f.Name.Name] = append(w.functions[f.Name.Name], function{s, f})
				if isEntry(f) {
					entries = append(entries, function{s, f})
				}
			}
		}
		for _, e := range entries {
			w.visit(e, false)
		}
		for _, at := range w.sleeps {
			t.Errorf("%s: time.Sleep on the real clock, wait inside synctest.Test", at)
		}
	}
}

func isEntry(f *ast.FuncDecl) bool {
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if f.Recv == nil && strings.HasPrefix(f.Name.Name, prefix) {
			return true
		}
	}
	return false
}

type function struct {
	source source
	decl   *ast.FuncDecl
}

type walk struct {
	functions map[string][]function // of the folder's tests, by name
	seen      map[visit]bool
	sleeps    []string
}

type visit struct {
	decl    *ast.FuncDecl
	bubbled bool
}

// visit looks through f. Where f makes a bubble, or works for a test that does,
// its function literals are the stories told inside.
func (w *walk) visit(f function, bubbled bool) {
	bubbled = bubbled || w.bubbles(f.decl)
	if w.seen[visit{f.decl, bubbled}] {
		return
	}
	w.seen[visit{f.decl, bubbled}] = true
	ast.Inspect(f.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return !bubbled
		case *ast.SelectorExpr:
			if isCall(n, "time", "Sleep") {
				w.sleeps = append(w.sleeps, f.source.at(n))
			}
			w.follow(n.Sel.Name, true, bubbled)
		case *ast.Ident:
			w.follow(n.Name, false, bubbled)
		}
		return true
	})
}

// follow visits the functions, or the methods, of that name.
func (w *walk) follow(name string, methods, bubbled bool) {
	for _, called := range w.functions[name] {
		if (called.decl.Recv != nil) == methods {
			w.visit(called, bubbled)
		}
	}
}

// bubbles reports whether f makes a bubble, itself or by a function it calls.
func (w *walk) bubbles(f *ast.FuncDecl, path ...*ast.FuncDecl) bool {
	if slices.Contains(path, f) {
		return false
	}
	path = append(path, f)
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || isCall(n, "synctest", "Test")
		case *ast.Ident:
			for _, called := range w.functions[n.Name] {
				found = found || called.decl.Recv == nil && w.bubbles(called.decl, path...)
			}
		}
		return !found
	})
	return found
}

func isCall(s *ast.SelectorExpr, pkg, name string) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && s.Sel.Name == name
}

// The wall clock can be set at any moment. What measures by it sees an hour of
// silence, or waits for one: media has nanos instead.
func TestMediaMeasuresByAClockThatIsNotSet(t *testing.T) {
	for _, s := range sources(t) {
		if s.folder() != "media" || s.isTest() || s.path == "media/clock.go" {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if f, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"UnixNano", "UnixMicro", "UnixMilli"}, f.Sel.Name) {
				t.Errorf("%s: %s is of the wall clock, use nanos", s.at(f), f.Sel.Name)
			}
			return true
		})
	}
}
