package lineedit

import (
	"slices"

	"github.com/chzyer/readline"
)

// newEngine starts readline so that it neither draws anything nor touches the
// terminal: it takes itself for one that reads from a file.
func (e *Editor) newEngine() (*readline.Instance, error) {
	return readline.NewEx(&readline.Config{
		Stdin:                  e.in,
		Stdout:                 discard{},
		Stderr:                 discard{},
		HistoryLimit:           1,
		DisableAutoSaveHistory: true,
		Painter:                painter{},
		Listener:               readline.FuncListener(e.listen),
		FuncFilterInputRune:    e.filter,
		FuncGetWidth:           func() int { return defaultWidth },
		FuncIsTerminal:         func() bool { return false },
		FuncMakeRaw:            func() error { return nil },
		FuncExitRaw:            func() error { return nil },
		FuncOnWidthChanged:     func(func()) {},
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

type painter struct{}

func (painter) Paint(line []rune, _ int) []rune { return line }

// noKey makes the engine call listen and do nothing else.
const noKey = readline.CharBell

// filter runs on the engine's goroutine when it is ready for a key, and returns
// which. The argument is without meaning.
func (e *Editor) filter(rune) (rune, bool) {
	defer e.guard()
	k, ok := e.in.next()
	switch {
	case !ok:
		// The engine must not find anything in its buffer at its end: it would
		// take it for an entered line.
		return e.emptyThen(0), true
	case k.code == keyEOF:
		r := e.emptyThen(readline.CharDelete)
		if r == readline.CharDelete {
			e.in.setActive(false)
			e.reset()
		}
		return r, true
	case e.search != nil && e.searchKey(k):
		return noKey, true
	}
	return e.command(k), true
}

// emptyThen returns, one at each call, the keys that empty the buffer, then r.
func (e *Editor) emptyThen(r rune) rune {
	e.emptying++
	switch e.emptying {
	case 1:
		e.screen.abandon()
		return readline.CharLineEnd
	case 2:
		return readline.CharCtrlU
	}
	e.emptying = 0
	return r
}

// command returns the engine's key for k, after doing what the engine is not
// left to do.
func (e *Editor) command(k key) rune {
	switch k.code {
	case readline.CharEnter:
		e.in.setActive(false)
		e.screen.commit("")
		e.reset()
		return k.code
	case readline.CharInterrupt:
		e.in.setActive(false)
		e.screen.commit("^C")
		e.reset()
		return k.code
	case readline.CharDelete: // Ctrl-D
		if len(e.line) == 0 {
			e.in.setActive(false)
			e.screen.abandon()
			e.reset()
		}
		return k.code
	case keyDelete:
		if len(e.line) > 0 {
			return readline.CharDelete
		}
	case keyText, keyPaste:
		e.change(func(line []rune, pos int) ([]rune, int) {
			text := []rune(k.text)
			return slices.Insert(line, pos, text...), pos + len(text)
		})
	case keyBroken:
		e.screen.bell()
		if e.onBroken != nil {
			e.onBroken([]byte(k.text))
		}
	case readline.CharTab:
		e.change(e.complete)
	case readline.CharPrev:
		e.walkHistory(1)
	case readline.CharNext:
		e.walkHistory(-1)
	case readline.CharBckSearch, readline.CharFwdSearch:
		e.beginSearch(k.code == readline.CharFwdSearch)
	case readline.CharCtrlL:
		e.screen.clear()
	case readline.CharCtrlZ:
		e.suspend()
	case readline.CharCtrlW:
		if inFirstWord(e.line[:e.pos]) {
			// The engine would remove what is behind the cursor, too.
			return readline.CharCtrlU
		}
		return k.code
	case readline.CharTranspose:
		if len(e.line) > 1 { // with less the engine would leave the line
			return k.code
		}
	case readline.CharLineStart, readline.CharLineEnd, readline.CharBackward, readline.CharForward,
		readline.CharBackspace, readline.CharKill, readline.CharCtrlU, readline.CharCtrlY,
		readline.MetaBackward, readline.MetaForward, readline.MetaDelete:
		return k.code
	case readline.MetaBackspace:
		return e.command(key{code: readline.CharCtrlW})
	}
	return noKey
}

// inFirstWord reports whether no word begins in line but at its beginning.
func inFirstWord(line []rune) bool {
	for i := len(line) - 1; i > 0; i-- {
		if !readline.IsWordBreak(line[i]) && readline.IsWordBreak(line[i-1]) {
			return false
		}
	}
	return true
}

// walkHistory goes n entries back.
func (e *Editor) walkHistory(n int) {
	line, ok := e.walk.to(e.walk.at+n, e.line)
	if !ok {
		e.screen.bell()
		return
	}
	e.change(func([]rune, int) ([]rune, int) { return line, len(line) })
}

// change has the line replaced when the engine has done with the current key,
// which must be noKey. The slice that f gets is its own.
func (e *Editor) change(f func(line []rune, pos int) ([]rune, int)) { e.pending = f }

// reset prepares for another line.
func (e *Editor) reset() {
	e.search = nil
	e.walk = walk{h: e.history}
}

// listen runs on the engine's goroutine after each key, with a copy of the line
// as it is then. A key of 0 is no key: that call is made by ReadLine.
func (e *Editor) listen(line []rune, pos int, r rune) ([]rune, int, bool) {
	defer e.guard()
	if r == 0 {
		return nil, 0, false
	}
	changed := e.pending != nil
	if changed {
		line, pos = e.pending(line, pos)
		e.pending = nil
	}
	// The engine goes on to modify what it gets.
	e.line, e.pos = slices.Clone(line), pos
	prompt := ""
	if e.search != nil {
		prompt = e.search.prompt()
	}
	e.screen.set(e.line, pos, prompt)
	return line, pos, changed
}
