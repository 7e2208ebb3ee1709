package api

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"callsvc/call"
	"callsvc/calllog"
)

// filters are the query parameters of a search and what each sets.
func filters() map[string]func(*calllog.Query, string) error {
	return map[string]func(*calllog.Query, string) error{
		"with":      text(func(q *calllog.Query) *string { return &q.With }),
		"groupID":   text(func(q *calllog.Query) *string { return &q.GroupID }),
		"result":    text(func(q *calllog.Query) *string { return &q.Result }),
		"direction": text(func(q *calllog.Query) *string { return &q.Direction }),
		"type":      text(func(q *calllog.Query) *string { return &q.Type }),
		"cursor":    text(func(q *calllog.Query) *string { return &q.Cursor }),
		"missed":    truth(func(q *calllog.Query) *bool { return &q.Missed }),
		"all":       truth(func(q *calllog.Query) *bool { return &q.All }),
		"from":      integer(func(q *calllog.Query) *int64 { return &q.From }),
		"to":        integer(func(q *calllog.Query) *int64 { return &q.To }),
		"limit":     limit,
	}
}

// credentials are parameters that belong to the Authenticator.
func credentials() []string { return []string{"token", "userID", "userSig"} }

// formatParameter is the one an export has besides.
const formatParameter = "format"

// query reads filters from a query string. An empty value is no filter. A
// parameter that does not exist is refused: a misspelt filter must not bring
// more than was asked for. For an operator all is true unless said otherwise,
// or unless direction asks for one user's view.
func query(values url.Values, caller call.Caller, others ...string) (calllog.Query, error) {
	q := calllog.Query{All: caller.Admin && values.Get("direction") == ""}
	known := filters()
	if err := checkNames(values, append(slices.Sorted(maps.Keys(known)), others...)...); err != nil {
		return q, err
	}
	for name, set := range known {
		given := values.Get(name)
		if given == "" {
			continue
		}
		if err := set(&q, given); err != nil {
			return q, invalid("%s %v", name, err)
		}
	}
	return q, nil
}

// checkNames refuses parameters that do not exist, and more than one of a name.
func checkNames(values url.Values, known ...string) error {
	for name, given := range values {
		switch {
		case len(given) > 1:
			return invalid("%s is given %d times; once is enough", name, len(given))
		case !slices.Contains(known, name) && !slices.Contains(credentials(), name):
			return invalid("there is no parameter %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

func invalid(format string, args ...any) error {
	return call.Errorf(call.CodeInvalidParameter, format, args...)
}

// must says what a parameter's value has to be.
type must string

func (m must) Error() string { return "must be " + string(m) }

func text(field func(*calllog.Query) *string) func(*calllog.Query, string) error {
	return func(q *calllog.Query, v string) error {
		*field(q) = v
		return nil
	}
}

func truth(field func(*calllog.Query) *bool) func(*calllog.Query, string) error {
	return func(q *calllog.Query, v string) error {
		if v != "true" && v != "false" {
			return must("true or false")
		}
		*field(q) = v == "true"
		return nil
	}
}

func integer(field func(*calllog.Query) *int64) func(*calllog.Query, string) error {
	return func(q *calllog.Query, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return must("a whole number")
		}
		*field(q) = n
		return nil
	}
}

func limit(q *calllog.Query, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil {
		return must("a whole number")
	}
	q.Limit = n
	return nil
}
