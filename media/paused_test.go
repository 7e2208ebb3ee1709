package media_test

import (
	"regexp"
	"strings"
	"testing"

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
