//go:build !unix

package usage

import (
	"math"
	"time"
)

// Own is the processor time that this process has used, in the kernel too; 0
// where the system does not say, as here.
func Own() time.Duration { return 0 }

// FileLimit is how many files, sockets included, this process may have open;
// MaxUint64 where there is no limit, as here.
func FileLimit() (uint64, error) { return math.MaxUint64, nil }
