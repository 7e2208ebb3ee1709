package bitstream

// bitReader reads numbers of any width, most significant bit first. Reading
// beyond the end yields zeros and is remembered.
type bitReader struct {
	b     []byte
	at    int // in bits
	short bool
}

// bits reads an unsigned number of n bits, at most 32.
func (r *bitReader) bits(n int) uint32 {
	if r.at+n > 8*len(r.b) {
		r.at, r.short = 8*len(r.b), true
		return 0
	}
	var v uint32
	for range n {
		v = v<<1 | uint32(r.b[r.at>>3]>>(7-r.at&7)&1)
		r.at++
	}
	return v
}

func (r *bitReader) flag() bool { return r.bits(1) != 0 }

// expGolomb reads ue(v) of ITU-T H.264 section 9.1.
func (r *bitReader) expGolomb() uint32 {
	zeros := 0
	for !r.flag() {
		if zeros++; r.short || zeros > 31 {
			r.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.bits(zeros)
}

// signedExpGolomb reads se(v) of ITU-T H.264 section 9.1.1.
func (r *bitReader) signedExpGolomb() int32 {
	v := r.expGolomb()
	if v&1 != 0 {
		return int32(v/2 + 1)
	}
	return -int32(v / 2)
}

// nonSymmetric reads ns(n) of the AV1 specification section 4.10.7: a number
// below n in as few bits as it needs.
func (r *bitReader) nonSymmetric(n uint32) uint32 {
	w := 0
	for x := n; x != 0; x >>= 1 {
		w++
	}
	short := uint32(1)<<w - n
	v := r.bits(w - 1)
	if v < short {
		return v
	}
	return v<<1 - short + r.bits(1)
}

// putBits writes a number of n bits at a position.
func putBits(b []byte, at, n int, v uint32) {
	for i := range n {
		bit := byte(v >> (n - 1 - i) & 1)
		p := at + i
		b[p>>3] = b[p>>3]&^(1<<(7-p&7)) | bit<<(7-p&7)
	}
}

// shiftBits moves the bits from a position to the end by some bits towards the end.
func shiftBits(b []byte, from, end, by int) {
	for i := end - 1; i >= from; i-- {
		putBits(b, i+by, 1, uint32(b[i>>3]>>(7-i&7)&1))
	}
}
