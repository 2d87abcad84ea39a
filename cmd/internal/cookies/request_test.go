package cookies

import "testing"

func TestJoin(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{"", "", ""},
		{"a=1", "", "a=1"},
		{"", "b=2", "b=2"},
		{"a=1; ", "b=2", "a=1; b=2"},
		{"a=1;", "b=2; c=3", "a=1; b=2; c=3"},
	} {
		if got := Join(test.a, test.b); got != test.want {
			t.Errorf("Join(%q, %q) = %q, want %q", test.a, test.b, got, test.want)
		}
	}
}
