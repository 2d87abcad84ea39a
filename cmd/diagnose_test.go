package cmd

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDoctorFlags looks for each flag that the doctor names.
func TestDoctorFlags(t *testing.T) {
	connect := newConnectCmd(streams{}, func(context.Context, connectOptions) error { return nil })
	listen := newListenCmd(streams{}, func(context.Context, listenOptions) error { return nil })
	files, err := filepath.Glob(filepath.Join("internal", "doctor", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`--[a-z][a-z0-9-]+|[ ("'](-[a-zA-Z])\b`)
	others := map[string]bool{"--explain": true} // of wscope accept-key
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cmd := connect
		if filepath.Base(file) == "served.go" {
			cmd = listen
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			flags := cmd.Flags()
			name := strings.TrimPrefix(m[0], "--")
			if m[1] != "" {
				name = ""
				if f := flags.ShorthandLookup(m[1][1:]); f != nil {
					name = f.Name
				}
			}
			if flags.Lookup(name) == nil && !others[m[0]] {
				t.Errorf("%s names %s, %s has no such flag", file, strings.TrimLeft(m[0], ` ("'`), cmd.Name())
			}
		}
	}
}

func TestVariantTime(t *testing.T) {
	for _, test := range []struct{ limit, first, want time.Duration }{
		{30 * time.Second, 10 * time.Millisecond, 5 * time.Second},
		{30 * time.Second, 2 * time.Second, 8 * time.Second},
		{30 * time.Second, 30 * time.Second, 10 * time.Second},
		{time.Second, time.Second, time.Second},
	} {
		if got := variantTime(test.limit, test.first); got != test.want {
			t.Errorf("variantTime(%v, %v) = %v, want %v", test.limit, test.first, got, test.want)
		}
	}
}
