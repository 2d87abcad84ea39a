package render

import "strconv"

// A Diagnosis explains a failure: what was seen, what that means, what it mostly
// comes from and what to try. Its texts are sentences without a capital and a
// full stop. They may quote the peer: what shows them escapes them.
type Diagnosis struct {
	// Symptom is a name that programs can rely on, as in "accept-wrong".
	Symptom string
	// RFC and Section are where the rule or the status is defined. RFC is 0
	// where no RFC says anything about it.
	RFC     int
	Section string
	Facts   []Fact
	Meaning string
	Causes  []string // the likeliest first
	Next    []string // steps to take; those that begin with "wscope " are command lines
	// Hint is the whole of it in one line, or "".
	Hint string
}

// A Fact is something that was seen. Its name is "sent", "got", "expected" or
// another word of that length.
type Fact struct{ Name, Text string }

// Ref names the document and the section, as in "RFC 6455, Section 4.1", or
// returns "".
func (d *Diagnosis) Ref() string {
	if d.RFC == 0 {
		return ""
	}
	return "RFC " + strconv.Itoa(d.RFC) + ", Section " + d.Section
}
