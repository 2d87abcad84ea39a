package wsproto

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParseExtensions(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		// RFC 6455, Section 9.1.
		{"one", "foo", "foo"},
		{"parameter", "bar; baz=2", "bar; baz=2"},
		{"several", "foo, bar; baz=2", "foo, bar; baz=2"},
		// RFC 7692, Section 7.1.
		{"quoted", `permessage-deflate; server_max_window_bits="10"`, "permessage-deflate; server_max_window_bits=10"},
		{"offers", "permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate; client_max_window_bits",
			"permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate; client_max_window_bits"},
		{"white space", "\tfoo ;a = 1\t; b,bar ", "foo; a=1; b, bar"},
		{"empty elements", ",, foo,,bar,", "foo, bar"},
		{"several fields", "foo|bar;a", "foo, bar; a"},
		{"escapes", `foo; a="\1\2"`, "foo; a=12"},
		{"empty", "", "error: no extension"},
		{"commas", ", ,", "error: no extension"},
		{"no name", ";a=1", `error: want a token at ";a=1"`},
		{"no parameter", "foo;", `error: want a token at ""`},
		{"no value", "foo; a=", `error: want a token at ""`},
		{"empty quotes", `foo; a=""`, "error: a quoted value has to be a token"},
		{"quoted space", `foo; a="1 2"`, "error: a quoted value has to be a token"},
		{"open quotes", `foo; a="1`, "error: want a closing quote"},
		{"two words", "foo bar", `error: want a comma or a semicolon at "bar"`},
		{"separator", "foo/1", `error: want a comma or a semicolon at "/1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := ParseExtensions(strings.Split(tt.in, "|"))
			got := joinExtensions(list)
			if err != nil {
				got = "error: " + err.Error()
			}
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("ParseExtensions(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func joinExtensions(list []ExtensionParams) string {
	var s []string
	for _, e := range list {
		s = append(s, e.String())
	}
	return strings.Join(s, ", ")
}

func FuzzParseExtensions(f *testing.F) {
	f.Add("permessage-deflate; client_max_window_bits; server_max_window_bits=\"10\"")
	f.Add("a,,b;c ; d = \"\\e\"")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ParseExtensions([]string{s})
		if err != nil {
			return
		}
		again, err := ParseExtensions([]string{joinExtensions(list)})
		if err != nil || fmt.Sprint(again) != fmt.Sprint(list) {
			t.Errorf("%q was read as %v and that as %v, %v", s, list, again, err)
		}
		for _, e := range list {
			if !IsToken(e.Name) {
				t.Errorf("%q: name %q", s, e.Name)
			}
			for _, p := range e.Params {
				if !IsToken(p.Name) || p.HasValue != IsToken(p.Value) {
					t.Errorf("%q: parameter %+v", s, p)
				}
			}
		}
	})
}

func TestParseTokens(t *testing.T) {
	for _, tt := range []struct {
		in   []string
		want []string // nil: refused
	}{
		{[]string{"chat"}, []string{"chat"}},
		{[]string{"chat, superchat"}, []string{"chat", "superchat"}},
		{[]string{"chat", "superchat,v2.json"}, []string{"chat", "superchat", "v2.json"}},
		{[]string{"Chat,chat"}, []string{"Chat", "chat"}},
		{[]string{"chat,chat"}, nil},
		{[]string{"chat", "chat"}, nil},
		{[]string{"a b"}, nil},
		{[]string{"a/b"}, nil},
		{[]string{""}, nil},
		{[]string{"caf\u00e9"}, nil},
	} {
		if got, err := parseTokens(tt.in); !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("parseTokens(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestHasToken(t *testing.T) {
	for _, tt := range []struct {
		lists string
		want  bool
	}{
		{"Upgrade", true}, {"upgrade", true}, {"keep-alive, Upgrade", true}, {"keep-alive|UPGRADE ,x", true},
		{"", false}, {"Upgraded", false}, {"keep-alive Upgrade", false}, {"\u00a0Upgrade", false},
	} {
		if got := hasToken(strings.Split(tt.lists, "|"), "Upgrade"); got != tt.want {
			t.Errorf("hasToken(%q) = %v", tt.lists, got)
		}
	}
}

func TestFields(t *testing.T) {
	f := Fields{{"Host", "h"}, {"x-A", "1"}, {"X-a", "2"}, {"Empty", ""}}
	if f.Value("X-A") != "1" || f.Value("none") != "" || !slices.Equal(f.Values("X-A"), []string{"1", "2"}) || !f.Has("EMPTY") || f.Has("X") {
		t.Errorf("fields %v are not found", f)
	}
	if got, want := string(f.appendTo(nil)), "Host: h\r\nx-A: 1\r\nX-a: 2\r\nEmpty:\r\n"; got != want {
		t.Errorf("appendTo gives %q, want %q", got, want)
	}
}
