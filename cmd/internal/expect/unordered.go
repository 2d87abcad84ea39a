package expect

// Unordered gives messages to expectations that may be met in any order. Each
// message meets at most one of them, and an earlier choice is changed if that
// lets a later message meet one more: two expectations are met whenever there is
// a way to meet both.
//
// M is what a message is to the caller. Of all that is offered only as many
// messages are kept as there are expectations.
type Unordered[M any] struct {
	match func(expectation int, m M) bool
	given []given[M] // by expectation
	left  int
}

type given[M any] struct {
	met bool
	m   M
}

// NewUnordered returns n expectations, of which match tells whether a message
// meets one.
func NewUnordered[M any](n int, match func(expectation int, m M) bool) *Unordered[M] {
	return &Unordered[M]{match: match, given: make([]given[M], n), left: n}
}

// Offer reports whether m lets one more expectation be met. If it does not, it
// never will: a message that has been turned away is of no use later either.
func (u *Unordered[M]) Offer(m M) bool {
	if u.left == 0 || !u.place(m, make([]bool, len(u.given))) {
		return false
	}
	u.left--
	return true
}

// place finds an expectation for m, moving others if it has to: an augmenting
// path of a bipartite matching.
func (u *Unordered[M]) place(m M, tried []bool) bool {
	for i := range u.given {
		if tried[i] || !u.match(i, m) {
			continue
		}
		tried[i] = true
		if before := u.given[i]; !before.met || u.place(before.m, tried) {
			u.given[i] = given[M]{true, m}
			return true
		}
	}
	return false
}

// Done reports whether all are met.
func (u *Unordered[M]) Done() bool { return u.left == 0 }

// Met returns the message that meets an expectation. It may be another one after
// the next [Unordered.Offer].
func (u *Unordered[M]) Met(expectation int) (m M, ok bool) {
	g := u.given[expectation]
	return g.m, g.met
}
