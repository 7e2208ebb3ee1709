package bitstream_test

import (
	"testing"

	"callsvc/media/bitstream"
)

// vp9Keyframe reports whether a payload begins a key picture.
func vp9Keyframe(b []byte) bool {
	d, ok := bitstream.ParseVP9(b)
	return ok && d.Keyframe()
}

func TestKeyframesAreRecognised(t *testing.T) {
	for _, c := range []struct {
		name    string
		detect  func([]byte) bool
		payload []byte
		want    bool
	}{
		{"H264: a sequence parameter set alone", bitstream.H264Keyframe, []byte{0x67, 0x42, 0xe0}, true},
		{"H264: an aggregation that begins with one", bitstream.H264Keyframe, []byte{0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce}, true},
		{"H264: an aggregation with one behind a delimiter", bitstream.H264Keyframe, []byte{0x78, 0, 2, 0x09, 0xf0, 0, 2, 0x67, 0x42}, true},
		{"H264: an aggregation of other things", bitstream.H264Keyframe, []byte{0x78, 0, 2, 0x61, 0x42, 0, 2, 0x06, 0x42}, false},
		{"H264: an aggregation that lies about its sizes", bitstream.H264Keyframe, []byte{0x78, 0xff, 0xff, 0x67, 0x42}, false},
		{"H264: a slice of a predicted picture", bitstream.H264Keyframe, []byte{0x61, 0x9a}, false},
		{"H264: the middle of a fragmented one", bitstream.H264Keyframe, []byte{0x7c, 0x05, 1}, false},
		{"VP9: the beginning of a key picture", vp9Keyframe, []byte{0x8a, 0x81, 0x01, 0x82, 0x49}, true},
		{"VP9: a predicted picture", vp9Keyframe, []byte{0xca, 0x81, 0x01, 0x82}, false},
		{"VP9: the second packet of a key picture", vp9Keyframe, []byte{0x82, 0x81, 0x01, 0x82}, false},
		{"VP9: a higher spatial layer", vp9Keyframe, []byte{0xaa, 0x81, 0x01, 0x02, 0}, false},
		{"AV1: a new coded video sequence", bitstream.AV1Keyframe, []byte{0x18, 0x0a}, true},
		{"AV1: a fragment carried on", bitstream.AV1Keyframe, []byte{0x90, 0x0a}, false},
		{"AV1: an ordinary frame", bitstream.AV1Keyframe, []byte{0x10, 0x32}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.detect(c.payload); got != c.want {
				t.Errorf("keyframe: %t, want %t", got, c.want)
			}
		})
	}
}

func TestVP8DescriptorsAreRead(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload []byte
		id      uint16
		key, ok bool
	}{
		{"no extension, key frame", []byte{0x10, 0x00}, 0, true, true},
		{"no extension, delta frame", []byte{0x10, 0x01}, 0, false, true},
		{"second partition of a key frame", []byte{0x11, 0x00}, 0, false, true},
		{"short picture id", []byte{0x90, 0x80, 0x7f, 0x00}, 0x7f, true, true},
		{"long picture id, tl0, temporal id", []byte{0x90, 0xe0, 0xff, 0xfe, 9, 0x20, 0x00}, 0x7ffe, true, true},
		{"cut short in the picture id", []byte{0x90, 0x80, 0x80}, 0, false, false},
		{"nothing behind the descriptor", []byte{0x90, 0x40, 9}, 0, false, false},
		{"empty", nil, 0, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, ok := bitstream.ParseVP8(c.payload)
			if ok != c.ok || ok && (d.PictureID != c.id || d.Keyframe != c.key) {
				t.Errorf("picture id %d, key %t, ok %t", d.PictureID, d.Keyframe, ok)
			}
		})
	}
}

func TestHeightsAreReadFromKeyframes(t *testing.T) {
	vp8 := []byte{0x10, 0x50, 0x01, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x41} // scaling bits set
	baseline := []byte{0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x68, 0x0a, 0x02, 0xff, 0x95, 0x01}
	high := []byte{
		0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0x84, 0x00,
		0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c, 0x60, 0xc6, 0x58,
	}
	for _, c := range []struct {
		name    string
		read    func([]byte) (bitstream.Size, bool)
		payload []byte
		want    bitstream.Size
	}{
		{"VP8", bitstream.VP8Size, vp8, bitstream.Size{Width: 640, Height: 360}},
		{"VP8 without its start code", bitstream.VP8Size, make([]byte, 10), bitstream.Size{}},
		{"VP8 cut short", bitstream.VP8Size, vp8[:9], bitstream.Size{}},
		{"H264 baseline, eight lines cropped", bitstream.H264Size, baseline, bitstream.Size{Width: 640, Height: 360}},
		{"H264 high, aggregated behind a delimiter", bitstream.H264Size, append([]byte{0x78, 0, 2, 0x09, 0xf0, 0, 26}, high...), bitstream.Size{Width: 1920, Height: 1080}},
		{"H264 cut short", bitstream.H264Size, baseline[:8], bitstream.Size{}},
		{"H264 without a parameter set", bitstream.H264Size, []byte{0x65, 0x88, 0x84}, bitstream.Size{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.read(c.payload)
			if ok != (c.want != bitstream.Size{}) || ok && got != c.want {
				t.Errorf("%+v %t, want %+v", got, ok, c.want)
			}
		})
	}
}

func FuzzPayloads(f *testing.F) {
	f.Add([]byte{0x90, 0xe0, 0xff, 0xfe, 9, 0x20, 0x00}, uint16(7), uint8(3))
	f.Add([]byte{0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce}, uint16(1), uint8(1))
	f.Add([]byte{0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x68, 0x0a, 0x02, 0xff, 0x95, 0x01}, uint16(0), uint8(0))
	f.Add([]byte{0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0x84, 0, 0, 3, 0, 4, 0, 0, 3, 0, 0xf0, 0x3c, 0x60}, uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, id uint16, tl0 uint8) {
		bitstream.H264Keyframe(b)
		vp9Keyframe(b)
		bitstream.AV1Keyframe(b)
		bitstream.H264Size(b)
		bitstream.VP8Size(b)
		d, ok := bitstream.ParseVP8(b)
		if !ok {
			return
		}
		d.Write(b, id, tl0)
		again, ok := bitstream.ParseVP8(b)
		if !ok || again.Keyframe != d.Keyframe || again.PictureIDAt != d.PictureIDAt {
			t.Fatal("a rewritten descriptor cannot be read any more")
		}
		if got := again.PictureID; got != 0 && got != id&0x7fff && got != id&0x7f {
			t.Fatalf("picture id %d was written and %d read", id, got)
		}
	})
}
