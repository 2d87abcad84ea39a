// Package auth says who we are to an HTTP server: it reads the challenges of a
// response and answers them, with Basic (RFC 7617), Bearer (RFC 6750) and Digest
// (RFC 7616). It sends nothing itself.
package auth
