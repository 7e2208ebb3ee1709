package media_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"callsvc/media"
)

func TestLayersPausedInTheOfferArePausedInTheAnswer(t *testing.T) {
	good := goodOffer(t, 1)
	simulcast := regexp.MustCompile(`a=simulcast:.*`)
	for _, c := range []struct{ name, offered, answered string }{
		{"as a browser begins", "a=simulcast:send ~q;~h;f", "a=simulcast:recv ~q;~h;f"},
		{"all that is sent", "a=simulcast:send q;h;f", "a=simulcast:recv q;h;f"},
		{"alternatives, and another direction", "a=simulcast:recv ~f send q,~h;f", "a=simulcast:recv q;~h;f"},
		{"a pause of what is not there", "a=simulcast:send ~x;f", "a=simulcast:recv q;h;f"},
		{"nothing after the direction", "a=simulcast:send", "a=simulcast:recv q;h;f"},
		{"no such line", "a=x:y", "a=simulcast:recv q;h;f"},
	} {
		t.Run(c.name, func(t *testing.T) {
			layers := "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\n" + c.offered + "\r\n"
			answer, err := media.AnswerText(strings.Replace(good, "a=sendonly\r\n", "a=sendonly\r\n"+layers, 1))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSpace(simulcast.FindString(answer)); got != c.answered {
				t.Errorf("answered %q, want %q", got, c.answered)
			}
		})
	}
}

// beginner is a client that sends three layers and begins with the largest
// alone, as the SDK does.
func (w *world) beginner(user string, encodings ...*encoding) *simulcaster {
	c := w.simulcaster(user, encodings...)
	c.begins = "~q;~h;f"
	for _, e := range encodings {
		e.source.off.Store(e.rid != "f")
	}
	c.join("r")
	return c
}

func TestALargeTileWakesNoSmallLayers(t *testing.T) {
	inWorld(t, func(w *world) {
		layers := threeLayers()
		layers[2].height = 268 // as long as the publisher's path is new
		ben := w.client("ben", clientOption{pairs: 1})
		ben.join("r")
		ben.tile("ana", 720)
		ana := w.beginner("ana", layers...)
		w.eventually("ben sees ana", func() bool { return ben.slotTold(ben.videoSlot(0)).Layer == "f" })
		for range 50 {
			time.Sleep(100 * time.Millisecond)
			if ana.sends() != "f" {
				t.Fatalf("wanted %s for one tile larger than the largest layer", ana.sends())
			}
		}
	})
}

func TestALayerOfUnknownHeightIsTakenAsItIsForAWhile(t *testing.T) {
	inWorld(t, func(w *world) {
		layers := threeLayers()
		layers[2].height = 0 // its keyframes do not tell
		ben := w.client("ben", clientOption{pairs: 1})
		ben.join("r")
		ben.tile("ana", 180)
		began := time.Now()
		ana := w.beginner("ana", layers...)
		w.eventually("the others are looked for", func() bool { return ana.sends() == "qhf" })
		if after := time.Since(began); after < time.Second {
			t.Errorf("all were woken after %s, before the first keyframe could be looked into", after)
		}
	})
}

func TestASmallTileWakesTheLayerThatFitsIt(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.beginner("ana", threeLayers()...)
		ana.obey(3)
		ben := w.client("ben", clientOption{pairs: 1})
		ben.join("r")
		ben.tile("ana", 180)
		w.eventually("ben sees the small one", func() bool { return ben.slotTold(ben.videoSlot(0)).Layer == "q" })
		time.Sleep(5 * time.Second)
		if got := ana.sends(); got != "q" {
			t.Errorf("wanted %s, want q", got)
		}
	})
}
