package archtest_test

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// docs/limits.md promises every limit and its proof: none may be missing, and
// no proof may be one that is not there.
func TestLimitsAreListedWithTheirProof(t *testing.T) {
	listed := read(t, "docs/limits.md")
	_, rest, found := strings.Cut(read(t, "docs/config.md"), "### Access and limits\n")
	section, _, _ := strings.Cut(rest, "\n### ")
	flags := regexp.MustCompile("(?m)^\\| `(--[a-z-]+)").FindAllStringSubmatch(section, -1)
	if !found || len(flags) == 0 {
		t.Fatal("docs/config.md has no section of limits")
	}
	for _, flag := range flags {
		if !strings.Contains(listed, "`"+flag[1]+"`") {
			t.Errorf("docs/limits.md does not list %s", flag[1])
		}
	}
	tests := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				tests[f.Name.Name] = true
			}
		}
	}
	for _, name := range regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(listed, -1) {
		if !tests[name[1]] {
			t.Errorf("docs/limits.md names %s, which is no test", name[1])
		}
	}
}
