// Package usage tells what programs use of a machine, for the load tools.
//
// A server's figures come from /proc if it runs here ([OfProcess]), else from
// what it shows to Prometheus ([Scrape], [Metrics.Process]). [Own] is what this
// process used, and [Machine] all of them together, so that a report can say
// whether something else was at work while it measured. All of them grow from
// a beginning that is not the caller's: read twice and subtract.
package usage
