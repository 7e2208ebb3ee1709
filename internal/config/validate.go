package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// minSecretBytes is what HS256 asks of its key (RFC 7518 section 3.2).
const minSecretBytes = 32

// Check reports everything that cannot work, one line each, joined. It is not
// called Validate because kong would call that too, and put its own words first.
func (s Serve) Check() error {
	return errors.Join(slices.Concat(s.checkNetwork(), s.checkCredentials(), s.checkLimits(), s.checkPush(), s.Webhook.check(), s.checkOperation())...)
}

func (s Serve) checkNetwork() []error {
	errs := []error{
		checkListen(s.Listen),
		checkRange("--udp-port", s.UDPPort, 0, 65535),
		checkRange("--tcp-port", s.TCPPort, 0, 65535),
		checkRange("--turn-udp-port", s.TURN.UDPPort, 0, 65535),
		checkRange("--turn-tcp-port", s.TURN.TCPPort, 0, 65535),
		checkRange("--turn-tls-port", s.TURN.TLSPort, 0, 65535),
		checkRange("--turn-max-allocations", s.TURN.MaxAllocations, 1, 10_000),
		checkRange("--turn-max-bitrate", s.TURN.MaxBitrate, 1, 1_000_000),
		checkUnsupported("--nats", s.NATS != "", "running several nodes is not implemented yet, leave it empty"),
	}
	errs = append(errs, s.checkTURN()...)
	for _, ip := range s.NodeIP {
		if ip.IsUnspecified() || ip.IsMulticast() {
			errs = append(errs, fmt.Errorf("--node-ip: %s cannot be reached by a client, give an address of this machine or of its NAT", ip))
		}
	}
	for _, u := range s.ICEServer {
		if scheme, rest, _ := strings.Cut(u, ":"); rest == "" || !slices.Contains([]string{"stun", "turn", "turns"}, scheme) {
			errs = append(errs, fmt.Errorf("--ice-server: %q is no STUN or TURN URL, write it like stun:stun.example.org:3478", u))
		}
	}
	for _, o := range s.AllowedOrigin {
		errs = append(errs, checkOrigin(o))
	}
	return errs
}

func (s Serve) checkTURN() []error {
	var errs []error
	if (s.TLSCertificate == "") != (s.TLSKey == "") {
		errs = append(errs, errors.New("--tls-certificate: goes with --tls-key, give both or none"))
	}
	if s.TURN.TLSPort != 0 && s.TLSCertificate == "" {
		errs = append(errs, errors.New("--turn-tls-port: needs --tls-certificate and --tls-key"))
	}
	if s.TURN.TLSPort != 0 && s.TURN.Domain == "" {
		errs = append(errs, errors.New("--turn-tls-port: needs --turn-domain, the name in the certificate"))
	}
	if s.TURN.TLSPort != 0 && s.TURN.TLSPort == s.TURN.TCPPort && s.TURN.TLSPort != s.ListenPort() {
		errs = append(errs, errors.New("--turn-tcp-port: is that of --turn-tls-port; only the port of --listen can be shared"))
	}
	if s.TURN.Domain != "" && strings.ContainsAny(s.TURN.Domain, "/:?[]@ ") {
		errs = append(errs, fmt.Errorf("--turn-domain: %q is no host name, write it like turn.example.org", s.TURN.Domain))
	}
	return errs
}

func (s Serve) checkCredentials() []error {
	errs := []error{s.Store.Check(), checkSecret("--api-secret", s.APISecret), checkSecret("--usersig-secret", s.UserSigSecret)}
	if s.APIKey == "" {
		errs = append(errs, errors.New("--api-key: is required, choose the name your tokens carry as iss, or use --dev to try things out"))
	}
	if s.APISecret == "" {
		errs = append(errs, fmt.Errorf("--api-secret: is required, make %d random bytes (openssl rand -hex %d), or use --dev to try things out", minSecretBytes, minSecretBytes))
	}
	if !s.Dev && (s.APISecret == devSecret || s.UserSigSecret == devSecret) {
		errs = append(errs, errors.New("--api-secret: this is the public one of --dev, make one of your own"))
	}
	return errs
}

