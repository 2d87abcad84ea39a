package cmd

import (
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// asksVersion reports whether args are --version and nothing else. Scripts run
// that at every turn, so it does not wait for the command tree.
func asksVersion(args []string) bool {
	return len(args) == 1 && (args[0] == "--version" || args[0] == "-V")
}

// showVersion prints what --version shows.
func showVersion(s streams) error {
	_, err := io.WriteString(s.out, versionText())
	return err
}

// versionText returns the line that --version shows.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return formatVersion(info, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
}

// formatVersion returns what is known of a build as one line: the version of the
// module, the commit with its date, the Go version and the platform.
func formatVersion(info *debug.BuildInfo, goVersion, platform string) string {
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "unknown"
	}
	commit, date, modified := "unknown", "", false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case "vcs.time":
			date, _, _ = strings.Cut(s.Value, "T")
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	about := []string{"commit " + commit}
	if date != "" {
		about = append(about, date)
	}
	if modified {
		about = append(about, "modified")
	}
	return "wscope " + version + " (" + strings.Join(about, ", ") + ") " + goVersion + " " + platform + "\n"
}

// userAgent returns what a request says it comes from, unless somebody asks for
// something else.
func userAgent() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return "wscope/" + strings.TrimPrefix(info.Main.Version, "v")
	}
	return "wscope"
}

// newVersionCmd returns the command that shows what --version shows.
func newVersionCmd(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Show the version, the commit and the Go version",
		Example: "  wscope version",
		Args:    maxArgs(0),
		RunE: func(*cobra.Command, []string) error {
			return showVersion(s)
		},
	}
}
