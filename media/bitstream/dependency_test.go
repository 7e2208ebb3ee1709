package bitstream

import (
	"encoding/binary"
	"encoding/hex"
	"testing"
)

// octets reads what is written in hexadecimal digits here.
func octets(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func FuzzDescriptors(f *testing.F) {
	structured := []string{ // three spatial and three temporal layers, nested and not
		"850001a0a85965eaaaa1c71c104102aa801c700104002a0001c0001000804f802c809f8059813f80b3d55540",
		"850001a0a85965ea0001c000100002a0001c000100002a0001c0001000804f802c809f8059813f80b3d55540",
	}
	f.Add(octets(structured[0]), octets("880002"), uint8(5))
	f.Add(octets(structured[1]), octets("86017340fc"), uint8(0))
	f.Fuzz(func(t *testing.T, first, second []byte, x uint8) {
		var structure *Structure
		var to [MaxRewritten]byte
		for _, b := range [][]byte{first, second} {
			before := structure
			d, now, ok := structure.Read(b)
			if structure = now; !ok {
				continue
			}
			if structure == before && !d.Mask.present {
				continue
			}
			active := structure.ActiveFor(Target(x) & Everything)
			n := RewriteDescriptor(to[:], b, 77, d.Mask, true, active)
			again, after, ok := before.Read(to[:n])
			if !ok {
				if n > MaxDescriptor {
					continue
				}
				t.Fatalf("% x became % x, which cannot be read", b, to[:n])
			}
			if again.Number != 77 || again.Layer != d.Layer || after.active != active {
				t.Fatalf("frame %d of %s with %b active became %d of %s with %b", d.Number, d.Layer, active, again.Number, again.Layer, after.active)
			}
			if binary.BigEndian.Uint16(to[1:]) != 77 {
				t.Fatal("the frame number is elsewhere")
			}
		}
	})
}
