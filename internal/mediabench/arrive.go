package mediabench

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

const (
	mediaTimeout = 30 * time.Second // from joining to the first packet, and for all to have begun
	mostNamed    = 5                // of those who have not, in an error
)

// arrival is what has begun of one participant's media.
type arrival struct {
	media, picture            chan time.Time // when the first packet came, and the first of a keyframe
	sawMedia, sawPicture      atomic.Bool
	voices, pictures, sending atomic.Int32  // streams that come, and tracks that go
	more                      chan struct{} // tells that one of them has grown
}

func newArrival() *arrival {
	return &arrival{media: make(chan time.Time, 1), picture: make(chan time.Time, 1), more: make(chan struct{}, 1)}
}

// saw notes when something came for the first time.
func (a *arrival) saw(t tail) {
	if !a.sawMedia.Swap(true) {
		a.media <- time.Now()
	}
	if t.key && !a.sawPicture.Swap(true) {
		a.picture <- time.Now()
	}
}

// receives counts a stream that has begun to come.
func (a *arrival) receives(video bool) {
	if video {
		a.grow(&a.pictures)
	} else {
		a.grow(&a.voices)
	}
}

// sends counts a track that has begun to go.
func (a *arrival) sends() { a.grow(&a.sending) }

func (a *arrival) grow(n *atomic.Int32) {
	n.Add(1)
	select {
	case a.more <- struct{}{}:
	default: // it is told already
	}
}

// wanted is what a participant is to have at least.
type wanted struct{ voices, pictures, sending int }

// await waits until a participant has all, and returns what is lacking when ctx
// ends before; one goroutine may.
func (a *arrival) await(ctx context.Context, w wanted) (lacking string) {
	for {
		if lacking = a.lacks(w); lacking == "" {
			return ""
		}
		select {
		case <-a.more:
		case <-ctx.Done():
			return lacking
		}
	}
}

func (a *arrival) lacks(w wanted) string {
	var lacking []string
	for _, of := range []struct {
		has  int32
		want int
		what string
	}{
		{a.sending.Load(), w.sending, "sends %d of %d tracks"},
		{a.voices.Load(), w.voices, "gets %d of %d voices"},
		{a.pictures.Load(), w.pictures, "gets %d of %d pictures"},
	} {
		if int(of.has) < of.want {
			lacking = append(lacking, fmt.Sprintf(of.what, of.has, of.want))
		}
	}
	return strings.Join(lacking, ", ")
}

// begin waits until everybody who joined sends and gets what they are to. Who
// does not within mediaTimeout is in the report; who could not join is already.
func (r *run) begin(ctx context.Context) {
	r.mu.Lock()
	joined := r.joined
	r.mu.Unlock()
	begun, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	rooms := published(joined)
	var late []string
	for _, p := range joined {
		if lacking := p.arrival.await(begun, p.wants(rooms[p.room])); lacking != "" {
			late = append(late, p.user+" "+lacking)
		}
	}
	if len(late) > 0 && ctx.Err() == nil {
		r.failed("not all was there after %s: %s", mediaTimeout, names(late))
	}
}

// names lists a few, and says how many there are besides.
func names(of []string) string {
	more := len(of) - mostNamed
	if more <= 0 {
		return strings.Join(of, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(of[:mostNamed], "; "), more)
}

// published is what those who joined publish, by room.
func published(joined []*participant) map[string]wanted {
	rooms := map[string]wanted{}
	for _, p := range joined {
		room, own := rooms[p.room], p.publishes()
		rooms[p.room] = wanted{voices: room.voices + own.voices, pictures: room.pictures + own.pictures}
	}
	return rooms
}

// publishes is what others can get of p. Who is silent is not counted: a server
// may leave that out.
func (p *participant) publishes() (w wanted) {
	for _, t := range p.tracks {
		switch {
		case t.video:
			w.pictures++
		case !t.silent:
			w.voices++
		}
	}
	return w
}

// wants is what p is to have of what is published in its room.
func (p *participant) wants(room wanted) wanted {
	own := p.publishes()
	return wanted{
		voices:   min(p.audioSlots, room.voices-own.voices),
		pictures: min(p.videoSlots, room.pictures-own.pictures),
		sending:  len(p.tracks),
	}
}
