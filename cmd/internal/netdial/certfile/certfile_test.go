package certfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// The files in testdata are from OpenSSL 3: one key in all its forms, with the
// passphrase "secret" where they are encrypted, its certificate, and an RSA key of
// a stranger (pkcs1.pem).

func file(name string) string { return filepath.Join("testdata", name) }

// write puts files into a folder of the test and returns a function for their
// paths.
func write(t *testing.T, files map[string][]byte) func(string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string { return filepath.Join(dir, name) }
}

func content(t *testing.T, names ...string) []byte {
	t.Helper()
	var all []byte
	for _, name := range names {
		data, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

// notThere is how the system says that there is no file.
var notThere = func() string {
	_, err := os.Open(file("none"))
	return errors.Unwrap(err).Error()
}()

func TestPool(t *testing.T) {
	pool, err := Pool(file("cert.pem"))
	if err != nil || pool == nil {
		t.Fatalf("Pool: %v", err)
	}
	cert := content(t, "cert.pem")
	path := write(t, map[string][]byte{
		"empty": []byte(" \n"), "text": []byte("hello\n"), "key": content(t, "key.pem", "key.pem"), "der": content(t, "cert.der"),
		"cut":    cert[:len(cert)/2],
		"broken": bytes.Replace(cert, []byte("\nMII"), []byte("\nMIA"), 1),
		"good":   append(content(t, "key.pem"), cert...),
	})
	if _, err := Pool(path("good")); err != nil {
		t.Errorf("a key beside the certificate: %v", err)
	}
	for name, want := range map[string]string{
		"none":  " cannot be read: " + notThere,
		"empty": " is empty",
		"text":  " has no certificate in PEM form",
		"key":   " has no certificate in PEM form, only PRIVATE KEY",
		"der":   " has no certificate in PEM form, it is in DER form",
		"cut":   " has a certificate in PEM that is cut off or damaged",
	} {
		if _, err := Pool(path(name)); err == nil || err.Error() != path(name)+want {
			t.Errorf("Pool of %s: %v, want FILE%s", name, err, want)
		}
	}
	if _, err := Pool(path("broken")); err == nil || !bytes.HasPrefix([]byte(err.Error()), []byte(path("broken")+" has a broken certificate, number 1 in it: ")) {
		t.Errorf("Pool of a broken certificate: %v", err)
	}
}

func TestLoad(t *testing.T) {
	path := write(t, map[string][]byte{"both.pem": content(t, "cert.pem", "aes256-sha256.pem")})
	ask := func(string) (string, error) { return "secret", nil }
	for _, test := range []struct {
		name string
		c    Client
	}{
		{"PKCS #8", Client{Cert: file("cert.pem"), Key: file("key.pem")}},
		{"SEC 1", Client{Cert: file("cert.pem"), Key: file("sec1.pem")}},
		{"AES-256, SHA-256", Client{Cert: file("cert.pem"), Key: file("aes256-sha256.pem"), Passphrase: "secret", HasPassphrase: true}},
		{"AES-128, SHA-1", Client{Cert: file("cert.pem"), Key: file("aes128-sha1.pem"), Passphrase: "secret", HasPassphrase: true}},
		{"AES-192, SHA-512", Client{Cert: file("cert.pem"), Key: file("aes192-sha512.pem"), Passphrase: "secret", HasPassphrase: true}},
		{"encrypted of old", Client{Cert: file("cert.pem"), Key: file("old.pem"), Passphrase: "secret", HasPassphrase: true}},
		{"3DES, SHA-256", Client{Cert: file("cert.pem"), Key: file("des3-sha256.pem"), Passphrase: "secret", HasPassphrase: true}},
		{"one file, asked for", Client{Cert: path("both.pem"), Ask: ask}},
		{"named twice", Client{Cert: path("both.pem"), Key: path("both.pem"), Ask: ask}},
		{"PKCS #12", Client{Cert: file("modern.p12"), Passphrase: "secret", HasPassphrase: true}},
		{"PKCS #12, asked for", Client{Cert: file("modern.p12"), Ask: ask}},
		{"PKCS #12 of old", Client{Cert: file("legacy.p12"), Passphrase: "secret", HasPassphrase: true}},
		{"PKCS #12 without a passphrase", Client{Cert: file("empty.p12")}},
	} {
		c, err := test.c.Load()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if len(c.Certificate) != 1 || c.Leaf.Subject.CommonName != "Test Client" || !belongs(c.PrivateKey, c.Leaf) {
			t.Errorf("%s: %+v", test.name, c)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	path := write(t, map[string][]byte{
		"empty.pem": nil, "both.pem": content(t, "pkcs1.pem", "cert.pem"), "der": {0x30, 0x03, 0x02, 0x01, 0x01},
		"odd.pem":    bytes.Replace(content(t, "old.pem"), []byte("DEK-Info: "), []byte("DEK-Info: X"), 1),
		"broken.pem": []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
	})
	cert := file("cert.pem")
	for _, test := range []struct {
		name string
		c    Client
		path string
		want string
	}{
		{"no file", Client{Cert: path("none")}, path("none"), "cannot be read: " + notThere},
		{"no file for the key", Client{Cert: cert, Key: path("none")}, path("none"), "cannot be read: " + notThere},
		{"an empty file", Client{Cert: path("empty.pem")}, path("empty.pem"), "is empty"},
		{"no key", Client{Cert: cert}, cert, "has no private key in PEM form"},
		{"a certificate for a key", Client{Cert: file("key.pem"), Key: cert}, file("key.pem"), "has no certificate in PEM form, only PRIVATE KEY"},
		{"a key for none", Client{Cert: path("both.pem"), Key: file("cert.der")}, file("cert.der"), "has no private key in PEM form"},
		{"a stranger's key", Client{Cert: cert, Key: file("pkcs1.pem")}, file("pkcs1.pem"), "has a key that does not match the certificate of CN=Test Client in " + cert},
		{"a broken key", Client{Cert: cert, Key: path("broken.pem")}, path("broken.pem"), "has a broken key: "},
		{"OpenSSH", Client{Cert: cert, Key: file("openssh.pem")}, file("openssh.pem"), "has a key in the form of OpenSSH, expected PKCS #8"},
		{"encrypted of old, with a wrong passphrase", Client{Cert: cert, Key: file("old.pem"), Passphrase: "wrong", HasPassphrase: true}, file("old.pem"), "has an encrypted key: the passphrase is wrong"},
		{"encrypted of old, without a passphrase", Client{Cert: cert, Key: file("old.pem")}, file("old.pem"), "is encrypted, and there is no passphrase"},
		{"encrypted of old in an unknown way", Client{Cert: cert, Key: path("odd.pem"), Passphrase: "secret", HasPassphrase: true}, path("odd.pem"), "has an encrypted key: unknown encryption mode"},
		{"scrypt", Client{Cert: cert, Key: file("scrypt.pem"), Passphrase: "secret", HasPassphrase: true}, file("scrypt.pem"), "has an encrypted key: scrypt is not supported"},
		{"PBES1", Client{Cert: cert, Key: file("pbes1.pem"), Passphrase: "secret", HasPassphrase: true}, file("pbes1.pem"), "has an encrypted key: its encryption, 1.2.840.113549.1.12.1.3, is not supported"},
		{"another cipher", Client{Cert: cert, Key: file("camellia.pem"), Passphrase: "secret", HasPassphrase: true}, file("camellia.pem"), "has an encrypted key: its cipher, 1.2.392.200011.61.1.1.1.4, is not supported"},
		{"a wrong passphrase", Client{Cert: cert, Key: file("aes256-sha256.pem"), Passphrase: "wrong", HasPassphrase: true}, file("aes256-sha256.pem"), "has an encrypted key: the passphrase is wrong"},
		{"a wrong passphrase of PKCS #12", Client{Cert: file("modern.p12"), Passphrase: "wrong", HasPassphrase: true}, file("modern.p12"), "has an encrypted key: the passphrase is wrong"},
		{"no passphrase", Client{Cert: cert, Key: file("aes256-sha256.pem")}, file("aes256-sha256.pem"), "is encrypted, and there is no passphrase"},
		{"no passphrase for PKCS #12", Client{Cert: file("modern.p12")}, file("modern.p12"), "is encrypted, and there is no passphrase"},
		{"two keys", Client{Cert: file("modern.p12"), Key: file("key.pem")}, file("modern.p12"), "is PKCS #12 and has a key of its own, besides that of " + file("key.pem")},
		{"something in DER", Client{Cert: path("der")}, path("der"), "is neither PEM nor PKCS #12 that can be read: "},
	} {
		_, err := test.c.Load()
		e, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%s: %v, want an *Error", test.name, err)
			continue
		}
		if e.Path != test.path || len(e.Fault) < len(test.want) || e.Fault[:len(test.want)] != test.want {
			t.Errorf("%s: %v\nwant %s %s", test.name, err, test.path, test.want)
		}
	}
	interrupted := errors.New("interrupted")
	if _, err := (Client{Cert: file("modern.p12"), Ask: func(string) (string, error) { return "", interrupted }}).Load(); err != interrupted {
		t.Errorf("an error of Ask comes back as %v", err)
	}
}

func TestSplitPassphrase(t *testing.T) {
	path := write(t, map[string][]byte{"a:b": []byte("x")})
	for _, test := range []struct {
		in, path, passphrase string
		ok                   bool
	}{
		{"f.pem", "f.pem", "", false},
		{"f.pem:secret", "f.pem", "secret", true},
		{"f.pem:a:b", "f.pem", "a:b", true},
		{"f.pem:", "f.pem", "", true},
		{`a\:b.pem:secret`, "a:b.pem", "secret", true},
		{`a\\b\c.pem`, `a\b\c.pem`, "", false},
		{path("a:b"), path("a:b"), "", false},
	} {
		if p, pass, ok := SplitPassphrase(test.in); p != test.path || pass != test.passphrase || ok != test.ok {
			t.Errorf("SplitPassphrase(%q) = %q, %q, %t", test.in, p, pass, ok)
		}
	}
}

func FuzzDecryptPKCS8(f *testing.F) {
	for _, name := range []string{"aes256-sha256.pem", "des3-sha256.pem", "scrypt.pem", "pbes1.pem"} {
		data, err := os.ReadFile(file(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(blocks(data)[0].Bytes)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		decryptPKCS8(der, "secret")
	})
}
