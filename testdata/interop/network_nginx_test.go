package interop

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// tlsConfig has nginx serve TLS with the certificates of a pki, in front of a
// server: at the first address for anybody, at a Unix socket for those with a
// client certificate.
const tlsConfig = nginxPreamble + `	ssl_protocols TLSv1.2 TLSv1.3;
	ssl_certificate server.pem;
	ssl_certificate_key server.key;
	proxy_http_version 1.1;
	proxy_buffering off;
	server {
		listen %[1]s ssl http2;
		location / {
			proxy_pass http://%[2]s;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection upgrade;
		}
		location /events {
			proxy_pass http://%[2]s;
			proxy_set_header Connection "";
		}
	}
	server {
		listen unix:%[3]s ssl;
		ssl_client_certificate ca.pem;
		ssl_verify_client on;
		location / {
			proxy_pass http://%[2]s;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection upgrade;
		}
	}
}
`

// TestNginxTLS has wscope talk to itself through the TLS of nginx.
func TestNginxTLS(t *testing.T) {
	wantsNetwork(t)
	p := newPKI(t)
	l := listen(t, "-q", "--sse-send", "tick", "--sse-loop", "--sse-interval", "20ms")
	upstream := strings.TrimSuffix(strings.TrimPrefix(l.url, "ws://"), "/")
	addr := onFreePort(t, func(host, port string) *exec.Cmd {
		p.write(t, "nginx.conf", fmt.Sprintf(tlsConfig, net.JoinHostPort(host, port), upstream, p.file("verify.sock")))
		return exec.CommandContext(t.Context(), nginxPath(), "-p", p.dir, "-c", p.file("nginx.conf"), "-e", "stderr")
	})
	ca := p.file("ca.pem")

	t.Run("WebSocket", func(t *testing.T) {
		r := run(t, "", "connect", "-v", "-x", "hi", "-1", "--cacert", ca, "wss://"+addr+"/")
		r.check(t, 0, "hi\n")
		r.checkStderr(t, "* TLS 1.3, ", ", HTTP/1.1, in ", "* certificate CN=server for example.com, 127.0.0.1, issued by CN=Interop CA, expires on ")
	})
	t.Run("TLS 1.2", func(t *testing.T) {
		r := run(t, "", "connect", "-v", "-x", "hi", "-1", "--cacert", ca, "--tls-max", "1.2", "wss://"+addr+"/")
		r.check(t, 0, "hi\n")
		r.checkStderr(t, "* TLS 1.2, ")
	})
	t.Run("event stream over HTTP/2", func(t *testing.T) {
		r := run(t, "", "sse", "-v", "--count", "2", "--cacert", ca, "https://"+addr+"/events")
		r.check(t, 0, "tick\ntick\n")
		r.checkStderr(t, ", HTTP/2, in ", "< HTTP/2.0 200 OK")
	})
	t.Run("nobody knows the authority", func(t *testing.T) {
		r := run(t, "", "connect", "wss://"+addr+"/")
		r.check(t, 60, "")
		r.checkStderr(t, "is signed by CN=Interop CA, which is no known authority")
	})

	verify := func(args ...string) result {
		return run(t, "", append([]string{"connect", "-x", "hi", "-1", "--cacert", ca, "--unix-socket", p.file("verify.sock"), "wss://example.com/"}, args...)...)
	}
	t.Run("no client certificate", func(t *testing.T) {
		r := verify("-v")
		r.check(t, 22, "")
		r.checkStderr(t, "* a client certificate is asked for, there is none to send", "No required SSL certificate was sent")
	})
	t.Run("a strange client certificate", func(t *testing.T) {
		r := verify("--cert", p.file("self.pem"), "--key", p.file("self.key"))
		r.check(t, 22, "")
		r.checkStderr(t, "The SSL certificate error")
	})
	for name, args := range map[string][]string{
		"PEM":                         {"--cert", p.file("client.pem"), "--key", p.file("client.key")},
		"an encrypted key":            {"--cert", p.file("client.pem"), "--key", p.file("encrypted.key"), "--pass", "secret"},
		"PKCS #12":                    {"--cert", p.file("client.p12"), "--pass", "secret"},
		"PKCS #12, as curl spells it": {"--cert", p.file("client.p12") + ":secret"},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(append(args, "-v")...)
			r.check(t, 0, "hi\n")
			r.checkStderr(t, "* a client certificate is asked for, it was sent")
		})
	}
}
