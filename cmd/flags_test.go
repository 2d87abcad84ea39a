package cmd

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wscope/wsproto"
)

func TestDurationFlag(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"1", time.Second, true},
		{"0.25", 250 * time.Millisecond, true},
		{"1e3", 1000 * time.Second, true},
		{"1m30s", 90 * time.Second, true},
		{"0", 0, true},
		{"100000000", 100000000 * time.Second, true}, // a timer of 32 bits would overflow
		{"-1", 0, false},
		{"-1s", 0, false},
		{"", 0, false},
		{"soon", 0, false},
		{"NaN", 0, false},
		{"Inf", 0, false},
		{"1e300", 0, false},
		{"5 s", 0, false},
	} {
		var got time.Duration
		if err := (durationFlag{d: &got}).Set(tt.in); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("Set(%q) = %v, %v, want %v, ok: %v", tt.in, got, err, tt.want, tt.ok)
		}
	}
	for _, in := range []string{"-1", "-0.5s", "-3h"} {
		var got time.Duration
		if err := (durationFlag{&got, true}).Set(in); err != nil || got != forever {
			t.Errorf("Set(%q) of an endless one = %v, %v, want for ever", in, got, err)
		}
	}
	minute, endless := time.Minute, forever
	for _, tt := range []struct {
		f    durationFlag
		want string
	}{{durationFlag{}, "0"}, {durationFlag{d: &minute}, "1m0s"}, {durationFlag{&endless, true}, "-1"}} {
		if got := tt.f.String(); got != tt.want {
			t.Errorf("String = %q, want %q", got, tt.want)
		}
	}
}

func TestSizeFlag(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64
		ok   bool
	}{
		{"0", 0, true},
		{"4096", 4096, true},
		{"64k", 64 << 10, true},
		{"16M", 16 << 20, true},
		{"1GiB", 1 << 30, true},
		{"2mb", 2 << 20, true},
		{"8589934591G", 8589934591 << 30, true},
		{"8589934592G", 0, false},
		{"-1", 0, false},
		{"k", 0, false},
		{"", 0, false},
		{"1.5M", 0, false},
		{"1T", 0, false},
		{"kk", 0, false},
	} {
		var got int64
		if err := (sizeFlag{&got}).Set(tt.in); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("Set(%q) = %d, %v, want %d, ok: %v", tt.in, got, err, tt.want, tt.ok)
		}
	}
	for n, want := range map[int64]string{0: "0", 1: "1", 1000: "1000", 1024: "1k", 64 << 20: "64M", 3 << 30: "3G", 1 << 40: "1024G", math.MaxInt64: "9223372036854775807"} {
		if got := (sizeFlag{&n}).String(); got != want {
			t.Errorf("String of %d = %q, want %q", n, got, want)
		}
	}
}

func TestHeaderFlag(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	fields := func(pairs ...string) (f wsproto.Fields) {
		for i := 0; i < len(pairs); i += 2 {
			f = append(f, wsproto.Field{Name: pairs[i], Value: pairs[i+1]})
		}
		return f
	}
	for _, tt := range []struct {
		name string
		in   []string
		want wsproto.Fields
		omit []string
	}{
		{"value with colons", []string{"Origin: http://[::1]:80/"}, fields("Origin", "http://[::1]:80/"), nil},
		{"no blank, and several", []string{"A:1", "B: \t2 3 \t"}, fields("A", "1", "B", "2 3"), nil},
		{"repeated, in order and case", []string{"x-a: 1", "X-A: 2", "x-a: 1"}, fields("x-a", "1", "X-A", "2", "x-a", "1"), nil},
		{"commas", []string{"A: 1, 2"}, fields("A", "1, 2"), nil},
		{"removed", []string{"User-Agent:", "Host: "}, nil, []string{"User-Agent", "Host"}},
		{"empty", []string{"X-A;"}, fields("X-A", ""), nil},
		{"semicolon in a value", []string{"X-A: b;"}, fields("X-A", "b;"), nil},
		{"beyond ASCII", []string{"X-A: hé"}, fields("X-A", "hé"), nil},
		{"file", []string{"@" + write("fields", "# remark\r\nA: 1\r\n\nB;\nC:\n")}, fields("A", "1", "B", ""), []string{"C"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got headerEdits
			for _, s := range tt.in {
				if err := (headerFlag{&got}).Set(s); err != nil {
					t.Fatalf("Set(%q): %v", s, err)
				}
			}
			if !slices.Equal(got.fields, tt.want) || !slices.Equal(got.omit, tt.omit) {
				t.Errorf("fields %q without %q, want %q without %q", got.fields, got.omit, tt.want, tt.omit)
			}
		})
	}
	for _, tt := range []struct{ in, want string }{
		{"A: 1\r\nX-Evil: 2", `'\r' at offset 4`},
		{"A: 1\nX-Evil: 2", `'\n' at offset 4`},
		{"A: \x00", `'\x00' at offset 3`},
		{"nothing", `expected "name: value"`},
		{"", `expected "name: value"`},
		{"two words: x", `"two words" is not the name`},
		{"two words;", `"two words" is not the name`},
		{": x", `"" is not the name`},
		{";", `"" is not the name`},
		{"naïve: x", "is not the name"},
		{"@" + write("bad", "A: 1\nnothing\n"), "line 2: expected"},
		{"@" + write("folded", "A: 1\n B: 2\n"), `line 2: " B" is not the name`},
	} {
		var got headerEdits
		if err := (headerFlag{&got}).Set(tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Set(%q) = %v, want %q", tt.in, err, tt.want)
		}
	}
	var file *fileError
	if err := (headerFlag{&headerEdits{}}).Set("@" + filepath.Join(dir, "none")); !errors.As(err, &file) {
		t.Errorf("Set of a file that is not there = %v, want a fileError", err)
	}
}

func TestListFlag(t *testing.T) {
	var list []string
	f := listFlag{&list}
	for _, s := range []string{"chat.v2", "a, b\t,c"} {
		if err := f.Set(s); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"chat.v2", "a", "b", "c"}; !slices.Equal(list, want) {
		t.Errorf("list = %q, want %q", list, want)
	}
	for _, s := range []string{"", "x,", "a b", "x/y", "b", "y,y"} {
		if err := f.Set(s); err == nil {
			t.Errorf("Set(%q) succeeded", s)
		}
	}
}

func TestCloseFlag(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want closing
	}{
		{"1000", closing{1000, ""}},
		{"4000:bye", closing{4000, "bye"}},
		{"1001:a:b", closing{1001, "a:b"}},
		{"3000:", closing{3000, ""}},
		{"1014: ünï", closing{1014, " ünï"}},
		{"4999:" + strings.Repeat("x", 123), closing{4999, strings.Repeat("x", 123)}},
	} {
		var got closing
		if err := (closeFlag{&got}).Set(tt.in); err != nil || got != tt.want {
			t.Errorf("Set(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
		}
	}
	for _, in := range []string{"", "bye", "999", "1004", "1005", "1006", "1015", "1016", "2999", "5000", "65536", "-1", "4000:" + strings.Repeat("x", 124), "4000:\xff"} {
		var got closing
		if err := (closeFlag{&got}).Set(in); err == nil {
			t.Errorf("Set(%q) = %v, want an error", in, got)
		}
	}
}
