// Package archtest keeps the drawing in docs/architecture.md true. It has tests
// only: the table of who may import whom (rules_test.go) and a handful of rules
// about files, names and tests, each in a file of its own. They read the source
// and run in a second, so `make quick` runs them too.
package archtest
