package usage

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Process is what a process has used so far.
type Process struct {
	CPU time.Duration // processor time, in the kernel too
	RSS int64         // resident memory now, in bytes
}

// clockTick is the unit of times in /proc: sysconf(_SC_CLK_TCK), on Linux always this.
const clockTick = time.Second / 100

// OfProcess reads what a process of this machine uses from proc(5). It fails if
// there is no such process, or no /proc.
func OfProcess(pid int) (Process, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	p, err := parseStat(string(text))
	if err != nil {
		return Process{}, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	return p, nil
}

// parseStat reads /proc/PID/stat.
func parseStat(text string) (Process, error) {
	// The name, in parentheses, may have anything in it.
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const user, system, resident = 11, 12, 21 // behind the name
	if len(f) <= resident {
		return Process{}, errors.New("/proc has another form")
	}
	var n [3]int64
	for i, at := range []int{user, system, resident} {
		var err error
		if n[i], err = strconv.ParseInt(f[at], 10, 64); err != nil {
			return Process{}, err
		}
	}
	return Process{CPU: time.Duration(n[0]+n[1]) * clockTick, RSS: n[2] * int64(os.Getpagesize())}, nil
}
