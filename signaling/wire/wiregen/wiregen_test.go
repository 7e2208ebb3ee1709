package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callsvc/signaling/wire"
)

type colour string

type base struct {
	Shade *int `json:"shade,omitempty"`
}

type paint struct {
	Wall   string `json:"wall" wire:"required"`
	Colour colour `json:"colour" wire:"required"`
	base
	Coats   []base  `json:"coats,omitempty"`
	Brush   *base   `json:"brush"`
	Finish  string  `json:"finish,omitempty" oneof:"matt,gloss"`
	LeftAt  float64 `json:"leftAt,omitempty"`
	Private int     `json:"-"`
}

const paintSource = `package main

// colour is what it looks like.
type colour string

const (
	red  colour = "red" // warm
	blue colour = "blue"
)

// paint covers a wall until LeftAt.
type paint struct {
	Wall string // which | one
}
`

// fixture is a model of paint alone, with comments from paintSource.
func fixture(t *testing.T) *model {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "paint.go"), []byte(paintSource), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := readNotes(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := &model{types: map[reflect.Type]*typeInfo{}}
	m.add(reflect.TypeFor[paint](), n)
	return m
}

func TestTypeScriptOfAStruct(t *testing.T) {
	m := fixture(t)
	want := `/** Covers a wall until leftAt. */
export interface paint {
  /** Which | one. */
  wall: string;
  colour: colour;
  shade?: number;
  coats?: base[];
  brush: base | null;
  finish?: "matt" | "gloss";
  leftAt?: number;
}
`
	if diff := cmp.Diff(want, m.tsType(reflect.TypeFor[paint]())); diff != "" {
		t.Errorf("interface (-want +got):\n%s", diff)
	}
	want = "/** What it looks like. */\nexport type colour = \"red\" | \"blue\";\n"
	if diff := cmp.Diff(want, m.tsType(reflect.TypeFor[colour]())); diff != "" {
		t.Errorf("union (-want +got):\n%s", diff)
	}
}

func TestMarkdownOfAStruct(t *testing.T) {
	m := fixture(t)
	want := "| params | type | meaning |\n|---|---|---|\n" +
		"| `wall` | string | Which \\| one. |\n" +
		"| `colour` | `colour` |  |\n" +
		"| `shade?` | integer |  |\n" +
		"| `coats?` | list of `base` |  |\n" +
		"| `brush` | `base` or null |  |\n" +
		"| `finish?` | `\"matt\"`, `\"gloss\"` |  |\n" +
		"| `leftAt?` | number |  |\n"
	if diff := cmp.Diff(want, m.mdMembers("params", reflect.TypeFor[paint]())); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

// wireModel is the model of the wire itself.
func wireModel(t *testing.T) *model {
	t.Helper()
	n, err := readNotes("../../../call", "..")
	if err != nil {
		t.Fatal(err)
	}
	m, err := newModel(wire.Methods(), wire.Events(), n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheDeclarationsHaveEveryMessage(t *testing.T) {
	text := typescript(wireModel(t))
	for _, m := range wire.Methods() {
		if !strings.Contains(text, `"`+m.Name+`": { params: `) {
			t.Errorf("no %s", m.Name)
		}
	}
	for _, e := range wire.Events() {
		if !strings.Contains(text, "  "+tsKey(e.Name())+": ") {
			t.Errorf("no %s", e.Name())
		}
	}
	if again := typescript(wireModel(t)); again != text {
		t.Error("the declarations differ from run to run")
	}
}

func TestEveryMessageHasAComment(t *testing.T) {
	m := wireModel(t)
	for _, w := range m.methods {
		if w.doc == "" {
			t.Errorf("%s has none", w.name)
		}
	}
	for _, e := range m.events {
		if e.doc == "" {
			t.Errorf("%s has none", e.name)
		}
	}
}

func TestMarkdownFillsItsPlaces(t *testing.T) {
	const open, end = "<!-- generated: ", "<!-- end -->"
	var events []string
	for _, e := range wire.Events() {
		events = append(events, e.Name())
	}
	all := "signaling.* room.* history.* user.* message.* conversation.* group.* push.* session.time session.getICEServers types " + strings.Join(events, " ")
	place := func(words string) string { return open + words + " -->\nold\n" + end + "\n" }
	tests := []struct{ name, document, want string }{
		{"all in one", "before\n" + place(all) + "after\n", ""},
		{"one is missing", place(strings.Replace(all, " onSlots", "", 1)), "onSlots has 0 places, want one"},
		{"one is there twice", place(all) + place("onSlots"), "onSlots has 2 places, want one"},
		{"one does not exist", place(all + " room.dance"), "a place names what does not exist: room.dance"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, err := markdown(wireModel(t), tt.document)
			if tt.want != "" {
				if err == nil || err.Error() != tt.want {
					t.Fatalf("got %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(text, "before\n"+open) || !strings.HasSuffix(text, end+"\nafter\n") || strings.Contains(text, "old\n") {
				t.Error("what is around the place must stay, what is in it must go")
			}
			again, err := markdown(wireModel(t), text)
			if err != nil || again != text {
				t.Errorf("a second run changes the document (%v)", err)
			}
		})
	}
}
