// Package expect decides whether a message is the one that is waited for, and
// if it is not, how near it came.
//
// A [Matcher] is what is waited for: a kind of message and what has to be true of
// its content, which is a [Body]. What does not match is a [Miss], which points at
// the difference; [Misses] keeps the nearest of them. An [Unmet] is the error of
// a wait that was in vain, a [Forbidden] that of a message which was not to come.
// [Unordered] gives messages to expectations that may be met in any order.
//
//	message.go            what can come
//	matcher.go            kinds, codes, types and identifiers
//	body.go, difference.go  texts, bytes and regular expressions
//	json.go, path.go, compare.go  conditions on JSON
//	miss.go, unmet.go     what came instead, and the errors that say so
//	unordered.go          several expectations, in any order
//
// Texts that come from a peer are escaped in everything this package says.
package expect
