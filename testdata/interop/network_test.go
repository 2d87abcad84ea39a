package interop

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// network is the name in WSCOPE_PEERS of what is between a client and a server:
// nginx, tinyproxy, microsocks and OpenSSL, all of which have to be installed.
const network = "net"

// wantsNetwork skips a test unless the network is asked for.
func wantsNetwork(t *testing.T) {
	t.Helper()
	if !wants(network) {
		t.Skip("WSCOPE_PEERS does not name net")
	}
}

// onFreePort starts a program that listens on a port, until it finds one that is
// free, and returns its address. The function makes the command.
func onFreePort(t *testing.T, command func(host, port string) *exec.Cmd) string {
	t.Helper()
	for range 10 {
		addr := freeAddr(t)
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			t.Fatal(err)
		}
		if listens(t, command(host, port), addr) {
			return addr
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// listens starts a program and reports whether it comes to accept connections at
// addr. It is stopped with the test.
func listens(t *testing.T, cmd *exec.Cmd, addr string) bool {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-done
		if t.Failed() {
			t.Logf("%s:\n%s", cmd.Path, said.String())
		}
	})
	for wait := bounded(t); ; {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return true
		}
		select {
		case <-done:
			return false
		case <-wait.Done():
			t.Fatalf("%s does not listen", cmd.Path)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// nginxPath returns the path of nginx, which is not in everybody's PATH.
func nginxPath() string {
	if path, err := exec.LookPath(nginx); err == nil {
		return path
	}
	return "/usr/sbin/nginx"
}

// checkStderr demands lines on stderr.
func (r result) checkStderr(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(r.stderr, w) {
			t.Errorf("stderr has no %q:\n%s", w, r.stderr)
		}
	}
}

// A pki is a folder with certificates that OpenSSL has made.
type pki struct{ dir string }

// newPKI makes an authority, a server's certificate for example.com and 127.0.0.1,
// one for another host, and a client's in several forms.
func newPKI(t *testing.T) pki {
	t.Helper()
	p := pki{t.TempDir()}
	p.openssl(t, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
		"-subj", "/CN=Interop CA", "-keyout", "ca.key", "-out", "ca.pem")
	for name, alt := range map[string]string{
		"server": "DNS:example.com,IP:127.0.0.1", "other": "DNS:other.example", "client": "email:me@client.example",
	} {
		p.openssl(t, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN="+name, "-keyout", name+".key", "-out", name+".csr")
		p.write(t, name+".ext", "subjectAltName="+alt+"\n")
		p.openssl(t, "x509", "-req", "-in", name+".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20",
			"-extfile", name+".ext", "-out", name+".pem")
	}
	p.openssl(t, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=example.com",
		"-addext", "subjectAltName=DNS:example.com,IP:127.0.0.1", "-keyout", "self.key", "-out", "self.pem")
	p.openssl(t, "pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-passout", "pass:secret", "-out", "client.p12")
	p.openssl(t, "pkcs8", "-topk8", "-in", "client.key", "-passout", "pass:secret", "-out", "encrypted.key")
	return p
}

// file returns the path of a file.
func (p pki) file(name string) string { return filepath.Join(p.dir, name) }

func (p pki) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(p.file(name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// openssl runs a command of OpenSSL in the folder.
func (p pki) openssl(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(bounded(t), "openssl", args...)
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl %q: %v\n%s", args, err, out)
	}
}
