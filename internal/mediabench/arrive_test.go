package mediabench_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/internal/mediabench"
)

// publisher shows a camera and speaks; viewer has a slot of each kind.
func publisher(user string) *mediabench.Person {
	return &mediabench.Person{User: user, Room: "r", Camera: true, Speaks: true, Sending: 2}
}

func viewer(user string) *mediabench.Person {
	return &mediabench.Person{User: user, Room: "r", AudioSlots: 1, VideoSlots: 1, Voices: 1, Pictures: 1}
}

func TestWhoDidNotArriveIsNamed(t *testing.T) {
	lacks := func(p *mediabench.Person, change func(*mediabench.Person)) *mediabench.Person {
		change(p)
		return p
	}
	for _, tt := range []struct {
		name   string
		people []*mediabench.Person
		want   string
	}{
		{"all are there", []*mediabench.Person{publisher("ana"), viewer("bo")}, ""},
		{"nobody came", nil, ""},
		{
			"a publisher who sends one of two tracks",
			[]*mediabench.Person{lacks(publisher("ana"), func(p *mediabench.Person) { p.Sending = 1 }), viewer("bo")},
			"ana sends 1 of 2 tracks",
		},
		{
			"a viewer who gets nothing, beside one who gets more than there is to count",
			[]*mediabench.Person{
				publisher("ana"), lacks(viewer("bo"), func(p *mediabench.Person) { p.Voices, p.Pictures = 0, 0 }),
				lacks(viewer("cy"), func(p *mediabench.Person) { p.Voices, p.Pictures = 2, 2 }),
			},
			"bo gets 0 of 1 voices, gets 0 of 1 pictures",
		},
		{
			"voices in place of a picture",
			[]*mediabench.Person{publisher("ana"), lacks(viewer("bo"), func(p *mediabench.Person) { p.Voices, p.Pictures = 2, 0 })},
			"bo gets 0 of 1 pictures",
		},
		{
			"a publisher does not get itself",
			[]*mediabench.Person{lacks(publisher("ana"), func(p *mediabench.Person) { p.AudioSlots, p.VideoSlots = 9, 9 })},
			"",
		},
		{
			"a publisher who does not get the other",
			[]*mediabench.Person{publisher("ana"), lacks(publisher("bo"), func(p *mediabench.Person) { p.VideoSlots = 9 })},
			"bo gets 0 of 1 pictures",
		},
		{
			"who is silent need not come",
			[]*mediabench.Person{{User: "ana", Room: "r", Silent: true, Sending: 1}, lacks(viewer("bo"), func(p *mediabench.Person) { p.Voices, p.Pictures = 0, 0 })},
			"",
		},
		{
			"another room's publisher",
			[]*mediabench.Person{publisher("ana"), lacks(viewer("bo"), func(p *mediabench.Person) { p.Room, p.Voices, p.Pictures = "s", 0, 0 })},
			"",
		},
		{
			"too many to name",
			[]*mediabench.Person{
				{User: "a", Silent: true},
				{User: "b", Silent: true},
				{User: "c", Silent: true},
				{User: "d", Silent: true},
				{User: "e", Silent: true},
				{User: "f", Silent: true},
				{User: "g", Silent: true},
			},
			"a sends 0 of 1 tracks; b sends 0 of 1 tracks; c sends 0 of 1 tracks; d sends 0 of 1 tracks; e sends 0 of 1 tracks; and 2 more",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				want, began := map[string]int64{}, time.Now()
				for _, p := range tt.people {
					p.Joins()
				}
				if tt.want != "" {
					want["not all was there after 30s: "+tt.want] = 1
				}
				if diff := cmp.Diff(want, mediabench.Begin(t.Context(), tt.people...)); diff != "" {
					t.Errorf("errors (-want +got):\n%s", diff)
				}
				if took := time.Since(began); took > 0 && tt.want == "" || took != 30*time.Second && tt.want != "" {
					t.Errorf("waited for %v", took)
				}
			})
		})
	}
}

func TestWhoIsLateIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ana, bo := publisher("ana"), viewer("bo")
		ana.Sending, bo.Voices, bo.Pictures = 0, 0, 0
		ana.Joins()
		bo.Joins()
		began := time.Now()
		for _, comes := range []struct {
			after time.Duration
			what  func()
		}{
			{10 * time.Second, func() { bo.Receives(true) }},
			{11 * time.Second, func() { ana.Sends(); ana.Sends() }},
			{29 * time.Second, func() { bo.Receives(false) }},
		} {
			time.AfterFunc(comes.after, comes.what)
		}
		if errors := mediabench.Begin(t.Context(), ana, bo); len(errors) > 0 || time.Since(began) != 29*time.Second {
			t.Errorf("%v after %v", errors, time.Since(began))
		}
	})
}

func TestNobodyIsBlamedForARunThatIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		began := time.Now()
		ana := (&mediabench.Person{User: "ana", Silent: true}).Joins()
		if errors := mediabench.Begin(ctx, ana); len(errors) > 0 || time.Since(began) != time.Second {
			t.Errorf("%v after %v", errors, time.Since(began))
		}
	})
}
