package archtest_test

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"
)

// Who asks why finds the decision by its title.
func TestEveryDecisionIsListed(t *testing.T) {
	listed := read(t, "docs/adr/README.md")
	title := regexp.MustCompile(`^# (\d+)\. (.+)`)
	for _, name := range files(t, ".md") {
		if path.Dir(name) != "docs/adr" || path.Base(name) == "README.md" {
			continue
		}
		m := title.FindStringSubmatch(read(t, name))
		if m == nil || !strings.HasPrefix(strings.TrimLeft(path.Base(name), "0"), m[1]+"-") {
			t.Errorf("%s does not begin with its number and title", name)
			continue
		}
		if line := fmt.Sprintf("- %s: [%s](%s)\n", m[1], m[2], path.Base(name)); !strings.Contains(listed, line) {
			t.Errorf("docs/adr/README.md lacks the line\n%s", line)
		}
	}
}
