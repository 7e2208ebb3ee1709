package testkit

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// P is a JSON object: what is sent, or what must be found in an event.
type P map[string]any

// Str returns a string member, "" if it is none.
func (p P) Str(name string) string {
	s, _ := p[name].(string)
	return s
}

// Int returns a number member, 0 if it is none.
func (p P) Int(name string) int64 {
	n, _ := p[name].(float64)
	return int64(n)
}

// Bool returns a boolean member.
func (p P) Bool(name string) bool {
	b, _ := p[name].(bool)
	return b
}

// Strs returns a member that is a list of strings.
func (p P) Strs(name string) []string {
	list, _ := p[name].([]any)
	var strs []string
	for _, v := range list {
		s, _ := v.(string)
		strs = append(strs, s)
	}
	return strs
}

// List returns a member that is a list of objects.
func (p P) List(name string) []P {
	list, _ := p[name].([]any)
	var objects []P
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			objects = append(objects, m)
		}
	}
	return objects
}

// Lacks says how p differs from what is wanted, "" if all of it is there. More
// than what is wanted may be.
func (p P) Lacks(want P) string {
	for name, w := range plain(want) {
		got, ok := p[name]
		if !ok {
			return fmt.Sprintf("%s is missing", name)
		}
		if !reflect.DeepEqual(got, w) {
			return fmt.Sprintf("%s is %v, want %v", name, got, w)
		}
	}
	return ""
}

// plain is the object as JSON would bring it.
func plain(p P) P {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // a test's own mistake
	}
	var q P
	if err := json.Unmarshal(b, &q); err != nil {
		panic(err)
	}
	return q
}
