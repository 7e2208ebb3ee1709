package media_test

import (
	"testing"
	"time"

	"callsvc/media"
)

// soonAfter is within which a picture goes on once the queue is gone: a tick, and
// a keyframe's way.
const soonAfter = 250 * time.Millisecond

func TestNoPictureFollowsAQueueAndVoicesDo(t *testing.T) {
	inWorld(t, func(w *world) {
		_, ben := w.watched(clientOption{})
		picture, voice := ben.box(ben.videoSlot(0)), ben.box(ben.audioSlot(0))
		w.eventually("ben hears ana", func() bool { return len(voice.all()) > 10 })

		const queue = 600 * time.Millisecond
		media.SetDrained(ben.peer, time.Now().Add(queue))
		time.Sleep(50 * time.Millisecond) // what is under way
		before := len(picture.all())
		voice.clear()
		time.Sleep(queue - 100*time.Millisecond)
		if n := len(picture.all()) - before; n > 0 {
			t.Errorf("%d packets of the picture came", n)
		}
		if n := len(voice.all()); n < 24 {
			t.Errorf("%d packets of the voice came, want 25", n)
		}

		time.Sleep(50*time.Millisecond + soonAfter)
		all := picture.all()
		if len(all) == before {
			t.Fatalf("nothing of the picture came within %v", soonAfter)
		}
		if !isKey(all[before]) {
			t.Error("the picture does not go on with a keyframe")
		}
		checkContinuous(t, all)
	})
}

func TestBehindAQueueGoesThePictureThatFits(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.simulcaster("ana", threeLayers()...)
		ana.join("r")
		ben := w.client("ben", clientOption{pairs: 1})
		ben.join("r")
		ben.tile("ana", 720)
		slot := ben.videoSlot(0)
		w.eventually("ben sees the large one", func() bool { return ben.slotTold(slot).Layer == "f" })
		time.Sleep(3 * time.Second) // the bit rates of all three are known

		for _, c := range []struct {
			budget int64
			layer  string
		}{{560_000, "h"}, {200_000, "q"}} {
			const queue = 400 * time.Millisecond
			media.SetDrained(ben.peer, time.Now().Add(queue))
			media.SetBudget(ben.peer, c.budget)
			time.Sleep(50 * time.Millisecond)
			before := len(ben.box(slot).all())
			time.Sleep(queue - 50*time.Millisecond + soonAfter)
			all := ben.box(slot).all()
			if len(all) == before {
				t.Fatalf("nothing came within %v", soonAfter)
			}
			if first := all[before]; ridOf(first) != c.layer || !isKey(first) {
				t.Errorf("at %d bits/s it goes on with layer %s, keyframe %t; want a keyframe of %s", c.budget, ridOf(first), isKey(first), c.layer)
			}
			checkContinuous(t, all)
		}
	})
}
