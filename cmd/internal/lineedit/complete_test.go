package lineedit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplete(t *testing.T) {
	commands := []string{"/binary ", "/format hex ", "/format json ", "/ping ", "/pong ", "/日本 ", "/日曜 "}
	complete := func(line string, pos int) (candidates []string, replace int) {
		word := line[:pos]
		for _, c := range commands {
			if strings.HasPrefix(c, word) && word != "" {
				candidates = append(candidates, c)
			}
		}
		return candidates, len(word)
	}
	for _, c := range []struct {
		name, keys string
		rows       []string
		want       string
	}{
		{"the only one", "/b\t", []string{"> /binary"}, "/binary "},
		{"in front of something", "/bx" + left + "\ta ", []string{"> /binary a x"}, "/binary a x"},
		{"what they have in common", "/f\tj\t", []string{"> /format json"}, "/format json "},
		{"the choice", "/p\ti", []string{"/ping  /pong", "> /pi"}, "/pi"},
		{"all", "/\t", []string{"/binary       /format json  /pong         /日曜", "/format hex   /ping         /日本", "> /"}, "/"},
		{"wide characters", "/日\t", []string{"/日本  /日曜", "> /日"}, "/日"},
		{"none", "x\t", []string{"> x"}, "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSession(t, Config{Complete: complete})
			s.read()
			s.keys(c.keys)
			s.waitText(t, c.rows...)
			s.keys("\r")
			s.want(c.want, nil)
		})
	}
}

// What the function returns must not be able to do harm.
func TestCompleteWrongly(t *testing.T) {
	for _, replace := range []int{-1, 3} {
		s := newSession(t, Config{Complete: func(string, int) ([]string, int) { return []string{"x"}, replace }})
		s.read()
		s.keys("ab\t\r")
		s.want("ab", nil)
	}
	s := newSession(t, Config{Complete: func(string, int) ([]string, int) { return []string{"a\x1b[2Jb", "c"}, 0 }})
	s.read()
	s.keys("\tx")
	s.waitText(t, "a␛[2Jb  c", "> x")
}

func TestCompleteWritesItself(t *testing.T) {
	var s *session
	s = newSession(t, Config{Complete: func(line string, pos int) ([]string, int) {
		fmt.Fprintf(s, "%q %d\n", line, pos)
		return nil, 0
	}})
	s.read()
	s.keys("日x" + left + "\t")
	s.waitText(t, `"日x" 3`, "> 日x")
}

func TestColumns(t *testing.T) {
	candidates := strings.Fields("a bb ccc dddd eeeee")
	for _, c := range []struct {
		width int
		want  string
	}{
		{80, "a      bb     ccc    dddd   eeeee\n"},
		{22, "a      ccc    eeeee\nbb     dddd\n"},
		{1, "a\nbb\nccc\ndddd\neeeee\n"},
	} {
		got := strings.ReplaceAll(string(columns(candidates, c.width)), "\r\n", "\n")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", c.width, diff)
		}
	}
}
