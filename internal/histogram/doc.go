// Package histogram counts durations for the load tools, in constant memory and
// exact to 1.6 %, from any number of goroutines.
package histogram
