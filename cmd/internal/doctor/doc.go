// Package doctor explains failures: why an opening handshake did not open a
// connection ([Diagnose]), why a connection ended ([Autopsy]), and what can be
// learned from asking a server in several ways ([Conclude]). It looks at what it
// is given and does no input or output.
//
// What it knows stands in tables. A row has a symptom, which is a condition on
// the case and a name, and what to say about it. The first row that fits is the
// diagnosis, so a special row stands before the general one of its kind:
//
//	redirect.go      3xx
//	success.go       1xx and 2xx that do not upgrade
//	badrequest.go    400
//	denied.go        401, 403, 407
//	clienterror.go   the other 4xx
//	servererror.go   5xx
//	upgrade.go       a 101 that breaks a rule of RFC 6455, Section 4.1
//	head.go          a header that is not valid HTTP
//	tongue.go        what is not HTTP at all
//	silence.go       nothing, or not enough of it
//	ending.go        how an open connection ended, from what autopsy.go finds
//	served.go        the same, as a server sees it
//	closecode.go     what the close codes mean
//	idle.go          the timeouts of well-known proxies
//	variant.go       what else can be asked for; conclude.go says what that shows
package doctor
