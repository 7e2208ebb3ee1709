package user_test

import (
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/signaling/wire"

	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

// infos renders what users show of themselves.
func (w *world) infos(ids ...call.UserID) (lines []string) {
	w.t.Helper()
	for _, u := range get[wire.GetUsersInfoResult](w.t)(w.Infos(w.t.Context(), &wire.GetUsersInfo{UserIDList: ids})).Users {
		lines = append(lines, strings.TrimSpace(string(u.UserID)+" "+u.Name+" "+u.AvatarURL))
	}
	return lines
}

func TestTheNameOneSetsWinsOverTheCredentials(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if name := w.signIn("ana", "A. Nadal"); name != "A. Nadal" {
			t.Errorf("ana signs in as %q", name)
		}
		w.expect()
		if _, err := w.SetSelfInfo(t.Context(), who("ana"), &wire.SetSelfInfo{Name: text("Ana"), AvatarURL: text("https://a.example/ana.png")}); err != nil {
			t.Fatal(err)
		}
		w.expect(`ana is called "Ana"`, `ana-phone: info "Ana" "https://a.example/ana.png"`)
		if _, err := w.SetSelfInfo(t.Context(), who("ana"), &wire.SetSelfInfo{AvatarURL: text("")}); err != nil {
			t.Fatal(err)
		}
		w.expect(`ana-phone: info "Ana" ""`)
		w.restart()
		if name := w.signIn("ana", "Ana Nadal"); name != "Ana" {
			t.Errorf("ana signs in as %q, having set Ana", name)
		}
		if _, err := w.SetSelfInfo(t.Context(), who("ana"), &wire.SetSelfInfo{Name: text("")}); err != nil {
			t.Fatal(err)
		}
		w.expect(`ana is called "Ana Nadal"`, `ana-phone: info "Ana Nadal" ""`)
	})
}

func TestOthersSeeWhoIsOfflineAndStrangersAreNoError(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.signIn("ana", "Ana")
		w.signIn("bo", "")
		w.restart()
		if diff := cmp.Diff([]string{"stranger", "ana Ana", "bo", "ana Ana"}, w.infos("stranger", "ana", "bo", "ana")); diff != "" {
			t.Error(diff)
		}
		w.signIn("ana", "") // a credential without a name says nothing
		if diff := cmp.Diff([]string{"ana Ana"}, w.infos("ana")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSigningInAgainWritesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for range 3 {
			w.signIn("ana", "Ana")
		}
		w.restart()
		w.signIn("ana", "Ana")
		w.expect()
		if w.store.writes != 1 {
			t.Errorf("%d writes, want one", w.store.writes)
		}
	})
}

func TestALongNameInACredentialIsCutBetweenLetters(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if name := w.signIn("ana", strings.Repeat("安", 200)); name != strings.Repeat("安", 166) {
			t.Errorf("%d bytes: %q", len(name), name)
		}
	})
}

func TestWhatOneMayShowOfOneself(t *testing.T) {
	long := strings.Repeat("x", call.MaxProfileBytes)
	tests := []struct {
		name string
		info wire.SetSelfInfo
		code call.Code
	}{
		{"a name of 500 bytes", wire.SetSelfInfo{Name: &long}, 0},
		{"not one more", wire.SetSelfInfo{Name: text(long + "x")}, call.CodeInvalidParameter},
		{"no text at all", wire.SetSelfInfo{Name: text(""), AvatarURL: text("")}, 0},
		{"nothing", wire.SetSelfInfo{}, 0},
		{"a picture on the web", wire.SetSelfInfo{AvatarURL: text("https://a.example/x?y=z")}, 0},
		{"not a picture's very long address", wire.SetSelfInfo{AvatarURL: text("https://a.example/" + long)}, call.CodeInvalidParameter},
		{"not a script", wire.SetSelfInfo{AvatarURL: text("javascript:alert(1)")}, call.CodeInvalidParameter},
		{"not the picture itself", wire.SetSelfInfo{AvatarURL: text("data:image/png;base64,AA")}, call.CodeInvalidParameter},
		{"not a path", wire.SetSelfInfo{AvatarURL: text("/x.png")}, call.CodeInvalidParameter},
		{"not an address without a host", wire.SetSelfInfo{AvatarURL: text("https:///x.png")}, call.CodeInvalidParameter},
		{"not a good name with a bad picture", wire.SetSelfInfo{Name: text("Bo"), AvatarURL: text("x")}, call.CodeInvalidParameter},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.signIn("ana", "Ana")
				_, err := w.SetSelfInfo(t.Context(), who("ana"), &tt.info)
				refused(t, "set", err, tt.code)
				if got := w.infos("ana"); tt.code != 0 && got[0] != "ana Ana" {
					t.Errorf("after the refusal: %v", got)
				}
			})
		})
	}
}

func TestOnlyTheUserAndOperatorsManageAProfile(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		operator := call.Caller{UserID: "back-end", Admin: true}
		info := get[wire.UserInfo](t)(w.SetInfo(t.Context(), operator, "ana", "Ana", "http://a.example/a.png"))
		w.expect(`ana is called "Ana"`, `ana: info "Ana" "http://a.example/a.png"`, `ana-phone: info "Ana" "http://a.example/a.png"`)
		for _, c := range []call.Caller{operator, who("ana")} {
			if diff := cmp.Diff(info, get[wire.UserInfo](t)(w.Info(t.Context(), c, "ana"))); diff != "" {
				t.Error(diff)
			}
		}
		_, err := w.Info(t.Context(), who("bo"), "ana")
		refused(t, "another asks", err, call.CodeGroupPermission)
		_, err = w.SetInfo(t.Context(), who("bo"), "ana", "", "")
		refused(t, "another sets", err, call.CodeGroupPermission)
		_, err = w.SetInfo(t.Context(), operator, "a b", "", "")
		refused(t, "for nobody", err, call.CodeInvalidParameter)
		w.expect()
	})
}

func TestListsOfUsersAreBounded(t *testing.T) {
	many := make([]call.UserID, 101)
	for i := range many {
		many[i] = "u"
	}
	for name, list := range map[string][]call.UserID{"nobody": {}, "101": many, "who cannot be": {"ana", "b o"}} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				_, err := w.Infos(t.Context(), &wire.GetUsersInfo{UserIDList: list})
				refused(t, "infos", err, call.CodeInvalidParameter)
				_, err = w.Block(t.Context(), who("ana"), &wire.AddToBlackList{UserIDList: list})
				refused(t, "block", err, call.CodeInvalidParameter)
				_, err = w.Unblock(t.Context(), who("ana"), &wire.DeleteFromBlackList{UserIDList: list})
				refused(t, "unblock", err, call.CodeInvalidParameter)
			})
		})
	}
}
