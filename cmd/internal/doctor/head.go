package doctor

import "strings"

// badHeads are replies that begin as HTTP and are not.
//
// RFC 9112, Sections 4 and 5.
func badHeads() []row {
	wants := func(text string) func(*exam) bool {
		return func(x *exam) bool { return strings.Contains(x.Err.Want, text) }
	}
	const risk = "two readers could take it differently, which is how responses are smuggled past a proxy"
	return []row{
		{
			symptom: "header-folded",
			match:   wants("line folding"),
			rfc:     9112, section: "5.2",
			hint:    "a field goes on over two lines, which HTTP has given up",
			meaning: "a line of the header begins with white space: a field that goes on from the line before",
			causes:  []string{"an old or hand-written server", risk},
			next:    []string{"on the server: write each field on one line"},
		},
		{
			symptom: "header-space-before-colon",
			match:   wants("before the colon"),
			rfc:     9112, section: "5.1",
			hint:    "a field name is followed by white space, which nobody may accept",
			meaning: "there is white space between the name of a field and its colon",
			causes:  []string{"a hand-written server", risk},
			next:    []string{"on the server: write the colon right behind the name"},
		},
		{
			symptom: "header-no-field",
			match:   func(x *exam) bool { return wants("a name, a colon")(x) || wants("a token as the name")(x) },
			rfc:     9112, section: "5",
			hint:    "a line of the header is no field: a name, a colon and a value",
			meaning: "a line of the header is something else than a field",
			causes:  []string{"a program on the server writes a message of its own into the reply", "the empty line that ends the header is missing"},
			next:    []string{"wscope connect -v {url}"},
		},
		{
			symptom: "header-control-characters",
			match:   wants("control characters"),
			rfc:     9110, section: "5.5",
			hint:    "a line of the header has control characters in it",
			meaning: "a line of the header has bytes in it that no field may have",
			causes:  []string{"a lone CR where CR LF has to be", "a value that the server did not check, perhaps one of the client's", risk},
			next:    []string{"on the server: end lines with CR LF and refuse control characters in values"},
		},
		{
			symptom: "header-too-large",
			match:   func(x *exam) bool { return wants("at most")(x) || x.Err.Want == "fewer" },
			rfc:     6585, section: "5",
			hint:    "the header of the reply is larger than any that makes sense",
			meaning: "the header of the reply is larger than anybody needs",
			causes:  []string{"a server that loops, or that sends a body without the empty line before it"},
			next:    []string{"wscope connect -v {url}"},
		},
		{
			symptom: "status-line",
			match:   always,
			rfc:     9112, section: "4",
			hint:    "the first line is no status line: {got}",
			meaning: "the reply begins as HTTP and its first line is not one of HTTP/1.1",
			causes:  []string{"a hand-written server", "HTTP/2 has no such line, and no upgrade either"},
			next:    []string{"on the server: HTTP/1.1 101 Switching Protocols"},
		},
	}
}
