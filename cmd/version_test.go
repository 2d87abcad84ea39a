package cmd

import (
	"runtime/debug"
	"testing"
)

func TestFormatVersion(t *testing.T) {
	for _, tt := range []struct {
		name string
		info debug.BuildInfo
		want string
	}{
		{"nothing known", debug.BuildInfo{}, "wscope unknown (commit unknown) go1.26 linux/amd64\n"},
		{"without version control", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "wscope unknown (commit unknown) go1.26 linux/amd64\n"},
		{"installed by its version", debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "wscope v1.2.3 (commit unknown) go1.26 linux/amd64\n"},
		{"built in a clone", debug.BuildInfo{
			Main: debug.Module{Version: "v0.0.0-20261123060700-5edb45b0c0de"},
			Settings: []debug.BuildSetting{
				{Key: "vcs", Value: "git"},
				{Key: "vcs.revision", Value: "5edb45b0c0de5edb45b0c0de5edb45b0c0de5edb"},
				{Key: "vcs.time", Value: "2026-11-23T06:07:00Z"},
				{Key: "vcs.modified", Value: "false"},
			},
		}, "wscope v0.0.0-20261123060700-5edb45b0c0de (commit 5edb45b0c0de, 2026-11-23) go1.26 linux/amd64\n"},
		{"with changes", debug.BuildInfo{
			Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "5edb"},
				{Key: "vcs.modified", Value: "true"},
			},
		}, "wscope unknown (commit 5edb, modified) go1.26 linux/amd64\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := formatVersion(&tt.info, "go1.26", "linux/amd64"); got != tt.want {
				t.Errorf("formatVersion = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVersionIsTheSameEverywhere(t *testing.T) {
	for _, args := range [][]string{{"--version"}, {"-V"}, {"version"}, {"--version", "--no-color"}} {
		s, out, _ := testStreams("")
		if status := run(t.Context(), s, args); status != exitOK || out.String() != versionText() {
			t.Errorf("%q: status %d, %q, want %q", args, status, out, versionText())
		}
	}
}
