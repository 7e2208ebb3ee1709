package media

import (
	"callsvc/media/bitstream"

	"github.com/pion/rtp"
)

// describer writes the dependency descriptors of a slot's packets. A descriptor
// with a structure is too long for header extensions of the one-octet form, so
// packets that have one use the other (RFC 8285 section 4.3).
type describer struct {
	id  uint8
	h   rtp.Header
	buf [bitstream.MaxRewritten]byte
}

// newDescriber makes one for a binding; number is the slot's transport-wide
// sequence number.
func newDescriber(b binding, number []byte) *describer {
	d := &describer{id: b.dependencyID}
	d.h = rtp.Header{Version: 2, Extension: true, ExtensionProfile: rtp.ExtensionProfileTwoByte}
	if b.transportCC != 0 && d.h.SetExtension(b.transportCC, number) != nil {
		return nil
	}
	if d.h.SetExtension(d.id, d.buf[:bitstream.MandatorySize]) != nil {
		return nil
	}
	return d
}

// header is a header with the descriptor of a packet, as it is in a segment. It
// is valid until the next call; nil if it cannot be written. The slot's lock is held.
func (d *describer) header(g *segment, p *packet) *rtp.Header {
	restrict, active := p.structure != nil && g.target != bitstream.Everything, uint32(0)
	if restrict {
		active = p.structure.ActiveFor(g.target)
	}
	n := bitstream.RewriteDescriptor(d.buf[:], p.descriptor, p.frameNumber+g.frame, p.mask, restrict, active)
	if n > bitstream.MaxDescriptor { // no room for the mask, which is optional
		n = bitstream.RewriteDescriptor(d.buf[:], p.descriptor, p.frameNumber+g.frame, p.mask, false, 0)
	}
	if n == 0 || d.h.SetExtension(d.id, d.buf[:n]) != nil {
		return nil
	}
	return &d.h
}
