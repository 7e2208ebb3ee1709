package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// EncodeValue encodes the params of an event or the result of a request. A
// list that is a member of it is never null: an absent slice is written [], an
// absent map {}.
func EncodeValue(value any) (json.RawMessage, error) {
	data, err := json.Marshal(withLists(value))
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return data, nil
}

// withLists returns value, or a copy of it whose nil slices and maps are empty ones.
func withLists(value any) any {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || !lacksLists(v) {
		return value
	}
	filled := reflect.New(v.Type()).Elem()
	filled.Set(v)
	fillLists(filled)
	return filled.Interface()
}

// lacksLists reports whether a member of the struct, or of one embedded in it,
// is an absent list.
func lacksLists(v reflect.Value) bool {
	for i := range v.NumField() {
		if f := v.Type().Field(i); isAbsentList(f, v.Field(i)) || isEmbedded(f) && lacksLists(v.Field(i)) {
			return true
		}
	}
	return false
}

func fillLists(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Type().Field(i); {
		case isEmbedded(f):
			fillLists(v.Field(i))
		case isAbsentList(f, v.Field(i)):
			v.Field(i).Set(empty(f.Type))
		}
	}
}

func isEmbedded(f reflect.StructField) bool { return f.Anonymous && f.Type.Kind() == reflect.Struct }

func empty(t reflect.Type) reflect.Value {
	if t.Kind() == reflect.Map {
		return reflect.MakeMap(t)
	}
	return reflect.MakeSlice(t, 0, 0)
}

func isAbsentList(f reflect.StructField, v reflect.Value) bool {
	isList := v.Kind() == reflect.Slice || v.Kind() == reflect.Map
	return isList && f.IsExported() && v.IsNil() && !strings.Contains(f.Tag.Get("json"), ",omitempty")
}
