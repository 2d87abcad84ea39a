package interop

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nginx is the name of the proxy in WSCOPE_PEERS. It has to be installed.
const nginx = "nginx"

// nginxPreamble begins a configuration, up to the servers of HTTP. With it nginx
// writes to its own folder only.
const nginxPreamble = `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
	access_log off;
	client_body_temp_path temp;
	proxy_temp_path temp;
	fastcgi_temp_path temp;
	uwsgi_temp_path temp;
	scgi_temp_path temp;
`

// nginxConfig has the address of nginx and that of the server behind it, twice for
// a proxy that does not do what the server asks for.
const nginxConfig = nginxPreamble + `	server {
		listen %[1]s;
		location / {
			proxy_pass %[2]s;
		}
		location /on {
			proxy_pass %[2]s;
			proxy_buffering on;
			proxy_ignore_headers X-Accel-Buffering;
		}
		location /off {
			proxy_pass %[2]s;
			proxy_buffering off;
			proxy_ignore_headers X-Accel-Buffering;
		}
	}
}
`

// TestNginx has event streams of listen go through nginx, with and without a
// buffer, and looks at what sse --lint says.
func TestNginx(t *testing.T) {
	if !wants(nginx) {
		t.Skip("WSCOPE_PEERS does not name nginx")
	}
	l := listen(t, "-q", "--sse-send", strings.Repeat("event ", 12), "--sse-loop", "--sse-interval", "20ms")
	url := startNginx(t, strings.TrimSuffix(strings.Replace(l.url, "ws://", "http://", 1), "/"))
	for _, tt := range []struct {
		name, path string
		buffered   bool
	}{
		{"buffer", "/on", true},
		{"no buffer", "/off", false},
		{"asked for no buffer", "/", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, "", "sse", "--lint", "--count", "150", url+tt.path)
			r.check(t, 0, strings.Repeat(strings.Repeat("event ", 12)+"\n", 150))
			if got := strings.Contains(r.stderr, "lint: buffering at offset "); got != tt.buffered {
				t.Errorf("a buffer is found: %t, want %t\n%s", got, tt.buffered, r.stderr)
			}
			if got := strings.Contains(r.stderr, `the Server is "nginx`) && strings.Contains(r.stderr, "hint: something on the way collects the response: send the header X-Accel-Buffering: no for nginx"); got != tt.buffered {
				t.Errorf("nginx is named: %t, want %t\n%s", got, tt.buffered, r.stderr)
			}
		})
	}
	t.Run("WebSocket", func(t *testing.T) {
		r := run(t, "", "connect", "-x", "hi", strings.Replace(url, "http://", "ws://", 1)+"/")
		if r.exit != 22 {
			t.Errorf("a proxy that is not told to upgrade: exit status %d, want 22\n%s", r.exit, r.stderr)
		}
	})
}

// startNginx starts nginx in front of a server and returns its URL.
func startNginx(t *testing.T, upstream string) string {
	t.Helper()
	path, err := exec.LookPath(nginx)
	if err != nil {
		path = "/usr/sbin/nginx" // which is not in everybody's PATH
	}
	for range 10 {
		addr := freeAddr(t)
		dir := t.TempDir()
		config := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(config, fmt.Appendf(nil, nginxConfig, addr, upstream), 0o666); err != nil {
			t.Fatal(err)
		}
		err := runNginx(t, exec.CommandContext(t.Context(), path, "-p", dir, "-c", config, "-e", "stderr"))
		if err == nil {
			return "http://" + addr
		}
		if !errors.Is(err, errPortTaken) {
			t.Fatal(err)
		}
	}
	t.Fatal("nginx finds no free port")
	return ""
}

// freeAddr returns an address that nobody listens on at the moment.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

var errPortTaken = errors.New("the port is taken")

// runNginx starts nginx and waits until it listens. It is stopped with the test.
func runNginx(t *testing.T, cmd *exec.Cmd) error {
	t.Helper()
	out, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ready := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var said strings.Builder
		listening := false
		for lines := bufio.NewScanner(out); lines.Scan(); {
			// It is said when the sockets are open.
			if strings.Contains(lines.Text(), "event method") && !listening {
				listening = true
				ready <- nil
			}
			fmt.Fprintln(&said, lines.Text())
		}
		cmd.Wait()
		switch {
		case listening:
		case strings.Contains(said.String(), "Address already in use"):
			ready <- errPortTaken
		default:
			ready <- fmt.Errorf("nginx has ended: %v\n%s", cmd.ProcessState, said.String())
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-done
	})
	select {
	case err := <-ready:
		return err
	case <-bounded(t).Done():
		return errors.New("nginx does not listen")
	}
}
