package eventsource

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// IDs are the ids of the events of a stream: a text and a number that goes on from
// event to event. The zero value numbers them from 1.
type IDs struct {
	prefix string
	before uint64 // how far the number of an id is ahead of that of its event
}

// maxFirstID leaves room for more events than there will be.
const maxFirstID = 1 << 62

// ParseIDs reads the id of the first event, such as 100 or evt-100.
func ParseIDs(first string) (IDs, error) {
	prefix := strings.TrimRight(first, "0123456789")
	digits := first[len(prefix):]
	n, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case strings.ContainsAny(first, "\x00\r\n"):
		return IDs{}, errors.New("an id with a NUL or a line break cannot be sent")
	case !utf8.ValidString(first):
		return IDs{}, errors.New("the id is not UTF-8")
	case strings.HasPrefix(prefix, " "):
		return IDs{}, errors.New("an id cannot begin with a blank, which clients take away")
	case digits == "":
		return IDs{}, errors.New("expected a number at the end, for the next ids to go on from")
	case err != nil || n > maxFirstID:
		return IDs{}, fmt.Errorf("the number %s is too large, expected at most %d", digits, uint64(maxFirstID))
	case n == 0 || digits[0] == '0':
		return IDs{}, errors.New("expected a number from 1 on, without zeros in front")
	}
	return IDs{prefix, n - 1}, nil
}

// append appends the id of the event with number n.
func (s IDs) append(b []byte, n uint64) []byte {
	return strconv.AppendUint(append(b, s.prefix...), s.before+n, 10)
}

// number returns the number of the event that a Last-Event-ID is about, if that is
// one of these.
func (s IDs) number(id string) (uint64, bool) {
	digits, ok := strings.CutPrefix(id, s.prefix)
	n, err := strconv.ParseUint(digits, 10, 64)
	return n - s.before, ok && err == nil && n > s.before && strconv.FormatUint(n, 10) == digits
}
