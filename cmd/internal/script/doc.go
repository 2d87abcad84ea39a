// Package script is the language of wscope run: it reads scripts, finds all
// mistakes in them, and prints them. LANGUAGE.md, which is [Language], defines
// it. Package play runs what this package has read.
//
//	language.go                  the specification
//	tree.go, text.go             what a script is made of
//	scan.go                      lines and their tokens
//	parse.go, parse_*.go         tokens to a tree; statement.go reads one line
//	load.go                      files and what they include
//	check.go                     what makes no sense although it is well formed
//	print.go                     a tree to lines
//	mistake.go                   what is wrong, and where
package script
