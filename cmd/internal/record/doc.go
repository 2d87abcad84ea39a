// Package record writes the transcripts of sessions to files: which file that
// may be and what becomes of one that is there (file.go), and the command line
// that stands in the first line, without credentials (command.go).
package record
