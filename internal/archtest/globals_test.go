package archtest_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"testing"
)

func TestNothingRunsBeforeMain(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init runs unasked, build it where it is used", s.at(f))
			}
		}
	}
}

// Package variables make two servers in one process share state. What cannot
// change is allowed: sentinel errors, compiled expressions, moments, embedded files,
// arrays that are never assigned to, the compiler's proofs (var _ I = T{}), and
// the second names that export_test.go gives to functions.
func TestPackagesHoldNoState(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR || path.Base(s.path) == "export_test.go" {
				continue
			}
			for _, spec := range decl.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if ok && !constant(decl, v) {
					t.Errorf("%s: %s is a package variable, hand it on instead", s.at(v), v.Names[0].Name)
				}
			}
		}
	}
}

func constant(decl *ast.GenDecl, v *ast.ValueSpec) bool {
	if v.Names[0].Name == "_" || embedded(decl.Doc) || embedded(v.Doc) {
		return true
	}
	return len(v.Values) > 0 && !slices.ContainsFunc(v.Values, func(e ast.Expr) bool { return !unchanging(e) })
}

func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		return len(c.Text) > 10 && c.Text[:10] == "//go:embed"
	})
}

// unchanging reports whether a value is one that nobody can change.
func unchanging(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := f.X.(*ast.Ident)
		return ok && slices.Contains([]string{"errors.New", "regexp.MustCompile", "time.Now"}, pkg.Name+"."+f.Sel.Name)
	case *ast.CompositeLit:
		array, ok := e.Type.(*ast.ArrayType)
		return ok && array.Len != nil
	}
	return false
}

// An array passes for constant only while nobody writes to it.
func TestTablesAreNotWrittenTo(t *testing.T) {
	for _, group := range byFolder(sources(t)) {
		tables := packageVariables(group)
		for _, s := range group {
			ast.Inspect(s.ast, func(n ast.Node) bool {
				assign, ok := n.(*ast.AssignStmt)
				if !ok || assign.Tok == token.DEFINE {
					return true
				}
				for _, left := range assign.Lhs {
					if name := assigned(left); slices.Contains(tables, name) {
						t.Errorf("%s: %s is a package variable and assigned to", s.at(assign), name)
					}
				}
				return true
			})
		}
	}
}

func packageVariables(group []source) []string {
	var names []string
	for _, s := range group {
		for _, d := range s.ast.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR {
				continue
			}
			for _, spec := range decl.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if name.Name != "_" {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// assigned is the variable that the left side of an assignment belongs to.
func assigned(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.IndexExpr:
		return assigned(e.X)
	case *ast.SelectorExpr:
		return assigned(e.X)
	}
	return ""
}
