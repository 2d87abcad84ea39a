package sse

import "fmt"

// A SizeError is an event that is larger than is allowed. Nothing can be read
// after it.
type SizeError struct {
	Limit  int64
	Offset int64 // where in the stream the event begins
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("the event at offset %d is larger than the limit of %d bytes", e.Offset, e.Limit)
}
