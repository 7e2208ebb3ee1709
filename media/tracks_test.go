package media_test

import (
	"log/slog"
	"net/netip"
	"testing"

	"callsvc/call"
	"callsvc/media"
)

func TestSoManyStreamsMayBePublished(t *testing.T) {
	e, err := media.New(media.Config{
		NodeIPs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, MaxTracks: 1,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	_, _, err = e.Join(call.JoinMedia{RoomID: "r", UserID: "ana", Offer: goodOffer(t, 1), Forward: true}, &events{})
	if call.CodeOf(err) != call.CodeSDP {
		t.Errorf("an offer of two streams where one is allowed: %v, want code %d", err, call.CodeSDP)
	}
	if s := e.Stats(); s.Peers != 0 {
		t.Errorf("%d peers are left of the refused one", s.Peers)
	}
}
