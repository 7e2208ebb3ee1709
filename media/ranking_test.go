package media

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// talk is what somebody of one letter says: a digit is how loud they are in a
// tick, in steps of 5 dB over what counts as silence, a space is silence.
type talk struct {
	who      string
	loudness string
}

// listenTo returns, for each tick, who is heard in how many slots, and who is the speaker.
func listenTo(talks []talk, slots int) (heard, speakers []string) {
	meters := make([]loudness, len(talks))
	order := make([]voice[string], len(talks))
	for i, t := range talks {
		order[i].who = t.who
	}
	speaker, outvoted := "", 0
	for tick := range len(talks[0].loudness) {
		for i, t := range talks {
			if c := t.loudness[tick]; c != ' ' {
				meters[i].hear(&packet{hasLevel: true, level: uint8(127 - silence - 5*int(c-'0'))})
			}
			meters[i].listen()
		}
		for i := range order {
			at := strings.Index(names(talks), order[i].who)
			m := &meters[at]
			order[i].loudness, order[i].voiced, order[i].quiet = m.strength, m.voiced, m.quiet
		}
		rankVoices(order)
		first := ""
		for _, v := range order[:slots] {
			first += v.who
		}
		heard = append(heard, first)
		if order[0].who != speaker && order[0].speaking() {
			outvoted++
		} else {
			outvoted = 0
		}
		if next := nextSpeaker(speaker, order, outvoted); next != speaker {
			speaker, outvoted = next, 0
		}
		speakers = append(speakers, speaker)
	}
	return heard, speakers
}

func names(talks []talk) (all string) {
	for _, t := range talks {
		all += t.who
	}
	return all
}

// runs joins equal neighbours: a, a, b becomes "a b".
func runs(list []string) string {
	var out []string
	for i, s := range list {
		if i == 0 || s != list[i-1] {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func TestWhoIsHeardAndWhoIsTheSpeaker(t *testing.T) {
	pause := strings.Repeat(" ", 10)
	for _, c := range []struct {
		name            string
		slots           int
		talks           []talk
		heard, speakers string
	}{
		{
			"one after the other", 1,
			[]talk{{"a", "333333    " + pause}, {"b", "          3333333333"}, {"c", pause + pause}},
			"a b", " a b",
		},
		{
			"a cough makes nobody the speaker", 2,
			[]talk{{"a", "33333333333333333333"}, {"b", "       3            "}, {"c", pause + pause}},
			"ab", " a",
		},
		{
			"two who speak at once do not take turns", 1,
			[]talk{{"a", "33333333333333333333"}, {"b", "  434343434343434343"}},
			"a", " a",
		},
		{
			"who is clearly louder is heard at once, and is the speaker after a second", 1,
			[]talk{{"a", "22222222222222222222"}, {"b", "     555555555555555"}},
			"a b", " a b",
		},
		{
			"a breath keeps the place", 2,
			[]talk{{"a", "333  333  333  333  "}, {"b", "3 33 33 3 33 33 3 33"}, {"c", " 1  2  1  2  1  2  1"}},
			"ab", " a",
		},
		{
			"with everybody silent nobody is the speaker after a while", 1,
			[]talk{{"a", "333333" + pause + pause + pause + pause}, {"b", "      " + pause + pause + pause + pause}},
			"a", " a ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			heard, speakers := listenTo(c.talks, c.slots)
			if got := runs(heard); got != c.heard {
				t.Errorf("heard %q, want %q", got, c.heard)
			}
			if got := runs(speakers); got != c.speakers {
				t.Errorf("the speaker is %q, want %q", got, c.speakers)
			}
		})
	}
}

func TestAVoiceThatBeginsAmongSilentOnesIsHeardInItsFirstTick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(4, 50).Draw(t, "people")
		speaker := rapid.IntRange(0, people-1).Draw(t, "speaker")
		order := make([]voice[int], people)
		for i := range order {
			order[i] = voice[int]{who: i, loudness: rapid.IntRange(0, 127).Draw(t, "echo of what was said")}
			if i == speaker {
				order[i].voiced, order[i].loudness = 1, silence
			}
		}
		rankVoices(order)
		if order[0].who != speaker {
			t.Fatalf("%d is first, want %d, who alone speaks", order[0].who, speaker)
		}
	})
}

func TestRankingLosesNobodyAndSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := make([]voice[int], rapid.IntRange(0, 40).Draw(t, "people"))
		for i := range order {
			order[i] = voice[int]{who: i, loudness: rapid.IntRange(0, 127).Draw(t, "loudness"), voiced: rapid.IntRange(0, 2).Draw(t, "voiced")}
		}
		rankVoices(order)
		seen := map[int]bool{}
		silent := false
		for _, v := range order {
			seen[v.who] = true
			silent = silent || !v.speaking()
			if silent && v.speaking() {
				t.Fatal("one who speaks is behind one who is silent")
			}
		}
		if len(seen) != len(order) {
			t.Fatalf("%d of %d are left", len(seen), len(order))
		}
		for range order { // the order of who speaks changes no more, at the latest after a few looks
			rankVoices(order)
		}
		before := append([]voice[int](nil), order...)
		rankVoices(order)
		for i := range order {
			if order[i].who != before[i].who {
				t.Fatalf("place %d is taken in turns", i)
			}
		}
	})
}

func TestAVoiceWithoutLevelsIsHeardByItsPackets(t *testing.T) {
	var l loudness
	if l.hear(&packet{payload: make([]byte, 3)}) {
		t.Error("a packet of silence counts as a voice")
	}
	if !l.hear(&packet{payload: make([]byte, 80)}) {
		t.Error("a packet of speech does not count as a voice")
	}
}

func BenchmarkRankVoices(b *testing.B) {
	order := make([]voice[int], 1000)
	for i := range order {
		order[i].who = i
		if i%100 == 0 {
			order[i].voiced, order[i].loudness = 1, silence+i/50
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		rankVoices(order)
	}
}
