package im_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/im"
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

// turn is a request in a story about rates, so long after the one before.
type turn struct {
	after          time.Duration
	user           call.UserID
	method, params string
	code           call.Code
	wait           time.Duration
}

const (
	textToG = `{"groupID":"g","type":"text","text":"x"}`
	setA    = `{"groupID":"g","attributes":{"a":"1"}}`
)

func TestRatesInGroups(t *testing.T) {
	tests := []struct {
		name    string
		options im.Options
		turns   []turn
	}{
		{
			"forty messages a second are enough for a group, whoever sends them",
			im.Options{GroupMessages: limit.NewKeyed[call.GroupID](limit.Rate{PerSecond: 40, Burst: 2})},
			[]turn{
				{user: "ana", method: "message.send", params: textToG},
				{user: "bo", method: "message.send", params: textToG},
				{user: "bo", method: "message.send", params: textToG, code: call.CodeGroupMessageRate, wait: 25 * time.Millisecond},
				{user: "bo", method: "message.send", params: `{"groupID":"h","type":"text","text":"x"}`},
				{user: "bo", method: "message.send", params: `{"to":"ana","type":"text","text":"x"}`},
				{user: "bo", method: "message.send", params: textToG, after: 25 * time.Millisecond},
			},
		},
		{
			"attributes change so often and no oftener",
			im.Options{Attributes: limit.Rate{PerSecond: 5, Burst: 2}},
			[]turn{
				{user: "eve", method: "group.setAttributes", params: setA, code: call.CodeGroupPermission},
				{user: "ana", method: "group.setAttributes", params: setA},
				{user: "bo", method: "group.deleteAttributes", params: `{"groupID":"g"}`},
				{user: "ana", method: "group.setAttributes", params: setA, code: call.CodeAttributeRate, wait: 200 * time.Millisecond},
				{user: "ana", method: "group.getAttributes", params: `{"groupID":"g"}`},
				{user: "ana", method: "group.setAttributes", params: setA, after: 200 * time.Millisecond},
			},
		},
		{
			"what many are told of costs as many",
			im.Options{Broadcasts: limit.NewKeyed[call.UserID](limit.Rate{PerSecond: 3, Burst: 6 + 3})},
			[]turn{ // making the groups has cost ana six
				{user: "ana", method: "message.send", params: textToG},
				{user: "ana", method: "message.send", params: textToG, code: call.CodeRateLimited, wait: time.Second},
				{user: "ana", method: "group.setInfo", params: `{"groupID":"g","name":"n"}`, code: call.CodeRateLimited, wait: time.Second},
				{user: "ana", method: "group.invite", params: `{"groupID":"g","members":["di"]}`, code: call.CodeRateLimited, wait: 4 * time.Second / 3},
				{user: "ana", method: "message.send", params: `{"to":"bo","type":"text","text":"x"}`},
				{user: "bo", method: "message.send", params: textToG},
				{user: "ana", method: "message.send", params: textToG, after: time.Second},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, tt.options, func(t *testing.T, w *world) {
				w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","members":["bo","cy"]}`)
				w.must("ana", "group.create", `{"groupID":"h","name":"h","type":"Public","members":["bo","cy"]}`)
				for i, turn := range tt.turns {
					time.Sleep(turn.after)
					_, err := w.do(turn.user, turn.method, turn.params)
					if call.CodeOf(err) != turn.code {
						t.Fatalf("turn %d, %s: %v, want code %d", i, turn.method, err, turn.code)
					}
					var refused *call.Error
					if errors.As(err, &refused) && refused.RetryAfter.Round(time.Millisecond) != turn.wait.Round(time.Millisecond) {
						t.Errorf("turn %d, %s: to wait %v, want %v", i, turn.method, refused.RetryAfter, turn.wait)
					}
				}
			})
		})
	}
}

func TestAnOperatorTellsManyPeople(t *testing.T) {
	o := im.Options{Broadcasts: limit.NewKeyed[call.UserID](limit.Rate{PerSecond: 1, Burst: 1})}
	story(t, o, func(t *testing.T, w *world) {
		_, err := w.CreateFor(t.Context(), operator(), "ana", &wire.CreateGroup{GroupID: "g", Name: "g", Type: "Work", Members: []call.UserID{"bo", "cy"}})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := w.Send(t.Context(), operator(), &wire.SendMessage{GroupID: "g", Type: "text", Text: "x"}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestNobodyIsInTooManyGroups(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		for i := range 1000 {
			w.must("ana", "group.create", fmt.Sprintf(`{"groupID":"g%d","name":"g","type":"Public"}`, i))
		}
		w.must("bo", "group.create", `{"groupID":"his","name":"g","type":"Public"}`)
		for method, params := range map[string]string{
			"group.create": `{"name":"g","type":"Work"}`, "group.join": `{"groupID":"his"}`,
		} {
			if _, err := w.do("ana", method, params); call.CodeOf(err) != call.CodeGroupFull {
				t.Errorf("%s: %v, want code %d", method, err, call.CodeGroupFull)
			}
		}
		if _, err := w.do("bo", "group.invite", `{"groupID":"his","members":["ana"]}`); call.CodeOf(err) != call.CodeGroupFull {
			t.Errorf("bo brings her in: %v", err)
		}
	})
}
