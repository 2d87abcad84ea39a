package expect

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestUnordered(t *testing.T) {
	// Expectations are sets of letters, messages are letters.
	for _, tt := range []struct {
		name         string
		expectations []string
		messages     string
		taken        string
		done         bool
	}{
		{"in order", []string{"a", "b"}, "ab", "ab", true},
		{"backwards", []string{"a", "b"}, "ba", "ba", true},
		{"others between", []string{"a", "b"}, "xbyaz", "ba", true},
		{"the same twice", []string{"a", "a"}, "aa", "aa", true},
		{"once is not twice", []string{"a", "a"}, "ab", "a", false},
		{"a choice is changed", []string{"ab", "a"}, "ab", "ab", true},
		{"a chain of choices", []string{"abc", "ab", "a"}, "abc", "abc", true},
		{"no way", []string{"ab", "ab", "c"}, "abab", "ab", false},
		{"none", nil, "a", "", true},
	} {
		u := NewUnordered(len(tt.expectations), func(i int, m rune) bool { return strings.ContainsRune(tt.expectations[i], m) })
		var taken []rune
		for _, m := range tt.messages {
			if u.Offer(m) {
				taken = append(taken, m)
			}
		}
		if string(taken) != tt.taken || u.Done() != tt.done {
			t.Errorf("%s: took %q, done %t, want %q, %t", tt.name, string(taken), u.Done(), tt.taken, tt.done)
		}
		var kept []rune
		for i := range tt.expectations {
			if m, ok := u.Met(i); ok {
				if !strings.ContainsRune(tt.expectations[i], m) {
					t.Errorf("%s: expectation %q was given %q", tt.name, tt.expectations[i], m)
				}
				kept = append(kept, m)
			}
		}
		slices.Sort(kept)
		slices.Sort(taken)
		if !slices.Equal(kept, taken) {
			t.Errorf("%s: kept %q, took %q", tt.name, string(kept), string(taken))
		}
	}
}

func TestUnmet(t *testing.T) {
	e := &Unmet{Want: `text "hello"`, Limit: 2 * time.Second, Waited: 2001 * time.Millisecond}
	if got, want := e.Error(), `expected text "hello" within 2s, and nothing came`; got != want {
		t.Errorf("nothing: %q, want %q", got, want)
	}
	x := &Matcher{Kind: Text, Body: Exactly("hello")}
	for _, s := range []string{"help", "hellx", "x"} {
		m := &Message{Kind: Text, Data: []byte(s)}
		e.Seen.Add(m, x.Match(m))
	}
	want := `expected text "hello" within 2s, waited 2 s
3 others came, the nearest: text "hellx"
  expected "hello"
       got "hellx"
                ^ character 5`
	if got := e.Error(); got != want {
		t.Errorf("three others:\n%s\nwant\n%s", got, want)
	}
	e.Ended = "the peer closed with 1011 internal error"
	if got, want := strings.SplitN(e.Error(), "\n", 2)[0], `expected text "hello" within 2s, but after 2 s the peer closed with 1011 internal error`; got != want {
		t.Errorf("ended: %q, want %q", got, want)
	}
	if got, want := (&Forbidden{`re "x"`, `text "ax"`}).Error(), `never expected re "x", and it came: text "ax"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTook(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"1.23456789s", "1.23 s"}, {"2s", "2 s"}, {"1m40s", "100 s"}, {"12.3456ms", "12.3 ms"}, {"100ms", "100 ms"}, {"12.3456µs", "12 µs"}, {"0s", "0 µs"},
	} {
		d, err := time.ParseDuration(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := Took(d); got != tt.want {
			t.Errorf("Took(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
}
