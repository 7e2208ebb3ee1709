package archtest_test

import (
	"regexp"
	"slices"
	"testing"
)

// docs/metrics.md describes every metric there is, and no other.
func TestEveryMetricIsDescribed(t *testing.T) {
	names := func(file, pattern string) []string {
		var found []string
		for _, name := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, file), -1) {
			found = append(found, name[1])
		}
		slices.Sort(found)
		return found
	}
	served := names("internal/app/metrics.go", `: +d\("([a-z_]+)"`)
	described := names("docs/metrics.md", "(?m)^\\| `callsvc_([a-z_]+)`")
	if len(served) < 20 || !slices.Equal(served, described) {
		t.Errorf("served are\n%q,\ndescribed are\n%q", served, described)
	}
}
