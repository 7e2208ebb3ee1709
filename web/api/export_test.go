package api

import (
	"maps"
	"slices"
)

// Routes and Filters are for the test that compares what is handled with what
// the document says.

func Routes() []string {
	var paths []string
	for _, r := range (&api{}).routes() {
		paths = append(paths, r.path)
	}
	return paths
}

func Filters() []string { return slices.Sorted(maps.Keys(filters())) }
