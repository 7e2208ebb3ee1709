package main

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"callsvc/signaling/wire"
)

// model is the wire as both outputs need it.
type model struct {
	methods []method
	events  []event
	types   map[reflect.Type]*typeInfo
}

type method struct {
	name, doc      string
	params, result reflect.Type // of struct types
	nullable       bool         // the result may be null
}

type event struct {
	name, doc string
	params    reflect.Type
}

// typeInfo describes one named type: a struct, or a string or number with a
// name of its own.
type typeInfo struct {
	name     string // on the TypeScript side
	doc      string
	members  []member // of a struct
	values   []string // of a string type that is sealed
	isStruct bool
	topLevel bool // the params or the result of something
}

type member struct {
	name, doc string
	typ       reflect.Type
	oneOf     []string
	optional  bool
	nullable  bool
}

// renamed are the Go names that need their package to be understood, or mean
// something else in TypeScript.
func renamed() map[string]string {
	return map[string]string{
		"call.ID":          "CallID",
		"call.Media":       "MediaType",
		"call.Record":      "CallRecord",
		"call.Result":      "CallResult",
		"call.Participant": "CallParticipant",
		"call.Quality":     "QualityGrade",
	}
}

func newModel(methods []wire.Method, events []wire.Event, n notes) (*model, error) {
	m := &model{types: map[reflect.Type]*typeInfo{}}
	for _, w := range methods {
		result := reflect.TypeOf(w.Result)
		nullable := result.Kind() == reflect.Pointer
		if nullable {
			result = result.Elem()
		}
		params := reflect.TypeOf(w.New()).Elem()
		m.methods = append(m.methods, method{w.Name, describe(params, n), params, result, nullable})
		m.addTop(params, n)
		m.addTop(result, n)
		for _, f := range m.types[params].members {
			if !f.optional && !required(params, f.name) {
				return nil, fmt.Errorf(`%s: %s is neither omitempty nor wire:"required"`, params, f.name)
			}
		}
	}
	for _, e := range events {
		params := reflect.TypeOf(e)
		m.events = append(m.events, event{e.Name(), describe(params, n), params})
		m.addTop(params, n)
	}
	return m, m.checkNames()
}

func required(t reflect.Type, name string) bool {
	for f := range fields(t) {
		if jsonName(f) == name {
			return f.Tag.Get("wire") == "required"
		}
	}
	return false
}

func (m *model) addTop(t reflect.Type, n notes) {
	m.add(t, n)
	m.types[t].topLevel = true
}

// add notes a type and all that its members need.
func (m *model) add(t reflect.Type, n notes) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		m.add(t.Elem(), n)
		return
	default:
	}
	if t.PkgPath() == "" || m.types[t] != nil {
		return
	}
	key := t.String()
	info := &typeInfo{
		name: cmp.Or(renamed()[key], t.Name()), doc: describe(t, n),
		values: n.values[key], isStruct: t.Kind() == reflect.Struct,
	}
	m.types[t] = info
	if !info.isStruct {
		return
	}
	for f, owner := range fields(t) {
		info.members = append(info.members, memberOf(f, inJSON(n.fields[owner.String()][f.Name], t)))
		m.add(f.Type, n)
	}
}

func memberOf(f reflect.StructField, doc string) member {
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	optional := options == "omitempty" || options == "omitzero"
	out := member{name: jsonName(f), doc: sentence(doc), typ: f.Type, optional: optional}
	if f.Type.Kind() == reflect.Pointer {
		out.typ, out.nullable = f.Type.Elem(), !optional
	}
	if values := f.Tag.Get("oneof"); values != "" {
		out.oneOf = strings.Split(values, ",")
	}
	return out
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return cmp.Or(name, f.Name)
}

// fields yields the members that encoding/json sees, those of embedded structs
// in their place, each with the struct that declares it.
func fields(t reflect.Type) func(func(reflect.StructField, reflect.Type) bool) {
	return func(yield func(reflect.StructField, reflect.Type) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			switch {
			case f.Anonymous && f.Tag.Get("json") == "":
				for inner, owner := range fields(f.Type) {
					if !yield(inner, owner) {
						return
					}
				}
			case f.IsExported() && f.Tag.Get("json") != "-":
				if !yield(f, t) {
					return
				}
			}
		}
	}
}

// checkNames refuses two types of one name: one would hide the other.
func (m *model) checkNames() error {
	seen := map[string]reflect.Type{}
	for _, t := range m.sorted() {
		if other := seen[m.types[t].name]; other != nil {
			return fmt.Errorf("%s and %s would both be called %s", other, t, m.types[t].name)
		}
		seen[m.types[t].name] = t
	}
	return nil
}

// sorted lists the named types by name.
func (m *model) sorted() []reflect.Type {
	var all []reflect.Type
	for t := range m.types {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b reflect.Type) int {
		return cmp.Or(strings.Compare(m.types[a].name, m.types[b].name), strings.Compare(a.String(), b.String()))
	})
	return all
}

// describe is a type's comment without its name in front.
func describe(t reflect.Type, n notes) string {
	doc := inJSON(n.types[t.String()], t)
	for _, head := range []string{t.Name() + " is ", t.Name() + " are ", t.Name() + ": ", t.Name() + " "} {
		if rest, ok := strings.CutPrefix(doc, head); ok {
			return sentence(rest)
		}
	}
	return sentence(doc)
}

// inJSON calls the members that a comment names as JSON does: InviteeList is
// inviteeList to a client. Single words are left alone; they may be English.
func inJSON(doc string, t reflect.Type) string {
	if t.Kind() != reflect.Struct {
		return doc
	}
	words := strings.Split(doc, " ")
	for i, w := range words {
		bare := strings.TrimRight(w, ".,;:")
		if strings.IndexFunc(strings.TrimLeftFunc(bare, unicode.IsUpper), unicode.IsUpper) < 0 {
			continue
		}
		for f := range fields(t) {
			if f.Name == bare {
				words[i] = jsonName(f) + w[len(bare):]
			}
		}
	}
	return strings.Join(words, " ")
}

// sentence gives a comment a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
