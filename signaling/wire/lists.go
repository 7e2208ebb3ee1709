package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// EncodeValue encodes the params of an event or the result of a request. A
// list that is a member of it is never null: an absent slice is written [].
func EncodeValue(value any) (json.RawMessage, error) {
	data, err := json.Marshal(withLists(value))
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return data, nil
}

// withLists returns value, or a copy of it whose nil slices are empty ones.
func withLists(value any) any {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return value
	}
	var filled reflect.Value
	for i := range v.NumField() {
		if f := v.Type().Field(i); !isAbsentList(f, v.Field(i)) {
			continue
		}
		if !filled.IsValid() {
			filled = reflect.New(v.Type()).Elem()
			filled.Set(v)
		}
		filled.Field(i).Set(reflect.MakeSlice(v.Type().Field(i).Type, 0, 0))
	}
	if !filled.IsValid() {
		return value
	}
	return filled.Interface()
}

func isAbsentList(f reflect.StructField, v reflect.Value) bool {
	return f.IsExported() && v.Kind() == reflect.Slice && v.IsNil() && !strings.Contains(f.Tag.Get("json"), ",omitempty")
}
