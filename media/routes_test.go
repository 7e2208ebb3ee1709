package media_test

import (
	"net/netip"
	"testing"

	"callsvc/media"

	"github.com/pion/ice/v4"
)

func TestWhoseMediaComesFromAnAddress(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(r *media.Routes, from ice.Candidate)
		want string
	}{
		{"nobody was heard from there", func(*media.Routes, ice.Candidate) {}, ""},
		{"a client may send from what it has checked", func(r *media.Routes, from ice.Candidate) {
			r.Checked("ana", from)
		}, "ana"},
		{"a check with a forged sender takes nothing from another", func(r *media.Routes, from ice.Candidate) {
			r.Selected("ana", from)
			r.Checked("eve", from)
		}, "ana"},
		{"a path that was proved both ways wins over a claim", func(r *media.Routes, from ice.Candidate) {
			r.Checked("eve", from)
			r.Selected("ana", from)
		}, "ana"},
		{"one claims no more than a few addresses", func(r *media.Routes, from ice.Candidate) {
			for port := range 100 {
				r.Checked("eve", candidate(t, 2000+port))
			}
			r.Checked("eve", from)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := media.NewRoutes()
			tt.do(r, candidate(t, 1000))
			if got := r.Owner(netip.MustParseAddrPort("192.0.2.1:1000")); got != tt.want {
				t.Errorf("it is %q's, want %q", got, tt.want)
			}
		})
	}
}

func candidate(t *testing.T, port int) ice.Candidate {
	t.Helper()
	c, err := ice.NewCandidatePeerReflexive(&ice.CandidatePeerReflexiveConfig{Network: "udp", Address: "192.0.2.1", Port: port, Component: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
