package cmd

import (
	"errors"
	"testing"
)

func TestHistoryWarning(t *testing.T) {
	for _, tt := range []struct {
		name  string
		quiet bool
		want  string
	}{
		{"once", false, "wscope: warning: history: no room; --no-history does without it\n"},
		{"not with -q", true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			shown := newWatchedOutput()
			view := &display{err: &redirect{w: shown}}
			h := sessionHistory(streams{}, true, view, colorNever, tt.quiet)
			h.Report(errors.New("history: no room"))
			if got := shown.String(); got != tt.want {
				t.Errorf("shown was %q, want %q", got, tt.want)
			}
		})
	}
	if h := sessionHistory(streams{}, false, nil, colorNever, false); h.Max >= 0 || h.Path != "" {
		t.Errorf("a history that is not wanted is %+v", h)
	}
}
