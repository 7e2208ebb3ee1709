package push_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/testkit"
	"callsvc/push"

	"pgregory.net/rapid"
)

func answers(statuses ...int) []testkit.PushAnswer {
	var all []testkit.PushAnswer
	for _, s := range statuses {
		all = append(all, testkit.PushAnswer{Status: s})
	}
	return all
}

func TestASubscriptionThatIsGoneIsForgotten(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		story(t, func(t *testing.T, w *world) {
			phone, desk := w.subscribe("bo", ""), w.subscribe("bo", "")
			phone.AnswerNext(answers(status)...)
			inv := w.invite(nil)
			rung(t, desk, "invitation")
			w.happens(inv, call.ExpireInvitation{At: at()})
			rung(t, desk, "over")
			quiet(t, phone)
			equal(t, "kept", len(w.store.subs), 1)
			equal(t, "figures", w.Stats(), push.Stats{Accepted: 2, Gone: 1})
		})
	}
}

func TestWhatAPushServiceRefusesIsNotSentAgain(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusFound} {
		story(t, func(t *testing.T, w *world) {
			phone := w.subscribe("bo", "")
			phone.AnswerNext(answers(status)...)
			inv := w.invite(nil)
			time.Sleep(20 * time.Second)
			w.happens(inv, call.ExpireInvitation{At: at()})
			quiet(t, phone)
			equal(t, "figures", w.Stats(), push.Stats{Refused: 1})
			equal(t, "reached", len(w.reached), 0)
			equal(t, "kept", len(w.store.subs), 1)
		})
	}
}

// waits says after how many seconds each next message came, and 0 when none did
// within a minute.
func waits(t *testing.T, b *testkit.Browser, n int) (seconds []int) {
	t.Helper()
	for range n {
		began := time.Now()
		for {
			if _, _, ok := gets(t, b); ok {
				seconds = append(seconds, int(time.Since(began).Seconds()))
				break
			}
			if time.Since(began) > time.Minute {
				return append(seconds, 0)
			}
			time.Sleep(time.Second)
		}
	}
	return seconds
}

func TestAPushServiceThatIsBusyIsAskedAgain(t *testing.T) {
	busy := func(after string) testkit.PushAnswer { return testkit.PushAnswer{Status: 429, RetryAfter: after} }
	tests := []struct {
		name    string
		answers []testkit.PushAnswer
		want    int // seconds until the message is there; 0 is never
	}{
		{"after as many seconds as it says", []testkit.PushAnswer{busy("7")}, 7},
		{"not sooner than it should, whatever it says", []testkit.PushAnswer{busy("0")}, 1},
		{"also after what is no number", []testkit.PushAnswer{busy("soon")}, 1},
		{"at the moment that it says", []testkit.PushAnswer{busy("Sat, 01 Jan 2000 00:00:09 GMT")}, 9},
		{"each time after twice as long", answers(500, 502, 503, 503), 15},
		{"five times", answers(503, 503, 503, 503, 503), 0},
		{"only while it rings", []testkit.PushAnswer{busy("31")}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				phone := w.subscribe("bo", "")
				phone.AnswerNext(tt.answers...)
				w.invite(nil)
				equal(t, "there after", waits(t, phone, 1), []int{tt.want})
				equal(t, "retried", w.Stats().Retried, int64(len(tt.answers)))
			})
		})
	}
}

func TestTheEndOvertakesNothingAndWaitsForNothing(t *testing.T) {
	t.Run("a beginning that waits to be sent again is not sent", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			phone := w.subscribe("bo", "")
			phone.AnswerNext(testkit.PushAnswer{Status: 429, RetryAfter: "20"})
			inv := w.invite(nil)
			w.happens(inv, call.CancelInvitation{By: "ana", At: at()})
			rung(t, phone, "over")
			time.Sleep(time.Minute)
			quiet(t, phone)
		})
	})
	t.Run("a beginning that hangs is cut off", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			phone := w.subscribe("bo", "")
			phone.AnswerNext(testkit.PushAnswer{Status: 201, Wait: make(chan struct{})})
			inv := w.invite(nil)
			quiet(t, phone)
			w.happens(inv, call.CancelInvitation{By: "ana", At: at()})
			rung(t, phone, "over")
		})
	})
	t.Run("an end is tried again for a minute, not longer", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			phone := w.subscribe("bo", "")
			inv := w.invite(nil)
			rung(t, phone, "invitation")
			phone.AnswerNext(testkit.PushAnswer{Status: 429, RetryAfter: "50"}, testkit.PushAnswer{Status: 429, RetryAfter: "11"})
			w.happens(inv, call.ExpireInvitation{At: at()})
			equal(t, "there after", waits(t, phone, 1), []int{0})
		})
	})
	t.Run("one browser's slow push service does not keep another's waiting", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			slow, fast := w.subscribe("bo", ""), w.subscribe("bo", "")
			slow.AnswerNext(testkit.PushAnswer{Status: 201, Wait: make(chan struct{})})
			w.invite(nil)
			rung(t, fast, "invitation")
			time.Sleep(12 * time.Second)
			rung(t, slow, "invitation") // again, after ten seconds without an answer and one more
			quiet(t, fast)
		})
	})
}

func TestAMessageFitsWhateverTheInviterWants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.IntRange(0, 12000), func(n int) string { return strings.Repeat("\x01", n) }),
			rapid.Map(rapid.IntRange(0, 12000), func(n int) string { return strings.Repeat("界", n/3) }))
		info := p{"title": text.Draw(rt, "title"), "desc": text.Draw(rt, "desc"), "ext": text.Draw(rt, "ext")}
		story(t, func(t *testing.T, w *world) {
			phone := w.subscribe("bo", "")
			w.invite(func(inv *call.Invitation) { inv.OfflinePush = encode(t, info) })
			if _, body, ok := gets(t, phone); !ok || body.Str("title") == "" || body.Str("answerToken") == "" {
				rt.Errorf("the message is %v; %v", body, phone.Refusals())
			}
		})
	})
}
