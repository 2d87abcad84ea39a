// Package eventsource is the server of event streams: which requests ask for one
// (negotiate.go) and which of those may have it (guard.go), what goes onto the wire
// (event.go, ids.go), where it comes from (a [Script] or a [Log]), and how it gets to one
// client (stream.go).
//
// The streams are those of the HTML standard, Section 9.2.
package eventsource
