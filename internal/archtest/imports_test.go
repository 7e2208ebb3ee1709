package archtest_test

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "callsvc"

func TestImportsKeepToTheTable(t *testing.T) {
	table := map[string]rule{}
	for _, r := range rules() {
		table[r.pkg] = r
	}
	for _, s := range sources(t) {
		r, ok := table[s.folder()]
		if !ok && !s.isTest() {
			t.Errorf("%s: the package has no line in rules_test.go", s.path)
			continue
		}
		for _, spec := range s.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !allowed(imported, s, r) {
				t.Errorf("%s: %s may not import %s", s.at(spec), s.folder(), imported)
			}
		}
	}
}

func allowed(imported string, s source, r rule) bool {
	ours, isOurs := strings.CutPrefix(imported, module+"/")
	if isOurs {
		if s.isTest() {
			return true
		}
		return matches(ours, r.ours) && !slices.Contains(testOnly(), ours)
	}
	if !behindWall(imported) {
		return true
	}
	theirs := r.theirs
	if s.isTest() {
		theirs += " " + inTests()
		if c := clients(); matches(s.folder(), c.pkg) {
			theirs += " " + c.theirs
		}
	}
	return matches(imported, theirs)
}

// behindWall reports whether a package that is not ours needs a permission: it
// is not of the standard library, or guarded.
func behindWall(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".") || matches(imported, strings.Join(guarded(), " "))
}

// matches reports whether name is one of the space-separated patterns.
func matches(name, patterns string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(p string) bool {
		below, wild := strings.CutSuffix(p, "...")
		below = strings.TrimSuffix(below, "/")
		return p == name || wild && (below == "" || name == below || strings.HasPrefix(name, below+"/"))
	})
}

func TestTheTableNamesNoPackageTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules() {
		if seen[r.pkg] {
			t.Errorf("%s has two lines", r.pkg)
		}
		seen[r.pkg] = true
	}
}

func TestNoPackageIsNamedForNothing(t *testing.T) {
	for folder := range byFolder(sources(t)) {
		if name := path.Base(folder); slices.Contains([]string{"util", "utils", "common", "helpers", "types", "misc", "base"}, name) {
			t.Errorf("%s: %s says nothing about what is in it", folder, name)
		}
	}
}
