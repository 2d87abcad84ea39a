package netdial

import "testing"

func TestParseConnectTo(t *testing.T) {
	for _, test := range []struct {
		in   string
		want ConnectTo
	}{
		{"a:80:b:81", ConnectTo{"a", "80", "b", "81"}},
		{"::b:", ConnectTo{"", "", "b", ""}},
		{"A.:::8080", ConnectTo{"a", "", "", "8080"}},
		{"[::1]:80:[::2]:81", ConnectTo{"::1", "80", "::2", "81"}},
	} {
		if got, err := ParseConnectTo(test.in); err != nil || got != test.want {
			t.Errorf("ParseConnectTo(%q) = %v, %v, want %v", test.in, got, err, test.want)
		}
	}
	for _, in := range []string{"", "a", "a:80", "a:80:b", "a:80:b:81:c", "a:80:b\x00:81", "a:x:b:81", "a:80:b:0", "[::1:80:b:81"} {
		if got, err := ParseConnectTo(in); err == nil {
			t.Errorf("ParseConnectTo(%q) = %v, want an error", in, got)
		}
	}
}

func TestReplace(t *testing.T) {
	d := &Dialer{ConnectTo: []ConnectTo{
		{"a", "80", "b", ""},
		{"a", "", "", "81"},
		{"", "443", "c", "8443"},
	}}
	for _, test := range []struct{ in, want Target }{
		{Target{"a", "80", false}, Target{"b", "80", false}},
		{Target{"A", "82", false}, Target{"A", "81", false}},
		{Target{"x", "443", true}, Target{"c", "8443", true}},
		{Target{"x", "80", false}, Target{"x", "80", false}},
	} {
		if got := d.replace(test.in); got != test.want {
			t.Errorf("replace(%v) = %v, want %v", test.in, got, test.want)
		}
	}
}
