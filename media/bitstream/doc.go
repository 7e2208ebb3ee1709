// Package bitstream reads what video packets say of the frames they carry,
// without decoding any: the payload descriptors of VP8 (RFC 7741) and VP9 (RFC
// 9628), the NAL units of H.264 (RFC 6184), and AV1's aggregation header and
// dependency descriptor (AOM "RTP Payload Format for AV1").
//
// Whatever the codec, the answer is a [Frame]: whether a decoder can start with
// it, to which layer it belongs, and which [Targets] need it. A target is how
// much of a scalable stream a viewer gets. [Size] is that of the pictures, as
// keyframes tell it. What a forwarder changes is written in place: the
// [Counters] of VP8 and VP9, and a descriptor's frame number and decode targets.
//
// Everything here is a pure function of octets that strangers sent: nothing
// panics, nothing grows, and what cannot be understood is said to be so.
package bitstream
