package wsproto

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAcceptKey(t *testing.T) {
	for _, tt := range []struct{ name, key, want string }{
		{"RFC 6455, Section 1.3", "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
		{"another key", "w4v7O6xFTi36lq3RNcgctw==", "Oy4NRAQ13jhfONC7bP8dTKb4PTU="},
		{"empty", "", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := AcceptKey(tt.key); got != tt.want {
				t.Errorf("AcceptKey(%q) = %q, want %q", tt.key, got, tt.want)
			}
		})
	}
}

func TestAcceptKeyTakesTheKeyAsItIs(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	for _, other := range []string{key + " ", key + "\n", " " + key, strings.TrimRight(key, "="), key + strings.Repeat(key, 100)} {
		if AcceptKey(other) == AcceptKey(key) {
			t.Errorf("AcceptKey(%q) is that of %q", other, key)
		}
	}
}

func TestNewKey(t *testing.T) {
	got, err := NewKey(strings.NewReader("the sample nonce and more"))
	if want := "dGhlIHNhbXBsZSBub25jZQ=="; got != want || err != nil {
		t.Errorf("NewKey = %q, %v, want %q, nil", got, err, want)
	}

	seen := map[string]bool{}
	for range 100 {
		key, err := NewKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		if !ValidKey(key) {
			t.Errorf("NewKey(nil) = %q is not valid", key)
		}
		if seen[key] {
			t.Errorf("NewKey(nil) = %q twice", key)
		}
		seen[key] = true
	}
}

func TestNewKeyError(t *testing.T) {
	if key, err := NewKey(strings.NewReader("too short")); err != io.ErrUnexpectedEOF {
		t.Errorf("NewKey of a short reader = %q, %v", key, err)
	}
	broken := errors.New("broken")
	if key, err := NewKey(iotest.ErrReader(broken)); err != broken {
		t.Errorf("NewKey of a broken reader = %q, %v", key, err)
	}
}

func TestValidKey(t *testing.T) {
	sixteen := base64.StdEncoding.EncodeToString([]byte("the sample nonce"))
	for _, tt := range []struct {
		name, key string
		want      bool
	}{
		{"sixteen bytes", sixteen, true},
		{"zeros", "AAAAAAAAAAAAAAAAAAAAAA==", true},
		{"empty", "", false},
		{"15 bytes", base64.StdEncoding.EncodeToString(make([]byte, 15)), false},
		{"17 bytes", base64.StdEncoding.EncodeToString(make([]byte, 17)), false},
		{"18 bytes", base64.StdEncoding.EncodeToString(make([]byte, 18)), false},
		{"no padding", strings.TrimRight(sixteen, "="), false},
		{"trailing space", sixteen + " ", false},
		{"trailing newline", sixteen + "\n", false},
		{"line break inside", "dGhlIHNhbXBsZSBub25jZ\r\n=", false},
		{"line break for padding", "dGhlIHNhbXBsZSBub25jZQ\r\n", false},
		{"base64url", "_-AAAAAAAAAAAAAAAAAAAA==", false},
		{"not base64", "dGhlIHNhbXBsZSBub25j!Q==", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ValidKey(tt.key); got != tt.want {
				t.Errorf("ValidKey(%q) = %v, want %v", tt.key, got, tt.want)
			}
		})
	}
}

func TestKeyAllocations(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	if n := testing.AllocsPerRun(100, func() { AcceptKey(key) }); n > 1 {
		t.Errorf("AcceptKey allocates %v times, want the result only", n)
	}
	if n := testing.AllocsPerRun(100, func() { ValidKey(key) }); n != 0 {
		t.Errorf("ValidKey allocates %v times", n)
	}
}

func BenchmarkAcceptKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		AcceptKey("dGhlIHNhbXBsZSBub25jZQ==")
	}
}
