package mediabench

import "google.golang.org/protobuf/encoding/protowire"

// fields is a protobuf message in the wire format: LiveKit's signaling needs
// half a dozen messages, for which its own package with all it depends on would
// be much.
type fields []byte

// text, number and message add a field.
func (f fields) text(number protowire.Number, value string) fields {
	return protowire.AppendString(protowire.AppendTag(f, number, protowire.BytesType), value)
}

func (f fields) number(number protowire.Number, value uint64) fields {
	return protowire.AppendVarint(protowire.AppendTag(f, number, protowire.VarintType), value)
}

func (f fields) message(number protowire.Number, value fields) fields {
	return protowire.AppendBytes(protowire.AppendTag(f, number, protowire.BytesType), value)
}

// each calls f for every field of a message: with its bytes, or its number.
func each(message []byte, f func(number protowire.Number, bytes []byte, value uint64)) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		var bytes []byte
		var value uint64
		switch kind {
		case protowire.BytesType:
			bytes, n = protowire.ConsumeBytes(message)
		case protowire.VarintType:
			value, n = protowire.ConsumeVarint(message)
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		f(number, bytes, value)
	}
	return nil
}
