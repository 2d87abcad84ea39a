package zstd

import "fmt"

// An Error is input that is not what RFC 8878 describes, or that asks for what
// is not supported. What was decoded before it has been handed out.
//
// Input that ends inside a frame is no Error but [io.ErrUnexpectedEOF].
type Error struct {
	// Offset counts the bytes of the input, over all frames, before the part that
	// is wrong: a header, a table, or a bitstream.
	Offset int64
	// Section is the rule that is broken, as in "RFC 8878, Section 3.1.1.2.2".
	Section string
	// Reason says in lower case what was got and what was expected.
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("zstd: %s, at offset %d (%s)", e.Reason, e.Offset, e.Section)
}

// errorAt returns the error of a rule of RFC 8878.
func errorAt(offset int64, section, format string, args ...any) *Error {
	return &Error{offset, "RFC 8878, Section " + section, fmt.Sprintf(format, args...)}
}
