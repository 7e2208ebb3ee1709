package whip_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestTheAPIsDocumentNamesWhatIsServed holds the description of these endpoints,
// which stands with that of the REST API, to what they answer.
func TestTheAPIsDocumentNamesWhatIsServed(t *testing.T) {
	text, err := os.ReadFile("../web/api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, path := range []string{"/whip/{roomID}", "/whep/{roomID}", "/whip/{roomID}/{session}", "/whep/{roomID}/{session}"} {
		var served, described []string
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			at := strings.NewReplacer("{roomID}", "r", "{session}", "x").Replace(path)
			if w.do(request{method: method, path: at}).StatusCode != http.StatusMethodNotAllowed {
				served = append(served, method)
			}
		}
		for method := range doc.Paths[path] {
			described = append(described, strings.ToUpper(method))
		}
		slices.Sort(served)
		slices.Sort(described)
		if !slices.Equal(served, described) {
			t.Errorf("%s serves %v, the document says %v", path, served, described)
		}
	}
}
