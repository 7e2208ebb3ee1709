package api

import (
	"maps"
	"slices"
)

// Routes and Filters are for the test that compares what is handled with what
// the document says.

// Routes lists methods and paths, such as "GET /v1/calls".
func Routes() []string {
	var all []string
	for _, r := range (&api{}).routes() {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

func Filters() []string { return slices.Sorted(maps.Keys(filters())) }
