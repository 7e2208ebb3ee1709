package bitstream

import "encoding/binary"

// Size is that of a stream's pictures in pixels, as the last keyframe said
// it; zero if none did.
type Size struct{ Width, Height uint16 }

// VP8Size reads the beginning of a VP8 key frame (RFC 6386 section 9.1), which
// the payload descriptor is not part of.
func VP8Size(frame []byte) (Size, bool) {
	const tag, startCode = 3, 3
	if len(frame) < tag+startCode+4 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a {
		return Size{}, false
	}
	const scaling = 0xc000 // of the decoder's output: two bits above the size
	return Size{
		binary.LittleEndian.Uint16(frame[6:]) &^ scaling,
		binary.LittleEndian.Uint16(frame[8:]) &^ scaling,
	}, true
}

// maxSPS bounds what is read of a sequence parameter set: the size stands in
// the first few dozen octets, behind scaling lists at most.
const maxSPS = 256

// H264Size finds the size in the sequence parameter set of an H.264 payload.
func H264Size(payload []byte) (Size, bool) {
	sps := h264ParameterSet(payload)
	if sps == nil {
		return Size{}, false
	}
	var buf [maxSPS]byte
	r := bitReader{b: buf[:unescape(buf[:], sps[1:])]}
	size := readSPS(&r)
	return size, !r.short && size.Width > 0 && size.Height > 0
}

// h264ParameterSet is the sequence parameter set in a payload (RFC 6184
// sections 5.6 and 5.7), nil if there is none in one piece.
func h264ParameterSet(payload []byte) []byte {
	if len(payload) < 2 {
		return nil
	}
	switch payload[0] & 0x1f {
	case nalSPS:
		return payload
	case nalSTAPA:
		for units := payload[1:]; len(units) > 2; {
			size := int(binary.BigEndian.Uint16(units))
			if size == 0 || size > len(units)-2 {
				return nil
			}
			if units[2]&0x1f == nalSPS {
				return units[2 : 2+size]
			}
			units = units[2+size:]
		}
	}
	return nil
}

// unescape copies the octets of a NAL unit without those that keep start codes
// out of it (ITU-T H.264 section 7.4.1.1).
func unescape(to, from []byte) int {
	n, zeros := 0, 0
	for _, octet := range from {
		if zeros >= 2 && octet == 3 {
			zeros = 0
			continue
		}
		if n == len(to) {
			break
		}
		to[n] = octet
		n++
		if zeros++; octet != 0 {
			zeros = 0
		}
	}
	return n
}

// readSPS reads seq_parameter_set_data (ITU-T H.264 section 7.3.2.1.1) as far
// as the size.
func readSPS(r *bitReader) Size {
	profile := r.bits(8)
	r.bits(16)    // constraints, level
	r.expGolomb() // seq_parameter_set_id
	chroma := uint32(1)
	if highProfile(profile) {
		chroma = readChroma(r)
	}
	r.expGolomb() // log2_max_frame_num_minus4
	switch r.expGolomb() {
	case 0:
		r.expGolomb() // log2_max_pic_order_cnt_lsb_minus4
	case 1:
		r.flag() // delta_pic_order_always_zero_flag
		r.signedExpGolomb()
		r.signedExpGolomb()
		for n := r.expGolomb(); n > 0 && !r.short; n-- {
			r.signedExpGolomb()
		}
	}
	r.expGolomb() // max_num_ref_frames
	r.flag()      // gaps_in_frame_num_value_allowed_flag
	width, units := r.expGolomb()+1, r.expGolomb()+1
	fields := uint32(2)
	if r.flag() { // frame_mbs_only_flag
		fields = 1
	} else {
		r.flag() // mb_adaptive_frame_field_flag
	}
	r.flag() // direct_8x8_inference_flag
	width, height := 16*width, 16*units*fields
	if r.flag() { // frame_cropping_flag
		cropX, cropY := uint32(1), fields
		if chroma == 1 || chroma == 2 {
			cropX = 2
		}
		if chroma == 1 {
			cropY *= 2
		}
		width -= cropX * (r.expGolomb() + r.expGolomb())
		height -= cropY * (r.expGolomb() + r.expGolomb())
	}
	if width > 0xffff || height > 0xffff {
		return Size{}
	}
	return Size{uint16(width), uint16(height)}
}

// highProfile reports whether a profile says more about colour.
func highProfile(profile uint32) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// readChroma reads what the high profiles say of colour and scaling, and
// returns the format of the chroma samples.
func readChroma(r *bitReader) uint32 {
	chroma := r.expGolomb()
	lists := 8
	if chroma == 3 {
		r.flag() // separate_colour_plane_flag
		lists = 12
	}
	r.expGolomb() // bit_depth_luma_minus8
	r.expGolomb() // bit_depth_chroma_minus8
	r.flag()      // qpprime_y_zero_transform_bypass_flag
	if !r.flag() {
		return chroma
	}
	for i := range lists { // seq_scaling_list_present_flag
		if !r.flag() {
			continue
		}
		size, last, next := 16, int32(8), int32(8)
		if i >= 6 {
			size = 64
		}
		for range size {
			if next != 0 {
				next = (last + r.signedExpGolomb() + 256) % 256
			}
			if next != 0 {
				last = next
			}
		}
	}
	return chroma
}
