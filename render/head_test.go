package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseHead(t *testing.T) {
	for _, test := range []struct {
		name, raw string
		want      head
	}{
		{"nothing", "", head{}},
		{"cut in the first line", "GET / HT", head{begun: true, line: "GET / HT"}},
		{"complete", "A\r\nB: c\r\n\r\n", head{begun: true, line: "A", fields: []field{{"B", "c"}}, ended: true}},
		{"bare line feeds and a body", "A\nB:c\n\nbody\r\n\r\n", head{begun: true, line: "A", fields: []field{{"B", "c"}}, ended: true, body: []byte("body\r\n\r\n")}},
		{"only the first colon splits", "A\r\nOrigin: http://h:1\r\n", head{begun: true, line: "A", fields: []field{{"Origin", "http://h:1"}}}},
		{"secrets in any case", "A\r\nAUTHORIZATION: bearer abc\r\nproxy-authorization: abc\r\ncookie:\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n",
			head{begun: true, line: "A", fields: []field{{"AUTHORIZATION", "bearer [redacted]"}, {"proxy-authorization", "[redacted]"},
				{"cookie", "[redacted]"}, {"Set-Cookie", "[redacted]"}, {"set-cookie", "[redacted]"}}}},
		{"an unknown scheme may be the secret", "A\r\nAuthorization: my secret\r\n", head{begun: true, line: "A", fields: []field{{"Authorization", "[redacted]"}}}},
		{"a secret that is continued", "A\r\nCookie: a=b;\r\n c=d\r\n\te=f\r\nX: y\r\n z\r\n", head{begun: true, line: "A", fields: []field{{"Cookie", "[redacted]"}, {"X", "y z"}}}},
		{"a blank before the colon", "A\r\nCookie : a=b\r\n", head{begun: true, line: "A", fields: []field{{"Cookie ", "[redacted]"}}}},
		{"a cut secret", "A\r\nCookie: a=", head{begun: true, line: "A", fields: []field{{"Cookie", "[redacted]"}}}},
		{"a line without a colon", "A\r\nnonsense\r\n", head{begun: true, line: "A", fields: []field{{"", "nonsense"}}}},
		{"a URL in the first line", "GET ws://u:p@h/ HTTP/1.1\r\n", head{begun: true, line: "GET ws://[redacted]@h/ HTTP/1.1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := parseHead([]byte(test.raw), false)
			if len(got.body) == 0 {
				got.body = nil
			}
			got.raw = nil
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(head{}, field{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if shown := parseHead([]byte(test.raw), true); strings.Contains(shown.line, redacted) {
				t.Errorf("redacted although secrets are wanted: %v", shown)
			}
		})
	}
}
