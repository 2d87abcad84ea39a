package acceptkey

import (
	"encoding/hex"
	"testing"
)

// TestDerive has the example of RFC 6455, Section 1.3, with its steps.
func TestDerive(t *testing.T) {
	d := Derive("dGhlIHNhbXBsZSBub25jZQ==")
	for _, tt := range []struct{ step, got, want string }{
		{"Key", d.Key, "dGhlIHNhbXBsZSBub25jZQ=="},
		{"Decoded", string(d.Decoded), "the sample nonce"},
		{"Concat", d.Concat, "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"},
		{"SHA1", hex.EncodeToString(d.SHA1[:]), "b37a4f2cc0624f1690f64606cf385945b2bec4ea"},
		{"Accept", d.Accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.step, tt.got, tt.want)
		}
	}
	if d := Derive("not a key"); d.Decoded != nil {
		t.Errorf("Derive of what is not Base64 has decoded %q", d.Decoded)
	}
}

func TestKeyProblem(t *testing.T) {
	for _, tt := range []struct{ key, want string }{
		{"dGhlIHNhbXBsZSBub25jZQ==", ""},
		{"", "empty"},
		{"AA==", "Base64 of 1 byte, not of 16"},
		{"dGhlIHNhbXBsZSBub25jZSE=", "Base64 of 17 bytes, not of 16"},
		{"dGhlIHNhbXBsZSBub25jZQ", "valid but for its missing padding"},
		{"dGhlIHNhbXBsZSBub25jZQ== ", "valid but for the white space around it"},
		{"dGhlIHNhbXBsZSBub25jZQ==\n", "valid but for the white space around it"},
		{"-_v7O6xFTi36lq3RNcgctw==", "Base64 of the URL alphabet, which has - and _ for + and /"},
		{" x", "not Base64, and there is white space around it"},
		{"hello world", "not Base64"},
		{"dGhl\nIHNh", "not Base64"},
	} {
		if got := KeyProblem(tt.key); got != tt.want {
			t.Errorf("KeyProblem(%q) = %q, want %q", tt.key, got, tt.want)
		}
	}
}
