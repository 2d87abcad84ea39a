package cmd

import (
	"strconv"

	"wscope/render"
)

// An idLedger follows the IDs of events over connections: which come again after
// a reconnection, and which never came.
type idLedger struct {
	// IDs that are numbers and count up are a range, the others are kept one by
	// one, as many as maxIDs.
	low, high uint64
	counts    bool // high is the last ID, and IDs have counted up so far
	jumped    bool // IDs have not counted up within a connection
	known     map[string]bool
	oldest    []string // of known, in order
	next      int      // in oldest, the one to be forgotten next

	resuming bool // the connection has brought no new event yet
	attempt  int
	repeated uint64 // events since the reconnection

	totalRepeated, totalSkipped uint64
}

const maxIDs = 4096

// sent notes which ID the first request asks for.
func (l *idLedger) sent(id string) {
	if id != "" {
		l.add(id)
	}
}

// reconnected notes that another connection is open.
func (l *idLedger) reconnected(attempt int) {
	l.resuming, l.attempt, l.repeated = true, attempt, 0
}

// event takes note of an event that has an ID of its own. It tells whether that
// has been seen before, and how many are missing before it. The first event
// after a reconnection that is new comes with a summary.
func (l *idLedger) event(id []byte) (again bool, skipped uint64, resume *render.StreamResume) {
	if len(id) == 0 {
		return false, 0, nil
	}
	if again = l.has(id); again {
		if l.resuming {
			l.repeated++
		}
		l.totalRepeated++
		return again, 0, nil
	}
	n, number := parseID(id)
	if number && l.counts && !l.jumped && n > l.high+1 {
		if l.resuming {
			skipped = n - l.high - 1
			l.totalSkipped += skipped
		} else {
			l.jumped = true
		}
	}
	if l.resuming {
		resume = &render.StreamResume{Attempt: l.attempt, ID: string(id), Repeated: l.repeated, Skipped: skipped}
		l.resuming = false
	}
	l.add(string(id))
	return false, skipped, resume
}

func parseID(id []byte) (uint64, bool) {
	if len(id) == 0 || len(id) > 19 || len(id) > 1 && id[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(id), 10, 64)
	return n, err == nil
}

func (l *idLedger) has(id []byte) bool {
	if n, ok := parseID(id); ok && l.counts && n >= l.low && n <= l.high {
		return true
	}
	return l.known[string(id)]
}

func (l *idLedger) add(id string) {
	n, number := parseID([]byte(id))
	switch {
	case number && !l.counts:
		l.low, l.high, l.counts = n, n, true
		return
	case number && n == l.high+1:
		l.high = n
		return
	case number && n > l.high && !l.jumped:
		// Those in between were skipped. If they come yet, they are new.
		for id := l.low; id <= l.high && l.high-l.low < maxIDs; id++ {
			l.keep(strconv.FormatUint(id, 10))
		}
		l.low, l.high = n, n
		return
	}
	l.keep(id)
}

func (l *idLedger) keep(id string) {
	if l.known == nil {
		l.known = map[string]bool{}
	}
	if l.known[id] {
		return
	}
	l.known[id] = true
	if len(l.oldest) < maxIDs {
		l.oldest = append(l.oldest, id)
		return
	}
	delete(l.known, l.oldest[l.next])
	l.oldest[l.next] = id
	l.next = (l.next + 1) % maxIDs
}
