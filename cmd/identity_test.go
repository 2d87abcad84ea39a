package cmd

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"wscope/wsproto"
)

// TestSplitRequests: whatever value of the command line ends up in a request, it
// does not split it. It is refused before anything is sent, by the name of its flag,
// and is not repeated where it may be secret.
func TestSplitRequests(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			t.Error("there was a connection")
		}
	}()
	addr := l.Addr().String()
	for _, bad := range []string{"s3cret\r\nX-Evil: 1", "s3cret\n", "s3cret\x00", "s3cret\x01"} {
		for _, test := range []struct {
			args []string
			flag string
			exit int
		}{
			{[]string{"connect", "-H", "Authorization: Bearer " + bad}, "-H/--header", exitUsage},
			{[]string{"connect", "-o", bad}, "--origin", exitUsage},
			{[]string{"connect", "-A", bad}, "--user-agent", exitUsage},
			{[]string{"connect", "-u", "alice:" + bad}, "-u/--user", exitUsage},
			{[]string{"connect", "--digest", "-u", bad + ":x"}, "-u/--user", exitUsage},
			{[]string{"connect", "--oauth2-bearer", bad}, "--oauth2-bearer", exitUsage},
			{[]string{"connect", "--cookie", "a=" + bad}, "--cookie", exitUsage},
			{[]string{"connect", "--ws-key", bad}, "--ws-key", exitUsage},
			{[]string{"connect", "--ws-version", bad}, "--ws-version", exitUsage},
			{[]string{"connect", "-s", bad}, "-s/--subprotocol", exitUsage},
			{[]string{"sse", "-H", "Authorization: Bearer " + bad}, "-H/--header", exitUsage},
			{[]string{"sse", "-u", "alice:" + bad}, "-u/--user", exitUsage},
			{[]string{"sse", "--cookie", "a=" + bad}, "--cookie", exitUsage},
			{[]string{"sse", "--last-event-id", bad}, "--last-event-id", exitUsage},
			{[]string{"sse", "-X", bad}, "-X/--request", exitUsage},
			{[]string{"connect", "ws://alice:" + url.PathEscape(bad) + "@" + addr}, "the URL", exitURL},
			{[]string{"connect", "ws://" + addr + "/" + bad}, "URL", exitURL},
			{[]string{"sse", "http://" + addr + "/" + bad}, "URL", exitURL},
		} {
			args := test.args
			if !strings.Contains(args[1], "://") {
				args = append(args, "ws://"+addr+"/")
			}
			s, _, errs := testStreams("")
			got := run(t.Context(), s, args)
			if got != test.exit || !strings.Contains(errs.String(), test.flag) {
				t.Errorf("%q: exit status %d, want %d and %q:\n%s", args, got, test.exit, test.flag, errs)
			}
			secret := test.flag != "-s/--subprotocol" && test.flag != "-X/--request" && test.flag != "URL"
			if secret && strings.Contains(errs.String(), "s3cret") {
				t.Errorf("%q: the value is repeated:\n%s", args, errs)
			}
		}
	}
}

// TestPublicURLs: what is wrong with a URL is told without the password in it.
func TestPublicURLs(t *testing.T) {
	for _, args := range [][]string{
		{"connect", "ws://alice:s3cret@h:99999/"},
		{"connect", "alice:s3cret@h:99999/"},
		{"connect", "wss:alice:s3cret@h/"},
		{"connect", `ws://alice:s3cret"'<@h:99999/`},
		{"connect", "ftp://alice:s3cret@h/"},
		{"sse", "http://alice:s3cret@h:99999/"},
		{"sse", "ftp://alice:s3cret@h/"},
		{"ws://alice:s3cret@h/"},
	} {
		s, _, errs := testStreams("")
		if got := run(t.Context(), s, args); got == exitOK || strings.Contains(errs.String(), "s3cret") {
			t.Errorf("%q: exit status %d, and the password is repeated:\n%s", args, got, errs)
		}
	}
}

func TestStreamURL(t *testing.T) {
	for _, test := range []struct {
		in   url.URL
		want wsproto.URL
	}{
		{url.URL{Scheme: "http", Host: "h", Path: "/a b"}, wsproto.URL{Host: "h", Port: "80", Target: "/a%20b"}},
		{url.URL{Scheme: "https", Host: "[::1]:444", Opaque: "/a[b]", RawQuery: "c=d"}, wsproto.URL{Secure: true, Host: "::1", Port: "444", Target: "/a[b]?c=d"}},
		{url.URL{Scheme: "https", Host: "h"}, wsproto.URL{Secure: true, Host: "h", Port: "443", Target: "/"}},
	} {
		if got := streamURL(&test.in); got != test.want {
			t.Errorf("streamURL(%+v) = %+v, want %+v", test.in, got, test.want)
		}
	}
}
