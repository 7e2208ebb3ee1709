package bwe

import (
	"encoding/binary"
	"errors"
)

// The numbers of transport-wide feedback (RFC 4585 section 6.1,
// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
const (
	rtpfbType         = 205
	transportCCFormat = 15

	transportCCHeader = 20               // octets before the first chunk
	referenceUnit     = 64e6             // nanoseconds
	deltaUnit         = 250_000          // nanoseconds
	referenceBits     = 24               // of the reference time, which wraps
	maxFeedback       = departuresAtMost // packets one message may speak of
)

// NoArrival is the arrival of a packet that had not come.
const NoArrival = -1 << 63

// Feedback is what one message of a viewer says: packet Base+i came at
// Arrivals[i], in nanoseconds of a clock of the viewer's own that begins
// anywhere, or NoArrival. It is reused from message to message.
type Feedback struct {
	Base     uint16
	Arrivals []int64
	clock    int64 // reference time of the last message, unwrapped, in its unit
	number   uint8 // of the last message
	missed   bool  // the one before it did not come
	started  bool
}

var errFeedback = errors.New("transport-wide feedback is malformed")

// IsFeedback reports whether an RTCP packet is transport-wide feedback.
func IsFeedback(b []byte) bool {
	return len(b) >= 4 && b[1] == rtpfbType && b[0]&0x1f == transportCCFormat
}

// Parse reads one RTCP packet. It allocates only until arrivals has grown.
func (f *Feedback) Parse(b []byte) error {
	if len(b) < transportCCHeader || !IsFeedback(b) {
		return errFeedback
	}
	if b[0]&0x20 != 0 { // padding
		size := int(b[len(b)-1])
		if size == 0 || size > len(b)-transportCCHeader {
			return errFeedback
		}
		b = b[:len(b)-size]
	}
	count := int(binary.BigEndian.Uint16(b[14:]))
	if count > maxFeedback {
		return errFeedback
	}
	number := b[19]
	f.missed, f.number = f.started && number != f.number+1, number
	f.Base = binary.BigEndian.Uint16(b[12:])
	reference := f.unwrap(binary.BigEndian.Uint32(b[16:]) >> 8)
	deltas, err := f.readChunks(b[transportCCHeader:], count)
	if err != nil {
		return err
	}
	return f.readDeltas(deltas, reference)
}

// unwrap takes the 24 bits of a reference time.
func (f *Feedback) unwrap(bits uint32) int64 {
	if !f.started {
		f.started, f.clock = true, int64(bits)
		return f.clock * referenceUnit
	}
	const spare = 32 - referenceBits
	f.clock += int64(int32((bits-uint32(f.clock))<<spare) >> spare)
	return f.clock * referenceUnit
}

// The symbols of packet status chunks. A packet that came is followed by a
// delta of one octet or two.
const (
	symbolLost = iota
	symbolSmall
	symbolLarge
)

// readChunks leaves in arrivals, for each packet, its symbol, and returns the
// octets behind the chunks.
func (f *Feedback) readChunks(b []byte, count int) ([]byte, error) {
	f.Arrivals = f.Arrivals[:0]
	for len(f.Arrivals) < count {
		if len(b) < 2 {
			return nil, errFeedback
		}
		chunk := binary.BigEndian.Uint16(b)
		b = b[2:]
		left := count - len(f.Arrivals)
		switch {
		case chunk&0x8000 == 0: // run length
			for range min(int(chunk&0x1fff), left) {
				f.Arrivals = append(f.Arrivals, int64(chunk>>13&3))
			}
			if chunk&0x1fff == 0 {
				return nil, errFeedback // it would go on for ever
			}
		case chunk&0x4000 == 0: // fourteen symbols of one bit
			for i := range min(14, left) {
				f.Arrivals = append(f.Arrivals, int64(chunk>>(13-i)&1))
			}
		default: // seven symbols of two bits
			for i := range min(7, left) {
				f.Arrivals = append(f.Arrivals, int64(chunk>>(12-2*i)&3))
			}
		}
	}
	return b, nil
}

// readDeltas turns symbols into times.
func (f *Feedback) readDeltas(b []byte, at int64) error {
	for i, symbol := range f.Arrivals {
		switch {
		case symbol == symbolLost:
			f.Arrivals[i] = NoArrival
			continue
		case symbol == symbolSmall && len(b) >= 1:
			at += int64(b[0]) * deltaUnit
			b = b[1:]
		case symbol == symbolLarge && len(b) >= 2:
			at += int64(int16(binary.BigEndian.Uint16(b))) * deltaUnit
			b = b[2:]
		default:
			return errFeedback // cut short, or the reserved symbol
		}
		f.Arrivals[i] = at
	}
	return nil
}
