package media_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"callsvc/media"
)

// dialTCP opens a connection to a listener.
func dialTCP(t *testing.T, to net.Addr) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // a test may have closed it
	return conn
}

func TestAClientThatDoesNotReadDelaysNobody(t *testing.T) {
	l := media.NewTCPListener(t)
	slow, quick := dialTCP(t, l.Addr()), dialTCP(t, l.Addr())
	const packets = 20_000 // some 20 MB: more than a queue and the kernel's buffers take
	packet := bytes.Repeat([]byte{0x80}, 1000)
	for range packets {
		l.Send(t, slow.LocalAddr(), packet) // returns at once, or the test never ends
	}
	if l.Dropped() == 0 {
		t.Error("nothing was dropped for a client that reads nothing")
	}
	l.Send(t, quick.LocalAddr(), packet)
	got := make([]byte, 2+len(packet))
	if _, err := io.ReadFull(quick, got); err != nil {
		t.Fatal(err)
	}
	if n := binary.BigEndian.Uint16(got); int(n) != len(packet) || !bytes.Equal(got[2:], packet) {
		t.Errorf("the one that reads got a frame of %d bytes: % x…", n, got[:8])
	}
}

func TestAnAddressHasSoManyTCPConnections(t *testing.T) {
	l := media.NewTCPListener(t)
	for range media.MaxTCPConnsPerAddress {
		dialTCP(t, l.Addr())
		l.Accepted()
	}
	beyond := dialTCP(t, l.Addr())
	if n, err := beyond.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes from a connection that should be refused", n)
	}
	if got := l.Refused(); got != 1 {
		t.Errorf("%d connections were refused, want 1", got)
	}
}

func TestAStrangerDoesNotHoldUpTheEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := newEngineWith(t, listener)
	stranger := dialTCP(t, listener.Addr())
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := stranger.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes after the engine was closed", n)
	}
}

func TestMediaStaysOutOfWhatICEReads(t *testing.T) {
	frame := func(first byte, n int) []byte {
		b := binary.BigEndian.AppendUint16(nil, uint16(n))
		return append(b, bytes.Repeat([]byte{first}, n)...)
	}
	check, rtp, dtls := frame(0, 20), frame(0x80, 100), frame(22, 60)
	got, err := media.ReadTCP(bytes.Join([][]byte{check, rtp, rtp, dtls, rtp}, nil))
	if err != io.EOF {
		t.Error(err)
	}
	if want := append(check, dtls...); !bytes.Equal(got, want) {
		t.Errorf("got % x\nwant % x", got, want)
	}
	if _, err := media.ReadTCP(frame(0, 1501)); err == nil || err == io.EOF {
		t.Errorf("a frame of 1501 bytes: %v", err)
	}
}

func FuzzTCPFrames(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 0, 2, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, stream []byte) {
		got, err := media.ReadTCP(stream)
		if err == nil {
			t.Fatal("no end")
		}
		// What ICE gets is frames again, and none is media.
		again, _ := media.ReadTCP(got)
		if !bytes.Equal(got, again) {
			t.Errorf("read % x, and again % x", got, again)
		}
	})
}
