// Package sift picks events out of a transcript.
package sift

import (
	"slices"
	"time"

	"wscope/render"
)

// A Filter says which events are wanted. An event has to be what each field asks
// for; a field that is zero asks for nothing. An event that has nothing of the
// kind, as the end of a connection has no opcode, is not what the field asks for.
type Filter struct {
	Conns      []int // numbers of connections, 0 for one without a number
	Directions []render.Direction
	Opcodes    render.OpcodeSet // of frames and messages
	Names      []string         // of the kinds of events, as in [render.NameOf]
	// Payload reports whether a payload, as it is after inflating, is wanted.
	Payload func([]byte) bool
	// From and To are times since the start; what happened at them is wanted, too.
	From, To time.Duration
}

// Match reports whether e, which has to come from a transcript, is wanted.
func (f *Filter) Match(e render.Event) bool {
	m := render.MetaOf(e)
	switch {
	case f.Conns != nil && !slices.Contains(f.Conns, m.Conn),
		f.Names != nil && !slices.Contains(f.Names, render.NameOf(e)),
		m.Elapsed < f.From, f.To != 0 && m.Elapsed > f.To,
		f.Opcodes != 0 && !hasOpcode(e, f.Opcodes):
		return false
	}
	if f.Directions != nil {
		if d, ok := render.DirectionOf(e); !ok || !slices.Contains(f.Directions, d) {
			return false
		}
	}
	if f.Payload != nil {
		p, ok := render.PayloadOf(e)
		return ok && f.Payload(p)
	}
	return true
}

func hasOpcode(e render.Event, set render.OpcodeSet) bool {
	switch e := e.(type) {
	case *render.Frame:
		return set.Has(e.Header.Opcode)
	case *render.Message:
		return set.Has(e.Opcode)
	}
	return false
}
