// Package nettest has what tests of a client need at the other end of the network:
// certificates with any fault, and proxies that say what they were asked for. It
// is imported by tests only.
package nettest
