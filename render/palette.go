package render

import "github.com/fatih/color"

// A style is what is written before and after a text to colour it. Both are
// empty where colour is off.
type style struct{ on, off string }

func (s style) append(b []byte, text string) []byte {
	b = append(b, s.on...)
	b = append(b, text...)
	return append(b, s.off...)
}

// A palette has the colours of one stream.
type palette struct {
	faint   style // what the eye may skip
	sent    style
	recv    style
	data    style // names of data frames
	control style // names of control frames
	bytes   style // payloads shown as hex
	bad     style // broken rules, errors
	hint    style
}

func newPalette(on bool) *palette {
	// The decision is taken for each stream, never from the global of the
	// color package, which only knows standard output.
	paint := func(attrs ...color.Attribute) style {
		if !on {
			return style{}
		}
		c := color.New(attrs...)
		c.EnableColor()
		const mid = "\x00"
		s := c.Sprint(mid)
		for i := range s {
			if s[i] == mid[0] {
				return style{s[:i], s[i+1:]}
			}
		}
		return style{}
	}
	return &palette{
		faint:   paint(color.Faint),
		sent:    paint(color.FgCyan),
		recv:    paint(color.FgGreen),
		data:    paint(color.Bold),
		control: paint(color.FgYellow),
		bytes:   paint(color.FgBlue),
		bad:     paint(color.FgRed, color.Bold),
		hint:    paint(color.FgYellow),
	}
}

func (p *palette) dir(d Direction) style {
	if d == Sent {
		return p.sent
	}
	return p.recv
}
