//go:build unix

package usage

import (
	"fmt"
	"syscall"
	"time"
)

// Own is the processor time that this process has used, in the kernel too; 0
// where the system does not say.
func Own() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot be: the arguments are right
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// FileLimit is how many files, sockets included, this process may have open
// (RLIMIT_NOFILE); MaxUint64 where there is no limit.
func FileLimit() (uint64, error) {
	var own syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &own); err != nil {
		return 0, fmt.Errorf("read the limit of open files: %w", err)
	}
	return uint64(own.Cur), nil
}
