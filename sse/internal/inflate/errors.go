package inflate

import "fmt"

// An Error is input that is not what the RFCs describe, or that asks for what is
// not supported. What was decoded before it has been handed out.
//
// Input that ends too soon is no Error but [io.ErrUnexpectedEOF].
type Error struct {
	// Format is what the part that is wrong belongs to: deflate, gzip or zlib.
	Format string
	// Offset counts the bytes of the input, over all members, before the part that
	// is wrong: a header, a trailer, or the bits of a symbol.
	Offset int64
	// Section is the rule that is broken, as in "RFC 1951, Section 3.2.3".
	Section string
	// Reason says in lower case what was got and what was expected.
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s, at offset %d (%s)", e.Format, e.Reason, e.Offset, e.Section)
}

// deflateError returns the error of a rule of RFC 1951.
func deflateError(offset int64, section, format string, args ...any) *Error {
	return &Error{"deflate", offset, "RFC 1951, Section " + section, fmt.Sprintf(format, args...)}
}

// gzipError returns the error of a rule of RFC 1952.
func gzipError(offset int64, section, format string, args ...any) *Error {
	return &Error{"gzip", offset, "RFC 1952, Section " + section, fmt.Sprintf(format, args...)}
}

// zlibError returns the error of a rule of RFC 1950.
func zlibError(offset int64, section, format string, args ...any) *Error {
	return &Error{"zlib", offset, "RFC 1950, Section " + section, fmt.Sprintf(format, args...)}
}
