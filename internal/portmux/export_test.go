package portmux

// KindOf is exported for the fuzzer, which has no use for sockets.
func KindOf(first []byte) (int, bool) {
	k, sure := plain(first)
	return int(k), sure
}
