package media

import (
	"errors"
	"fmt"
	"sync"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// replayWindow is how far back a packet may come and be taken (RFC 3711
// section 3.3.2), in packets of one stream.
const replayWindow = 512

// keys are the two directions of one SRTP session.
type keys struct {
	in *srtp.Context // guarded by link.reading

	mu     sync.Mutex // guards out and header
	out    *srtp.Context
	header rtp.Header // scratch
}

// newKeys takes the keys that a DTLS handshake agreed on.
func newKeys(session *dtls.Conn) (*keys, error) {
	state, ok := session.ConnectionState()
	if !ok {
		return nil, errors.New("the DTLS handshake left no state")
	}
	selected, ok := session.SelectedSRTPProtectionProfile()
	if !ok {
		return nil, errors.New("the DTLS handshake agreed on no SRTP profile")
	}
	c := srtp.Config{Profile: srtp.ProtectionProfile(selected)}
	if err := c.ExtractSessionKeysFromDTLS(&state, false); err != nil {
		return nil, fmt.Errorf("take the keys of SRTP: %w", err)
	}
	in, err := srtp.CreateContext(c.Keys.RemoteMasterKey, c.Keys.RemoteMasterSalt, c.Profile,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return nil, fmt.Errorf("prepare to decrypt: %w", err)
	}
	out, err := srtp.CreateContext(c.Keys.LocalMasterKey, c.Keys.LocalMasterSalt, c.Profile)
	if err != nil {
		return nil, fmt.Errorf("prepare to encrypt: %w", err)
	}
	return &keys{in: in, out: out}, nil
}

// sealRTP puts an encrypted packet into d and returns its length.
func (k *keys) sealRTP(d *datagram, h *rtp.Header, payload []byte) (int, error) {
	n, err := h.MarshalTo(d.buf[:])
	if err != nil {
		return 0, fmt.Errorf("encode a packet: %w", err)
	}
	if n+len(payload)+maxTag > len(d.buf) {
		return 0, errTooLarge
	}
	n += copy(d.buf[n:], payload)
	k.mu.Lock()
	defer k.mu.Unlock()
	sealed, err := k.out.EncryptRTP(d.buf[:n], d.buf[:n], &k.header)
	if err != nil {
		return 0, fmt.Errorf("encrypt a packet: %w", err)
	}
	d.n = len(sealed)
	return d.n, nil
}

// sealRTCP puts an encrypted compound packet into d.
func (k *keys) sealRTCP(d *datagram, plain []byte) error {
	if len(plain)+maxTag > len(d.buf) {
		return errTooLarge
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	sealed, err := k.out.EncryptRTCP(d.buf[:0], plain, nil)
	if err != nil {
		return fmt.Errorf("encrypt RTCP: %w", err)
	}
	d.n = copy(d.buf[:], sealed)
	return nil
}

// maxTag is the most that encryption adds: an authentication tag, and the index
// of SRTCP.
const maxTag = 16 + 4

var errTooLarge = errors.New("packet larger than the path takes")
