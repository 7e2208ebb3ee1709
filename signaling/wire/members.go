package wire

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// members are the names and values of an object's members, as they stand in
// valid JSON; none of what is no object. Nothing is copied, so that a frame is
// taken apart without being decoded over and over.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		i := skipSpace(object, 0)
		if object[i] != '{' {
			return
		}
		for i = skipSpace(object, i+1); object[i] != '}'; i = skipSpace(object, i) {
			if object[i] == ',' {
				i = skipSpace(object, i+1)
			}
			name := object[i:endOfString(object, i)]
			i = skipSpace(object, i+len(name))
			i = skipSpace(object, i+1) // the colon
			value := object[i:endOfValue(object, i)]
			if !yield(name, value) {
				return
			}
			i += len(value)
		}
	}
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// endOfString is behind the string that begins at i.
func endOfString(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// endOfValue is behind the value that begins at i.
func endOfValue(b []byte, i int) int {
	for depth := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = endOfString(b, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}

// isName reports whether a member's name, as it stands, is that one.
func isName(quoted []byte, name string) bool {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1:len(quoted)-1]) == name
	}
	s, _ := unquote(quoted)
	return s == name
}

// unquote returns the string that valid JSON is, false if it is none.
func unquote(value []byte) (string, bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	if plain := value[1 : len(value)-1]; bytes.IndexByte(plain, '\\') < 0 && utf8.Valid(plain) {
		return string(plain), true
	}
	var s string
	err := json.Unmarshal(value, &s)
	return s, err == nil
}
