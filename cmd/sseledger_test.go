package cmd

import (
	"fmt"
	"strings"
	"testing"
)

// Steps are IDs, with a bar where the connection is lost. What the ledger says of
// an ID stands after it: r for seen before, +N for so many that were skipped, and
// = and the number of events that came again where it is the first that is new.
func TestIDLedger(t *testing.T) {
	for _, test := range []struct{ name, sent, steps, want string }{
		{"nothing lost", "", "1 2 3 | 4 5 | 6", "1 2 3 | 4=0 5 | 6=0"},
		{"some twice", "", "1 2 3 | 2 3 4", "1 2 3 | 2r 3r 4=2"},
		{"some skipped", "", "1 2 3 | 6 7", "1 2 3 | 6+2=0 7"},
		{"twice and skipped", "", "1 2 3 | 3 6 | 6 3 7", "1 2 3 | 3r 6+2=1 | 6r 3r 7=2"},
		{"late ones are new", "", "1 2 3 | 6 4 5", "1 2 3 | 6+2=0 4 5"},
		{"asked for on the command line", "7", "7 8", "7r 8"},
		{"skipped from the command line", "7", "| 10", "| 10+2=0"},
		{"texts", "", "a b | b c | a d", "a b | br c=1 | ar d=1"},
		{"mixed", "", "1 a 2 | a 1 3", "1 a 2 | ar 1r 3=2"},
		{"leading zeros are text", "", "01 02 | 02 04", "01 02 | 02r 04=1"},
		{"times are not counted", "", "100 250 300 | 300 420", "100 250 300 | 300r 420=1"},
		{"downwards", "", "9 8 7 | 7 6", "9 8 7 | 7r 6=1"},
		{"all again", "", "1 2 | 1 2", "1 2 | 1r 2r"},
		{"huge", "", "18446744073709551615 | 18446744073709551615", "18446744073709551615 | 18446744073709551615r"},
	} {
		var l idLedger
		l.sent(test.sent)
		var got []string
		attempt := 0
		for id := range strings.FieldsSeq(test.steps) {
			if id == "|" {
				attempt++
				l.reconnected(attempt)
				got = append(got, id)
				continue
			}
			again, skipped, resume := l.event([]byte(id))
			out := id
			if again {
				out += "r"
			}
			if skipped > 0 {
				out += fmt.Sprint("+", skipped)
			}
			if resume != nil {
				if resume.ID != id || resume.Attempt != attempt || resume.Skipped != skipped {
					t.Errorf("%s: at %s: %+v", test.name, id, resume)
				}
				out += fmt.Sprint("=", resume.Repeated)
			}
			got = append(got, out)
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: %s gives %s, want %s", test.name, test.steps, got, test.want)
		}
	}
}

// The ledger does not grow with the stream.
func TestIDLedgerBounded(t *testing.T) {
	var l idLedger
	for i := range 10 * maxIDs {
		l.event(fmt.Appendf(nil, "event-%d", i))
		l.event(fmt.Appendf(nil, "%d", i*7))
	}
	if len(l.known) > maxIDs || len(l.oldest) > maxIDs {
		t.Errorf("%d IDs are kept", len(l.known))
	}
	if again, _, _ := l.event(fmt.Appendf(nil, "event-%d", 10*maxIDs-1)); !again {
		t.Error("the last ID is not known any more")
	}
}

func TestIDLedgerAllocations(t *testing.T) {
	var l idLedger
	id := []byte("1000000")
	l.event(id)
	if n := testing.AllocsPerRun(1000, func() {
		id[6]++
		for i := 6; id[i] > '9'; i-- {
			id[i] = '0'
			id[i-1]++
		}
		if again, skipped, _ := l.event(id); again || skipped > 0 {
			t.Fatalf("ID %s: %v, %d", id, again, skipped)
		}
	}); n > 1 {
		t.Errorf("%v allocations for an ID that counts up", n)
	}
}
