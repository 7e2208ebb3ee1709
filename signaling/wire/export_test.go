package wire

import "encoding/json"

// Members is what a frame is taken apart by, for the test that compares it with
// encoding/json's way: what matters of it does not show in requests.
func Members(object []byte) map[string]json.RawMessage {
	found := map[string]json.RawMessage{}
	for name, value := range members(object) {
		if s, ok := unquote(name); ok {
			found[s] = value
		}
	}
	return found
}
