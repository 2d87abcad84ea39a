// Package writeout prints facts about a session at its end, in a format with
// variables as that of curl's --write-out.
//
//	format.go    formats: parsing, printing
//	variables.go the table of the variables
//	summary.go   collecting what they stand for from the events of a session
//	verify.go    what was wrong with a certificate, in the numbers of OpenSSL
package writeout
