package media_test

import (
	"testing"
	"time"

	"callsvc/call"
)

func TestANewVoiceIsHeardAtOnceAndItsUserBecomesTheSpeaker(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{publish: true})
		cyd := w.client("cyd", clientOption{publish: true})
		dan := w.client("dan", clientOption{pairs: 1})
		ben.audio.quiet.Store(true)
		cyd.audio.quiet.Store(true)
		for _, c := range []*client{ana, ben, cyd, dan} {
			c.join("r")
		}
		slot := dan.audioSlot(0)
		w.eventually("dan hears ana, who speaks", func() bool { return dan.carries(slot) == "ana mic" && dan.speaker() == "ana" })
		ana.audio.quiet.Store(true)
		time.Sleep(2 * time.Second)
		if got := dan.carries(slot); got != "ana mic" {
			t.Errorf("in silence dan's slot carries %q, want the one who spoke last", got)
		}
		ben.audio.quiet.Store(false)
		began := time.Now()
		w.eventually("dan hears ben", func() bool {
			packets := dan.box(slot).all()
			return string(packets[len(packets)-1].Payload) == "ben"
		})
		if waited := time.Since(began); waited > 100*time.Millisecond {
			t.Errorf("ben was heard %v after he began to speak, want 100 ms at most", waited)
		}
		w.eventually("ben is the speaker", func() bool { return dan.speaker() == "ben" })

		eve := w.client("eve", clientOption{pairs: 1})
		eve.join("r")
		w.eventually("a late joiner is told who speaks", func() bool { return eve.speaker() == "ben" })
		ben.audio.off.Store(true)
		w.eventually("after a while nobody is the speaker", func() bool { return eve.speaker() == "" })
	})
}

// A slot that a view names is for that voice, loud or not, there or not yet; the
// others go on with the loudest.
func TestAVoiceThatIsAskedForIsHeardHoweverLoudOthersAre(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{publish: true})
		dan := w.client("dan", clientOption{pairs: 2})
		ben.audio.quiet.Store(true)
		for _, c := range []*client{ana, dan} {
			c.join("r")
		}
		first, second := dan.audioSlot(0), dan.audioSlot(1)
		hears := func(what, inFirst, inSecond string) {
			w.eventually(what, func() bool { return dan.carries(first) == inFirst && dan.carries(second) == inSecond })
		}
		hears("dan hears who speaks", "ana mic", "")
		view := func(views ...call.View) {
			if err := dan.peer.SetViews(views); err != nil {
				t.Fatal(err)
			}
		}
		view(call.View{MID: first, UserID: "ben", Stream: call.SourceMic})
		hears("ben is waited for, ana is heard beside", "", "ana mic")
		ben.join("r")
		hears("ben is heard, who is quiet", "ben mic", "ana mic")
		view(call.View{MID: first, UserID: "ana", Stream: call.SourceMic}, call.View{MID: second})
		hears("ana alone is heard", "ana mic", "")
		view()
		hears("the loudest are heard again", "ana mic", "ben mic")
		view(call.View{MID: first, UserID: "dan", Stream: call.SourceMic})
		hears("nobody hears oneself who sends nothing", "", "ana mic")
		for _, wrong := range []call.View{
			{MID: first, UserID: "ana", Stream: call.SourceCamera},
			{MID: dan.videoSlot(0), UserID: "ana", Stream: call.SourceMic},
			{MID: "77", UserID: "ana", Stream: call.SourceMic},
		} {
			if err := dan.peer.SetViews([]call.View{wrong}); call.CodeOf(err) != call.CodeInvalidParameter {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
	})
}
