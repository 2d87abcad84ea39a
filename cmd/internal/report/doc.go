// Package report tells how test cases went: to people, and in the forms that
// other programs read.
//
//	report.go      what a case is, and the Reporter interface
//	human.go       for people, on a terminal or in a log
//	progress.go    the line that says what is going on, on a terminal
//	tap.go         TAP version 13
//	fit.go         what does nothing to a terminal
//	junit.go       JUnit XML as Jenkins and GitLab read it
//	github.go      annotations of GitHub Actions
//	json.go        a JSON object a line
//	order.go       cases that end in any order, reported in order
//	transcript.go  text with a bound, for what happened in a case
package report
