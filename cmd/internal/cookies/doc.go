// Package cookies keeps the cookies of a client, and reads and writes them in the
// form of the Netscape cookie file, which curl and browsers share.
//
// Which request a cookie belongs to is decided by net/http/cookiejar with the
// list of public suffixes. What that does not give back, such as the path and the
// time at which a cookie expires, is kept beside it.
//
//	jar.go       the cookies and their limits
//	request.go   which request a cookie is for
//	setcookie.go Set-Cookie fields (RFC 6265, Section 5.2)
//	netscape.go  lines of a file
//	file.go      reading and writing files
package cookies
