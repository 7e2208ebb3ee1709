package api_test

import (
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/signaling/wire"
	"callsvc/web/api"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// node is any part of a YAML document.
type node = map[string]any

func readDocument(t *testing.T) node {
	t.Helper()
	res := server{}.get(t, "/openapi.yaml")
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	var doc node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at follows keys into a document.
func at(t *testing.T, v any, keys ...string) any {
	t.Helper()
	for _, key := range keys {
		m, ok := v.(node)
		if !ok || m[key] == nil {
			t.Fatalf("the document has no %s", strings.Join(keys, " > "))
		}
		v = m[key]
	}
	return v
}

// resolve follows a reference.
func resolve(t *testing.T, doc node, v any) node {
	t.Helper()
	m, ok := v.(node)
	if !ok {
		t.Fatalf("%v is no object", v)
	}
	if ref, ok := m["$ref"].(string); ok {
		return at(t, doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...).(node)
	}
	return m
}

func TestDocumentNamesEveryRoute(t *testing.T) {
	var described []string
	for path, operations := range at(t, readDocument(t), "paths").(node) {
		if strings.HasPrefix(path, "/whip/") || strings.HasPrefix(path, "/whep/") {
			continue // another package's, which has a test like this
		}
		for method := range operations.(node) {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(described)
	if diff := cmp.Diff(slices.Sorted(slices.Values(api.Routes())), described); diff != "" {
		t.Errorf("(-handled +described):\n%s", diff)
	}
}

func TestDocumentNamesEveryParameter(t *testing.T) {
	doc := readDocument(t)
	for path, want := range map[string][]string{
		"/v1/calls":          api.Filters(),
		"/v1/calls/export":   append(api.Filters(), "format"),
		"/v1/calls/{callID}": {"callID"},
	} {
		var got []string
		for _, p := range at(t, doc, "paths", path, "get", "parameters").([]any) {
			got = append(got, resolve(t, doc, p)["name"].(string))
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-handled +described):\n%s", path, diff)
		}
	}
}

func TestDocumentDescribesWhatIsAnswered(t *testing.T) {
	doc := readDocument(t)
	for name, v := range map[string]any{
		"Page": calllog.Page{}, "Record": call.Record{}, "Participant": call.Participant{},
		"Interval": call.Interval{}, "Quality": call.MediaSummary{}, "User": wire.UserInfo{}, "Guest": api.Guest{}, "NewLink": wire.CreateLinkResult{}, "Link": wire.Link{},
		"RoomState": wire.RoomState{}, "RoomInfo": wire.RoomInfo{}, "RoomUser": wire.RoomUser{}, "WaitingUser": wire.WaitingUser{}, "Hand": wire.Hand{},
		"Group": wire.GroupInfo{}, "Member": wire.GroupMember{}, "GroupRef": wire.CreateGroupResult{},
		"UserList": wire.InviteToGroupResult{}, "Attributes": wire.GetGroupAttributesResult{}, "SentMessage": wire.SendMessageResult{}, "Event": call.Callback{},
	} {
		var want []string
		for f := range reflect.TypeOf(v).Fields() {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, tag)
		}
		slices.Sort(want)
		got := slices.Sorted(maps.Keys(at(t, doc, "components", "schemas", name, "properties").(node)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-answered +described):\n%s", name, diff)
		}
	}
	for _, r := range at(t, doc, "components", "schemas", "Result", "enum").([]any) {
		if !call.Result(r.(string)).Valid() {
			t.Errorf("%v is no result", r)
		}
	}
}

func TestDocumentRefersToWhatItHas(t *testing.T) {
	doc := readDocument(t)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case node:
			resolve(t, doc, v)
			for _, child := range v {
				walk(child)
			}
		case []any:
			for _, child := range v {
				walk(child)
			}
		}
	}
	walk(doc)
}
