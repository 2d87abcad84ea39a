// Package lineedit reads lines from a terminal while other goroutines print
// above them.
//
// The keys and the editing commands are those of github.com/chzyer/readline,
// which is used as an engine only: it gets one key at a time and says what the
// line is afterwards. Everything around it is done here, because its own way
// would lose the line under output from another goroutine, submit every line of
// a paste by itself, and hang when it is closed.
//
//	keys.go      bytes of the terminal to keys, bracketed paste
//	input.go     the keys that wait for ReadLine; ends the engine on Close
//	engine.go    keys to commands of the engine, and what the engine lacks
//	complete.go  Tab
//	search.go    Ctrl-R and Ctrl-S
//	history.go   the entries, moving through them
//	histfile.go  the private file that they are kept in
//	screen.go    the goroutine that paints: output first, then the line
//	layout.go    which cells a line takes, wide characters and wrapping
//	terminal.go  raw mode, and the way back from it
//	watch_*.go   change of size, suspension
package lineedit
