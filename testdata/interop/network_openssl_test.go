package interop

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
)

// sServer starts openssl s_server, which answers a request with a page about the
// connection, and returns its address.
func sServer(t *testing.T, p pki, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "openssl", append([]string{"s_server", "-accept", "127.0.0.1:0", "-www"}, args...)...)
	cmd.Dir = p.dir
	cmd.Stdin = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr := make(chan string, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if a, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
				addr <- a
			}
		}
		cmd.Wait()
		close(addr)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-done
	})
	select {
	case a, ok := <-addr:
		if !ok {
			t.Fatalf("openssl s_server %q has ended", args)
		}
		return a
	case <-bounded(t).Done():
		t.Fatalf("openssl s_server %q does not listen", args)
	}
	return ""
}

// TestOpenSSL meets servers with TLS that is not the usual one. They speak no
// WebSocket, so that exit status 22 means that TLS was agreed on.
func TestOpenSSL(t *testing.T) {
	wantsNetwork(t)
	p := newPKI(t)
	own := []string{"-cert", "server.pem", "-key", "server.key"}
	verify := append([]string{"-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"}, own...)
	old := append([]string{"-tls1", "-cipher", "DEFAULT@SECLEVEL=0"}, own...)
	client := []string{"--cert", p.file("client.pem"), "--key", p.file("client.key")}
	for _, tt := range []struct {
		name   string
		server []string
		args   []string
		host   string // "" is that of the address
		exit   int
		want   []string
	}{
		{"TLS 1.3", own, nil, "", 22, []string{"* TLS 1.3, "}},
		{"TLS 1.2 only", append([]string{"-tls1_2"}, own...), nil, "", 22, []string{"* TLS 1.2, "}},
		{"a client that is too new", append([]string{"-tls1_2"}, own...), []string{"--tls-min", "1.3"}, "", 35,
			[]string{`got the alert "protocol version not supported"`, "--tls-min and --tls-max"}},
		{"a server that is too old", old, nil, "", 35, []string{"--tls-min"}},
		{"an old server", old, []string{"--tls-min", "1.0"}, "", 22, []string{"* TLS 1.0, "}},
		{"an old client", own, []string{"--tls-max", "1.1"}, "", 35, []string{"got the alert"}},
		{"no client certificate, TLS 1.2", append([]string{"-tls1_2"}, verify...), nil, "", 35,
			[]string{"there is none to send", "--cert FILE --key FILE"}},
		{"no client certificate, TLS 1.3", verify, nil, "", 56, []string{"there is none to send", "certificate required"}},
		{"a strange client certificate", append([]string{"-tls1_2"}, verify...), []string{"--cert", p.file("self.pem"), "--key", p.file("self.key")}, "", 35,
			[]string{"it was sent", "got the alert"}},
		{"a client certificate", verify, client, "", 22, []string{"it was sent"}},
		{"another name", []string{"-cert", "other.pem", "-key", "other.key"}, nil, "", 60, []string{"is for other.example, expected 127.0.0.1"}},
		{"another name that is asked for", []string{"-cert", "other.pem", "-key", "other.key"}, []string{"--servername", "other.example"}, "", 22, nil},
		{"signed by itself", []string{"-cert", "self.pem", "-key", "self.key"}, nil, "", 60, []string{"is signed by itself"}},
		{"signed by itself, which is trusted", []string{"-cert", "self.pem", "-key", "self.key"}, []string{"--cacert", p.file("self.pem")}, "", 22, nil},
		{"a name that the server does not know", append([]string{"-servername", "known.example", "-servername_fatal", "-cert2", "server.pem", "-key2", "server.key"}, own...),
			nil, "example.com", 35, []string{`got the alert "unrecognized name"`, "--servername"}},
		{"no name", append([]string{"-servername", "known.example", "-servername_fatal", "-cert2", "server.pem", "-key2", "server.key"}, own...),
			[]string{"--servername", ""}, "example.com", 22, []string{"no server name sent"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			addr := sServer(t, p, tt.server...)
			url := "wss://" + addr + "/"
			args := []string{"connect", "-v", "--cacert", p.file("ca.pem")}
			if tt.host != "" {
				url = "wss://" + tt.host + "/"
				args = append(args, "--connect-to", "::"+addr)
			}
			r := run(t, "", append(append(args, tt.args...), url)...)
			r.check(t, tt.exit, "")
			r.checkStderr(t, tt.want...)
		})
	}
}