func (s Serve) checkLimits() []error {
	return []error{
		checkOneOf("--directory", s.Directory, "none", "all"),
		checkRange("--request-rate", s.RequestRate, 1, 1_000_000),
		checkRange("--request-burst", s.RequestBurst, 1, 1_000_000),
		checkRange("--invite-rate", s.InviteRate, 1, 1_000_000),
		checkRange("--invite-burst", s.InviteBurst, 1, 1_000_000),
		checkRange("--user-request-rate", s.UserRequestRate, 1, 1_000_000),
		checkRange("--invitee-rate", s.InviteeRate, 1, 1_000_000),
		checkRange("--group-message-rate", s.GroupMessageRate, 1, 1_000_000),
		checkRange("--group-attribute-rate", s.GroupAttributeRate, 1, 1_000_000),
		checkRange("--broadcast-rate", s.BroadcastRate, 1, 100_000_000),
		checkRange("--connect-rate", s.ConnectRate, 1, 1_000_000),
		checkRange("--failed-sign-in-rate", s.FailedSignInRate, 1, 1_000_000),
		checkRange("--guest-rate", s.GuestRate, 1, 1_000_000),
		checkRange("--sign-in-rate", s.SignInRate, 0, 1_000_000),
		checkRange("--max-sessions", s.MaxSessions, 1, 10_000_000),
		checkRange("--max-sessions-per-user", s.MaxSessionsPerUser, 1, 1000),
		checkRange("--max-sessions-per-address", s.MaxSessionsPerAddress, 1, 10_000_000),
		checkRange("--max-participants", s.MaxParticipants, 2, 10_000),
		checkRange("--max-group-members", s.MaxMembers, 2, 10_000),
		checkRange("--max-slots", s.MaxSlots, 2, 256),
		checkRange("--max-tracks", s.MaxTracks, 1, 4),
		checkRange("--max-publish-bitrate", s.MaxPublishBitrate, 0, 1_000_000),
		checkDuration("--invitation-retention", s.InvitationRetention, time.Minute, 10*365*24*time.Hour),
	}
}

func (s Serve) checkPush() []error {
	var errs []error
	if (s.VAPIDPublicKey == "") != (s.VAPIDPrivateKey == "") {
		errs = append(errs, errors.New("--vapid-public-key: goes with --vapid-private-key, give both or none"))
	}
	scheme, rest, _ := strings.Cut(s.VAPIDSubject, ":")
	if rest == "" || scheme != "mailto" && scheme != "https" {
		errs = append(errs, fmt.Errorf("--vapid-subject: %q is nobody to ask, write mailto:you@example.org or https://example.org", s.VAPIDSubject))
	}
	return errs
}

func (s Serve) checkOperation() []error {
	return []error{
		checkDuration("--heartbeat", s.Heartbeat, time.Second, 10*time.Minute),
		checkDuration("--drain-timeout", s.DrainTimeout, 0, 24*time.Hour),
		checkOneOf("--log-format", s.LogFormat, "auto", "text", "json"),
	}
}

// Check reports a database address that names none.
func (s Store) Check() error {
	scheme, rest, found := strings.Cut(s.DSN(), ":")
	if !found || rest == "" || !slices.Contains([]string{"sqlite", "postgres", "postgresql"}, scheme) {
		return fmt.Errorf("--db: %q names no database we know, write sqlite:PATH or postgres://USER@HOST/NAME", s.DSN())
	}
	return nil
}

func checkListen(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--listen: %q is no address, write HOST:PORT or :PORT", addr)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("--listen: %q is no port, use a number from 0 to 65535", port)
	}
	return nil
}

func checkOrigin(o string) error {
	u, err := url.Parse(o)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Scheme+"://"+u.Host != o {
		return fmt.Errorf("--allowed-origin: %q is no web origin, write scheme and host only, like https://app.example.org", o)
	}
	return nil
}

func checkSecret(flag string, s Secret) error {
	if n := len(s); n > 0 && n < minSecretBytes {
		return fmt.Errorf("%s: %d bytes are too short, use at least %d", flag, n, minSecretBytes)
	}
	return nil
}

func checkUnsupported(flag string, used bool, cause string) error {
	if used {
		return fmt.Errorf("%s: %s", flag, cause)
	}
	return nil
}

func checkRange(flag string, n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%s: %d is out of range, use %d to %d", flag, n, low, high)
	}
	return nil
}

func checkDuration(flag string, d, low, high time.Duration) error {
	if d < low || d > high {
		return fmt.Errorf("%s: %s is out of range, use %s to %s", flag, d, low, high)
	}
	return nil
}

func checkOneOf(flag, value string, allowed ...string) error {
	if !slices.Contains(allowed, value) {
		return fmt.Errorf("%s: there is no %q, use %s", flag, value, strings.Join(allowed, " or "))
	}
	return nil
}
