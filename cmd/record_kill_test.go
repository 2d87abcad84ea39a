package cmd_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

// killRounds is how often a session is killed while it records.
const killRounds = 20

// TestRecordKilled kills sessions while they record. Each line but the last is
// whole then, no frame is missing, and whatever was shown was recorded before.
func TestRecordKilled(t *testing.T) {
	program, err := exec.LookPath("wscope")
	if err != nil {
		t.Fatal(err)
	}
	url := startCounting(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range killRounds {
		path := filepath.Join(t.TempDir(), "record")
		var stdout bytes.Buffer
		session := exec.Command(program, "connect", "-q", "--record", path, url)
		session.Stdout = &stdout
		stdin, err := session.StdinPipe() // which stays open
		if err != nil {
			t.Fatal(err)
		}
		if err := session.Start(); err != nil {
			t.Fatal(err)
		}
		lines := 1 + random.IntN(3000)
		awaitLines(t, path, lines)
		session.Process.Kill()
		session.Wait()
		stdin.Close()

		n, numbers := readNumbers(t, path)
		if n < lines {
			t.Errorf("%d lines could be read before the end, %d after it", lines, n)
		}
		for i, got := range numbers {
			if got != i {
				t.Fatalf("frame %d is recorded as %d", i, got)
			}
		}
		if shown := strings.Count(stdout.String(), "\n"); shown > len(numbers) {
			t.Errorf("%d messages were shown, %d recorded", shown, len(numbers))
		}
	}
}

// startCounting starts a server that sends each client the numbers from 0 on, as
// fast as they are taken. It returns its URL.
func startCounting(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				var a wsproto.Acceptor
				p, err := a.Read(nc)
				if err != nil {
					return
				}
				c, err := p.Accept()
				for i := 0; err == nil; i++ {
					err = c.WriteMessage(wsproto.OpText, strconv.AppendInt(nil, int64(i), 10))
				}
			}()
		}
	}()
	return "ws://" + l.Addr().String() + "/"
}

// awaitLines waits until a file that is being written has so many lines.
func awaitLines(t *testing.T, path string, lines int) {
	t.Helper()
	var file *os.File
	deadline := time.Now().Add(scriptPatience)
	for n, p := 0, make([]byte, 64<<10); n < lines; {
		if time.Now().After(deadline) {
			t.Fatalf("%d lines after %v, want %d", n, scriptPatience, lines)
		}
		if file == nil {
			var err error
			if file, err = os.Open(path); err != nil {
				time.Sleep(time.Millisecond)
				continue
			}
			defer file.Close()
		}
		got, err := file.Read(p)
		n += bytes.Count(p[:got], []byte{'\n'})
		if err == io.EOF {
			time.Sleep(time.Millisecond)
		}
	}
}

// readNumbers returns how many whole lines a recording has, and the numbers in
// the frames that were received.
func readNumbers(t *testing.T, path string) (lines int, numbers []int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := render.NewTranscriptReader(bufio.NewReader(file))
	for {
		e, err := r.Next()
		var bad *render.TranscriptError
		switch {
		case err == io.EOF, errors.As(err, &bad) && bad.Cut:
			return lines, numbers
		case err != nil:
			t.Fatal(err)
		}
		lines++
		if f, ok := e.(*render.Frame); ok && f.Dir == render.Received {
			n, err := strconv.Atoi(string(f.Payload))
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, n)
		}
	}
}
