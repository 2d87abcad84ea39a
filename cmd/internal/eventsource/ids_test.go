package eventsource

import "testing"

func TestParseIDs(t *testing.T) {
	for _, tt := range []struct{ first, second, err string }{
		{"1", "2", ""},
		{"99", "100", ""},
		{"evt-9", "evt-10", ""},
		{"a0b7", "a0b8", ""},
		{"\u65e5 1", "\u65e5 2", ""},
		{"", "", "expected a number at the end, for the next ids to go on from"},
		{"evt", "", "expected a number at the end, for the next ids to go on from"},
		{"0", "", "expected a number from 1 on, without zeros in front"},
		{"evt-007", "", "expected a number from 1 on, without zeros in front"},
		{" 1", "", "an id cannot begin with a blank, which clients take away"},
		{"a\n1", "", "an id with a NUL or a line break cannot be sent"},
		{"a\x001", "", "an id with a NUL or a line break cannot be sent"},
		{"\xff1", "", "the id is not UTF-8"},
		{"4611686018427387905", "", "the number 4611686018427387905 is too large, expected at most 4611686018427387904"},
		{"x99999999999999999999", "", "the number 99999999999999999999 is too large, expected at most 4611686018427387904"},
	} {
		ids, err := ParseIDs(tt.first)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("ParseIDs(%q): %v, want %s", tt.first, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("ParseIDs(%q): %v", tt.first, err)
		}
		for n, want := range map[uint64]string{1: tt.first, 2: tt.second} {
			if got := string(ids.append(nil, n)); got != want {
				t.Errorf("ParseIDs(%q): event %d has the id %q, want %q", tt.first, n, got, want)
			}
			if got, ok := ids.number(want); !ok || got != n {
				t.Errorf("ParseIDs(%q): the id %q is of event %d, %t, want %d", tt.first, want, got, ok, n)
			}
		}
	}
}

func TestIDsNumber(t *testing.T) {
	ids, err := ParseIDs("e5")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]uint64{"e5": 1, "e14": 10, "e4": 0, "5": 0, "e05": 0, "e": 0, "": 0, "f5": 0} {
		if got, ok := ids.number(id); ok != (want != 0) || ok && got != want {
			t.Errorf("%q is event %d, %t, want %d", id, got, ok, want)
		}
	}
	for id, want := range map[string]uint64{"1": 1, "18446744073709551615": 1<<64 - 1, "0": 0, "": 0, "01": 0, "+1": 0, "1 ": 0, "x": 0, "18446744073709551616": 0} {
		if got, ok := (IDs{}).number(id); ok != (want != 0) || ok && got != want {
			t.Errorf("%q is event %d, %t, want %d", id, got, ok, want)
		}
	}
}
