package main

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// A document has places for tables, named by what belongs there:
//
//	<!-- generated: signaling.* onReceiveNewInvitation -->
//	<!-- end -->
//
// Words are the names of methods and events, PREFIX.* for the methods of a
// prefix, or types for all other types.
var place = regexp.MustCompile(`(?s)(<!-- generated: ([^>]*?) -->\n).*?(<!-- end -->)`)

// markdown fills the places of a document. Every method, every event and the
// types must have a place, exactly one.
func markdown(m *model, document string) (string, error) {
	sections := m.sections()
	used := map[string]int{}
	var unknown []string
	text := place.ReplaceAllStringFunc(document, func(match string) string {
		parts := place.FindStringSubmatch(match)
		var b strings.Builder
		for _, word := range strings.Fields(parts[2]) {
			found := false
			for _, s := range sections {
				if s.is(word) {
					b.WriteString(s.text)
					used[s.name]++
					found = true
				}
			}
			if !found {
				unknown = append(unknown, word)
			}
		}
		return parts[1] + b.String() + "\n" + parts[3]
	})
	if unknown != nil {
		return "", fmt.Errorf("a place names what does not exist: %s", strings.Join(unknown, ", "))
	}
	for _, s := range sections {
		if used[s.name] != 1 {
			return "", fmt.Errorf("%s has %d places, want one", s.name, used[s.name])
		}
	}
	return text, nil
}

// section is the reference of one method, one event, or the types.
type section struct{ name, text string }

func (s section) is(word string) bool {
	prefix, wild := strings.CutSuffix(word, "*")
	return s.name == word || wild && strings.HasPrefix(s.name, prefix)
}

func (m *model) sections() []section {
	var all []section
	for _, w := range m.methods {
		all = append(all, section{w.name, m.mdMethod(w)})
	}
	for _, e := range m.events {
		all = append(all, section{e.name, entry(e.name, e.doc, m.mdMembers("params", e.params))})
	}
	return append(all, section{"types", m.mdTypes()})
}

func (m *model) mdMethod(w method) string {
	result := "result"
	if w.nullable {
		result = "result, or null"
	}
	return entry(w.name, w.doc, m.mdMembers("params", w.params), m.mdMembers(result, w.result))
}

// entry is a heading and what stands below it, with a blank line before each.
func entry(name, doc string, parts ...string) string {
	text := "\n### " + name + "\n"
	if doc != "" {
		text += "\n" + doc + "\n"
	}
	for _, part := range parts {
		text += "\n" + part
	}
	return text
}

func (m *model) mdMembers(title string, t reflect.Type) string {
	members := m.types[t].members
	if len(members) == 0 {
		return "No " + title + ".\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | type | meaning |\n|---|---|---|\n", title)
	for _, f := range members {
		name := f.name
		if f.optional {
			name += "?"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, m.mdMemberType(f), escape(f.doc))
	}
	return b.String()
}

func (m *model) mdMemberType(f member) string {
	typ := m.md(f.typ)
	if f.oneOf != nil {
		typ = mdValues(f.oneOf)
	}
	if f.nullable {
		typ += " or null"
	}
	return typ
}

// mdTypes lists the types that are part of others: values first, then objects.
func (m *model) mdTypes() string {
	var b strings.Builder
	b.WriteString("\n| type | is | meaning |\n|---|---|---|\n")
	var objects []reflect.Type
	for _, t := range m.sorted() {
		info := m.types[t]
		switch {
		case info.isStruct && !info.topLevel:
			objects = append(objects, t)
		case !info.isStruct && info.values != nil:
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", info.name, mdValues(info.values), escape(info.doc))
		case !info.isStruct:
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", info.name, mdPrimitive(t), escape(info.doc))
		}
	}
	for _, t := range objects {
		b.WriteString(entry(m.types[t].name, m.types[t].doc, m.mdMembers("member", t)))
	}
	return b.String()
}

func (m *model) md(t reflect.Type) string {
	if t.Kind() == reflect.Slice && t.PkgPath() == "" {
		return "list of " + m.md(t.Elem())
	}
	if t.Kind() == reflect.Map && t.PkgPath() == "" {
		return "map of " + m.md(t.Elem())
	}
	if info := m.types[t]; info != nil {
		return "`" + info.name + "`"
	}
	return mdPrimitive(t)
}

func mdPrimitive(t reflect.Type) string {
	if word := primitive(t); word != "number" {
		return word
	}
	if slices.Contains([]reflect.Kind{reflect.Float32, reflect.Float64}, t.Kind()) {
		return "number"
	}
	return "integer"
}

func mdValues(values []string) string {
	return "`\"" + strings.Join(values, "\"`, `\"") + "\"`"
}

func escape(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
