// Package media is the SFU: it takes in what participants publish and forwards
// it to those who look or listen, without decoding anything.
//
// An [Engine] owns one UDP port and the DTLS certificate. For each room it runs
// a router, a single goroutine that knows who is in, who wants to see whom and
// who is loud. Every participant is a [Peer]: its client has one
// PeerConnection, whose offer the engine answers. The engine's end of it is a
// link: ICE finds the path, DTLS agrees on keys, and SRTP goes between the
// socket and the link directly. Where UDP is blocked the socket is a TCP
// connection of the link's own (RFC 6544), with a queue of its own; where that is
// blocked too, a relay of the engine's own TURN server (RFC 8656), which hands
// packets over in memory. The recvonly m-lines of the offer are receive
// slots; the router decides what each slot carries and changes it without
// renegotiating.
//
// The packets themselves never pass the router. A publication has one layer per
// RTP stream (more than one with simulcast, RFC 8853). The goroutine that reads
// the socket drops duplicates, remembers the packet in the layer's history and
// writes it to every slot of the layer, whose lock orders packets with who comes
// and goes and nobody contends for. A slot has its own SSRC for life; it rewrites
// sequence number, timestamp and VP8 picture id so that a switch from one
// publisher to another looks like one uninterrupted stream (RFC 3550, RFC
// 7741). Video switches on a keyframe. The history of a layer serves both the
// newcomer, who is sent everything since the last keyframe, and the answers to
// NACKs (RFC 4585, RFC 4588): a slot keeps only the offsets it applied.
//
// A publication is a ladder of rungs: its simulcast layers and, in scalable
// streams, the targets within them, each with height, bit rate and whether it is
// sent. Which rung a slot gets follows from the height of its tile and from an
// allocator that divides what the path takes; which encodings anybody may need is
// told to publishers. Packets of a scalable stream that a slot leaves out leave
// no gap in its numbers: each begins a new segment, a set of offsets, by which
// retransmissions find their packets too.
//
// What goes to one viewer is numbered over all slots. From the viewer's feedback
// an estimator of package bwe tells what the path takes, for the allocator and for
// the pacer, which holds back bursts of video on narrow paths; probes find the
// way up (docs/adr/0017). What a packet says of its frame is read by package bitstream.
//
// Of the service only this package knows pion. It knows nothing of invitations, names or
// websockets; rooms drive it through the ports of package call.
package media
