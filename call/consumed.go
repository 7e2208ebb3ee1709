package call

import (
	"encoding/json"
	"reflect"
	"strings"
)

// consumes reports whether data says what it said before and, besides, that the
// call was seen to: data.consumed. It is what an invitee's client of the third
// payload generation notes before it rejects, so that other devices do not ring.
func consumes(before, after string) bool {
	was, ok := fields(before)
	is, also := fields(after)
	business, _ := was["businessID"].(string)
	if !ok || !also || !aboutCall(business) {
		return false
	}
	inner, ok := is["data"].(map[string]any)
	if !ok || inner["consumed"] != true {
		return false
	}
	delete(inner, "consumed")
	if old, ok := was["data"].(map[string]any); ok {
		delete(old, "consumed")
	}
	return reflect.DeepEqual(was, is)
}

// fields reads a JSON object; numbers stay the text they are.
func fields(text string) (map[string]any, bool) {
	var object map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return object, d.Decode(&object) == nil && object != nil && !d.More()
}
