package config

import (
	"fmt"
	"log/slog"
	"net/netip"
)

// Secret is a string that does not show itself in logs and error messages.
// Convert it to string to use it.
type Secret string

// String hides the secret.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "[secret]" }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// IP is an address that was written without a port or a zone.
type IP struct{ netip.Addr }

// UnmarshalText reads an address such as 203.0.113.7 or 2001:db8::7.
func (ip *IP) UnmarshalText(text []byte) error {
	a, err := netip.ParseAddr(string(text))
	if err != nil || a.Zone() != "" {
		return fmt.Errorf("%q is no IP address, give one like 203.0.113.7", text)
	}
	ip.Addr = a.Unmap()
	return nil
}

// Network is one that was written as an address and a length, or as an
// address alone.
type Network struct{ netip.Prefix }

// UnmarshalText reads a network such as 10.0.0.0/8 or 2001:db8::7.
func (n *Network) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil && a.Zone() == "" {
		n.Prefix = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		return nil
	}
	parsed, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is no network, write it like 10.0.0.0/8", text)
	}
	n.Prefix = parsed.Masked()
	return nil
}

// Level is the least level that is logged.
type Level struct{ slog.Level }

// UnmarshalText reads one of the four levels of slog by name.
func (l *Level) UnmarshalText(text []byte) error {
	switch name := string(text); name {
	case "debug", "info", "warn", "error":
		return l.Level.UnmarshalText(text)
	default:
		return fmt.Errorf("there is no %q, use debug, info, warn or error", name)
	}
}
