package im_test

import (
	"encoding/base64"
	"testing"

	"callsvc/call"
	"callsvc/im"
)

// A cursor that is taken leads to the same place when it is written again; any
// other is refused.
func FuzzCursors(f *testing.F) {
	for _, text := range []string{"", "1 peer bo", "12 group @TGS#1", "-1 peer bo", "7 bo", "7 ", "99999999999999999999 peer bo", "1 peer bo x"} {
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	f.Add("%")
	f.Fuzz(func(t *testing.T, cursor string) {
		for name, read := range map[string]func(string) (string, error){
			"conversations": func(c string) (string, error) { return im.ParseCursor(c, call.Caller{UserID: "ana"}) },
			"members":       im.ParseMember,
		} {
			again, err := read(cursor)
			if err != nil {
				if call.CodeOf(err) != call.CodeInvalidParameter {
					t.Errorf("%s: %q: %v", name, cursor, err)
				}
				continue
			}
			if twice, err := read(again); err != nil || twice != again {
				t.Errorf("%s: %q is %q and then %q, %v", name, cursor, again, twice, err)
			}
		}
	})
}
