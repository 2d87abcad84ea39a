package wstest

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestPipeKeepsSegments(t *testing.T) {
	a, b := Pipe()
	for _, s := range []string{"one", "two", ""} {
		if n, err := a.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatalf("Write(%q) = %d, %v", s, n, err)
		}
	}
	buf := make([]byte, 2)
	for _, want := range []string{"on", "e", "tw", "o"} {
		if n, err := b.Read(buf); string(buf[:n]) != want || err != nil {
			t.Errorf("Read = %q, %v, want %q", buf[:n], err, want)
		}
	}
}

func TestPipeEnds(t *testing.T) {
	for _, tt := range []struct {
		name        string
		end         func(a, b *PipeConn)
		read, write error // of b
		data        string
	}{
		{"CloseWrite", func(a, _ *PipeConn) { a.Write([]byte("x")); a.CloseWrite() }, io.EOF, nil, "x"},
		{"Close", func(a, _ *PipeConn) { a.Write([]byte("x")); a.Close() }, io.EOF, syscall.EPIPE, "x"},
		{"Close with unread input", func(a, b *PipeConn) { b.Write([]byte("y")); a.Write([]byte("x")); a.Close() }, syscall.ECONNRESET, syscall.EPIPE, ""},
		{"reset", func(a, _ *PipeConn) { a.Write([]byte("x")); a.SetLinger(0); a.Close() }, syscall.ECONNRESET, syscall.EPIPE, ""},
		{"own Close", func(_, b *PipeConn) { b.Close() }, net.ErrClosed, net.ErrClosed, ""},
		{"own CloseWrite", func(a, b *PipeConn) { b.CloseWrite(); a.Write([]byte("x")); a.CloseWrite() }, io.EOF, syscall.EPIPE, "x"},
		{"deadline that has passed", func(_, b *PipeConn) { b.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded, ""},
		{"deadline taken back", func(a, b *PipeConn) { b.SetDeadline(time.Unix(1, 0)); b.SetDeadline(time.Time{}); a.CloseWrite() }, io.EOF, nil, ""},
	} {
		a, b := Pipe()
		tt.end(a, b)
		data, err := readAll(b)
		if data != tt.data || !errors.Is(err, tt.read) {
			t.Errorf("%s: read %q, %v, want %q, %v", tt.name, data, err, tt.data, tt.read)
		}
		if _, err := b.Write([]byte("z")); !errors.Is(err, tt.write) {
			t.Errorf("%s: Write: %v, want %v", tt.name, err, tt.write)
		}
	}
}

func readAll(r io.Reader) (string, error) {
	var all []byte
	buf := make([]byte, 16)
	for {
		n, err := r.Read(buf)
		all = append(all, buf[:n]...)
		if err != nil {
			return string(all), err
		}
	}
}

func TestPipeBlocksDurably(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Pipe()
		big := strings.Repeat("x", 3*pipeBuffer)
		done := make(chan error, 1)
		go func() {
			_, err := io.WriteString(a, big)
			a.CloseWrite()
			done <- err
		}()
		synctest.Wait() // the writer waits for room
		select {
		case err := <-done:
			t.Fatalf("the write returned %v before anything was read", err)
		default:
		}
		if got, err := readAll(b); got != big || err != io.EOF {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}

		start := time.Now()
		a.SetReadDeadline(start.Add(time.Hour))
		if _, err := a.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read: %v", err)
		}
		if d := time.Since(start); d != time.Hour {
			t.Errorf("the deadline came after %v", d)
		}

		go func() {
			time.Sleep(time.Minute)
			b.Close()
		}()
		a.SetReadDeadline(time.Time{})
		if _, err := a.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("Read: %v, want EOF", err)
		}
	})
}

func TestPipeWriteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := Pipe()
		a.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := a.Write(make([]byte, pipeBuffer+1))
		if n != pipeBuffer || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write = %d, %v", n, err)
		}
	})
}
