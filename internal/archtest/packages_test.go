package archtest_test

import (
	"regexp"
	"slices"
	"testing"
)

// Who is new here reads docs/architecture.md first: every package has a sentence
// there, and no other.
func TestEveryPackageHasASentenceInTheArchitecture(t *testing.T) {
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)` \\| ").FindAllStringSubmatch(read(t, "docs/architecture.md"), -1) {
		told = append(told, row[1])
	}
	var packages []string
	for _, r := range rules() {
		packages = append(packages, r.pkg)
		if !slices.Contains(told, r.pkg) {
			t.Errorf("docs/architecture.md does not say what %s is", r.pkg)
		}
	}
	for _, name := range told {
		if !slices.Contains(packages, name) {
			t.Errorf("docs/architecture.md tells of %s, which is no package", name)
		}
	}
}
