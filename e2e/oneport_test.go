package e2e_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsvc/internal/testkit"

	"github.com/gorilla/websocket"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	serverHost, clientHost = "10.79.0.1", "10.79.0.2"
	// oneServer tells a process in the clients' network where to find the server.
	oneServer = "CALLSVC_ONE_PORT"
)

// Two networks of the kernel's own, with a cable between them that lets through
// TCP port 443 and nothing else: the page's certificate, the connection, TURN over
// TLS and ICE over TCP all get by. One of two goes by either way; both hear each
// other. The clients are another process, this test once more.
func TestOnePortIsEnough(t *testing.T) {
	if server := os.Getenv(oneServer); server != "" {
		bothHear(t, server)
		return
	}
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	if os.Getuid() != 0 {
		t.Skip("only root may make network namespaces")
	}
	home, abroad := newNetwork(t), newNetwork(t)
	home.run(t, "ip", "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", abroad.pid)
	for n, host := range map[network]string{home: serverHost, abroad: clientHost} {
		n.run(t, "ip", "address", "add", host+"/24", "dev", "cable")
		n.run(t, "ip", "link", "set", "cable", "up")
		n.run(t, "ip", "link", "set", "lo", "up")
	}
	home.run(t, "nft", "table inet door { chain in { type filter hook input priority 0; iifname cable tcp dport 443 accept; iifname cable drop; }; }")
	abroad.run(t, "nft", "table inet door { chain in { type filter hook input priority 0; iifname cable tcp sport 443 accept; iifname cable drop; }; }")

	chain, key := certificateOf(t, serverHost)
	server := home.command(build(t), "serve", "--dev", "--listen="+serverHost+":443", "--node-ip="+serverHost, "--data="+t.TempDir(),
		"--tls-certificate="+chain, "--tls-key="+key, "--turn-domain="+serverHost,
		"--turn-tls-port=443", "--turn-tcp-port=443", "--tcp-port=443", "--log-format=json", "--drain-timeout=0s")
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	log := &processLog{addr: make(chan string, 1), over: make(chan struct{})}
	go log.read(stderr)
	s := &process{cmd: server, log: log}
	defer s.stop(t)
	select {
	case <-log.addr:
	case <-log.over:
		t.Fatalf("the server does not start:\n%s", log)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	clients := abroad.command(self, "-test.run=^TestOnePortIsEnough$", "-test.v")
	clients.Env = append(os.Environ(), oneServer+"=https://"+serverHost, "SSL_CERT_FILE="+chain)
	if out, err := clients.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Errorf("the clients: %v\n%s\nthe server:\n%s", err, out, log)
	}
}

// network is a network namespace, held open by a process.
type network struct{ pid string }

func newNetwork(t *testing.T) network {
	t.Helper()
	// cat says that it is there by giving back what it is given, from inside.
	holder := exec.CommandContext(t.Context(), "unshare", "-n", "cat")
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()    // which ends it
		_ = holder.Wait() // says that it was killed, if the test was given up
	})
	if _, err := in.Write([]byte("?")); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return network{fmt.Sprint(holder.Process.Pid)}
}

// command is one that runs in the network.
func (n network) command(name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--net=/proc/" + n.pid + "/ns/net", name}, args...)...)
}

func (n network) run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := n.command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
}

// certificateOf makes a certificate of an address, good for an hour.
func certificateOf(t *testing.T, host string) (chain, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.ParseIP(host)}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	chain, key = filepath.Join(t.TempDir(), "chain.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, block := range map[string]*pem.Block{chain: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return chain, key
}

// bothHear lets two into a room, one by TURN over TLS, one by ICE over TCP, and
// waits until each has heard the other.
func bothHear(t *testing.T, server string) {
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	heard := make(chan string, 1000)
	for user, turn := range map[string]bool{"ana": true, "bo": false} {
		pc := talk(ctx, t, server, user, turn, heard)
		defer pc.Close()
	}
	for waiting := map[string]bool{"ana": true, "bo": true}; len(waiting) > 0; {
		select {
		case who := <-heard:
			delete(waiting, who)
		case <-ctx.Done():
			t.Fatalf("%v hear nothing", waiting)
		}
	}
}

// talk enters the room and speaks. Who hears something is sent to heard.
func talk(ctx context.Context, t *testing.T, server, user string, turn bool, heard chan<- string) *webrtc.PeerConnection {
	t.Helper()
	query := url.Values{"token": {testkit.JWT(testkit.DevSecret, roomClaims(user))}}
	dialer := &websocket.Dialer{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}
	c, err := testkit.DialOver(ctx, dialer, strings.Replace(server, "https", "wss", 1)+"/ws?"+query.Encode(), http.Header{}, func(event) {}, func(testkit.P) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	config, settings := webrtc.Configuration{}, webrtc.SettingEngine{}
	if turn {
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
		for _, s := range c.Welcome.List("iceServers") {
			for _, u := range s["urls"].([]any) {
				if strings.HasPrefix(u.(string), "turns:") {
					config.ICEServers = append(config.ICEServers, webrtc.ICEServer{URLs: []string{u.(string)}, Username: s.Str("username"), Credential: s.Str("credential")})
				}
			}
		}
	} else {
		settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(config)
	if err != nil {
		t.Fatal(err)
	}
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "mic", user)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := remote.ReadRTP(); err == nil {
			heard <- user
		}
	})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			go speak(ctx, track)
		}
	})
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(ctx, "room.enter", p{"roomID": "meeting", "scene": "meeting", "offer": offer.SDP})
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.Str("answer")}); err != nil {
		t.Fatal(err)
	}
	return pc
}

func roomClaims(user string) testkit.P {
	claims := testkit.Claims(user)
	claims["room"] = "meeting"
	return claims
}

// speak sends sound until ctx is done.
func speak(ctx context.Context, track *webrtc.TrackLocalStaticRTP) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	packet := rtp.Packet{Header: rtp.Header{Version: 2}, Payload: append([]byte{0xfc}, "a voice that speaks"...)}
	for track.WriteRTP(&packet) == nil {
		packet.SequenceNumber++
		packet.Timestamp += 960
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
