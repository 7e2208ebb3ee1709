package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

// opusFrame is how much sound is in one Ogg page of the files played here.
const opusFrame = 20 * time.Millisecond

// reel is a film or a sound that begins again at its end.
type reel struct {
	source, mime string
	frames       [][]byte
	each         time.Duration // of one frame
}

// loadReels reads a film (IVF with VP8, keyframes inside) and a sound (Ogg
// with Opus, 20 ms in a page).
func loadReels(film, sound string) ([]*reel, error) {
	picture, err := load(film, readFilm)
	if err != nil {
		return nil, err
	}
	voice, err := load(sound, readSound)
	if err != nil {
		return nil, err
	}
	return []*reel{voice, picture}, nil
}

func load(path string, read func(io.Reader) (*reel, error)) (*reel, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(r.frames) == 0 || r.each <= 0 {
		return nil, fmt.Errorf("read %s: nothing in it", path)
	}
	return r, nil
}

func readFilm(f io.Reader) (*reel, error) {
	ivf, header, err := ivfreader.NewWith(f)
	if err != nil {
		return nil, err
	}
	r := &reel{source: "camera", mime: webrtc.MimeTypeVP8}
	r.each = time.Second * time.Duration(header.TimebaseNumerator) / time.Duration(max(header.TimebaseDenominator, 1))
	for {
		frame, _, err := ivf.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		r.frames = append(r.frames, frame)
	}
}

func readSound(f io.Reader) (*reel, error) {
	ogg, _, err := oggreader.NewWith(f)
	if err != nil {
		return nil, err
	}
	r := &reel{source: "mic", mime: webrtc.MimeTypeOpus, each: opusFrame}
	for {
		page, header, err := ogg.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		if header.GranulePosition > 0 { // not a page of headers
			r.frames = append(r.frames, page)
		}
	}
}

// play sends one frame after the other, from the time on when the transport is
// up until done is closed.
func (r *reel) play(track *webrtc.TrackLocalStaticSample, up, done <-chan struct{}) {
	select {
	case <-up:
	case <-done:
		return
	}
	tick := time.NewTicker(r.each)
	defer tick.Stop()
	for n := 0; ; n++ {
		frame := media.Sample{Data: r.frames[n%len(r.frames)], Duration: r.each}
		if track.WriteSample(frame) != nil {
			return // the PeerConnection is closed
		}
		select {
		case <-tick.C:
		case <-done:
			return
		}
	}
}
