package record

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestCommand(t *testing.T) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.StringP("user", "u", "", "")
	flags.StringP("header", "H", "", "")
	flags.StringP("execute", "x", "", "")
	flags.String("auth", "", "")
	flags.String("oauth2-bearer", "", "")
	flags.String("cookie", "", "")
	flags.String("cookie-jar", "", "")
	flags.String("pass", "", "")
	flags.String("cert", "", "")
	flags.String("key", "", "")
	flags.String("proxy", "", "")
	flags.String("record", "", "")
	flags.StringP("user-agent", "A", "", "")
	flags.CountP("verbose", "v", "")
	flags.BoolP("quiet", "q", false, "")
	flags.String("deflate", "", "")
	flags.Lookup("deflate").NoOptDefVal = "on"
	for in, want := range map[string]string{
		"connect ws://h/":                             "connect ws://h/",
		"connect ws://u:p@h/":                         "connect ws://[redacted]@h/",
		"connect u:p@h:80/a@b":                        "connect [redacted]@h:80/a@b",
		"connect h/a@b":                               "connect h/a@b",
		"connect -u u:p ws://h/":                      "connect -u [redacted] ws://h/",
		"connect -uu:p -vvuu:p -vvu u:p":              "connect -u[redacted] -vvu[redacted] -vvu [redacted]",
		"connect -u=u:p --user=u:p --user u:p":        "connect -u=[redacted] --user=[redacted] --user [redacted]",
		"connect --auth u:p --oauth2-bearer abc":      "connect --auth [redacted] --oauth2-bearer [redacted]",
		"connect --cookie a=b --cookie-jar f":         "connect --cookie [redacted] --cookie-jar f",
		"connect --pass secret --key file":            "connect --pass [redacted] --key file",
		"connect --cert c.p12:secret --cert=c.pem":    "connect --cert c.p12:[redacted] --cert=c.pem",
		"connect --proxy u:p@h:1 --proxy=http://u@h":  "connect --proxy [redacted]@h:1 --proxy=http://[redacted]@h",
		"connect -H Authorization:abc -HX-Key:abc":    "connect -H Authorization:[redacted] -HX-Key:abc",
		"connect -H Authorization:\tBearer\u00a0x":    "connect -H Authorization:\t[redacted]",
		"connect --header=x-api-key:abc -H @file":     "connect --header=x-api-key:[redacted] -H @file",
		"connect -A me@home -x a:b@c -v -q --deflate": "connect -A me@home -x a:b@c -v -q --deflate",
		"connect --deflate ws://u@h":                  "connect --deflate ws://[redacted]@h",
		"connect --deflate=a -- -u u:p@h":             "connect --deflate=a -- -u [redacted]@h",
		"connect --unknown u:p@h -z -é -":             "connect --unknown [redacted]@h -z -é -",
		"connect -u":                                  "connect -u",
		"":                                            "",
	} {
		args := strings.Split(in, " ")
		if got := strings.Join(Command(flags, args), " "); got != want {
			t.Errorf("Command(%q) = %q, want %q", in, got, want)
		}
	}
	// A value may have blanks in it.
	got := Command(flags, []string{"-H", "Authorization: Bearer abc def"})
	if want := "Authorization: Bearer [redacted]"; got[1] != want {
		t.Errorf("the header is %q, want %q", got[1], want)
	}
}
