package bench

import (
	"context"
	"fmt"
	"strings"

	"callsvc/internal/usage"
)

// scrape reads the server's figures.
func scrape(ctx context.Context, base string) (usage.Metrics, error) {
	return usage.Scrape(ctx, strings.TrimSuffix(base, "/")+"/metrics")
}

// heap is what Go's heap and stacks have in use, in bytes.
func heap(server usage.Metrics) int64 {
	return int64(server[usage.GoHeapBytes] + server[usage.GoStackBytes])
}

// checkFiles refuses more connections than a process may have files, which
// would end in the middle.
func checkFiles(n int, server usage.Metrics) error {
	const spare = 64
	own, err := usage.FileLimit()
	if err != nil {
		return err
	}
	need := uint64(n + spare)
	const cure = "%d connections need %d open files and %s may have %d: run `ulimit -n %d` in the shell that starts it, or take fewer --users"
	if own < need {
		return fmt.Errorf(cure, n, need, "this process", own, need)
	}
	if most := server[usage.ProcessMaxFiles]; most > 0 && most < float64(need) {
		return fmt.Errorf(cure, n, need, "the server", int64(most), need)
	}
	return nil
}
