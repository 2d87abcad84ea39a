package doctor

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wscope/wsproto"
)

// A death is the end of a connection that had been open for some time.
type death struct {
	symptom string
	err     error
	open    time.Duration
	// received and sent are how long before the end the last frame of each
	// direction came; zero for none.
	received, sent time.Duration
	hint           string // a part of it; "" for no hint

	noPong    bool
	response  string
	offending string
	role      wsproto.Role // ours
}

func (d death) end(t *testing.T) End {
	t.Helper()
	u, err := wsproto.ParseURL(sampleURL)
	if err != nil {
		t.Fatal(err)
	}
	opened := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	e := End{
		Role: d.role, URL: u, Err: d.err, NoPong: d.noPong,
		Opened: opened, Ended: opened.Add(d.open),
		Response: []byte(d.response), Offending: []byte(d.offending), First: d.offending != "",
	}
	if d.received > 0 {
		e.Received = Last{At: e.Ended.Add(-d.received), What: "text, 5 bytes"}
	}
	if d.sent > 0 {
		e.Sent = Last{At: e.Ended.Add(-d.sent)}
	}
	return e
}

func drop(d wsproto.Drop) *wsproto.DropError { return &wsproto.DropError{Drop: d} }

func closed(code wsproto.CloseCode) error {
	return &wsproto.CloseError{Code: code, Remote: true, Reply: code}
}

func TestAutopsy(t *testing.T) {
	const second, minute = time.Second, time.Minute
	broken := &wsproto.ProtocolError{Code: 1002, Section: "5.2", Reason: "reserved bit RSV1 is set"}
	fin, rst := drop(wsproto.DropFIN), drop(wsproto.DropReset)
	deaths := []death{
		{symptom: "idle-timeout", err: fin, open: 60100 * time.Millisecond, hint: "an idle timeout of 60 s (the default of nginx and of AWS application load balancers) would do this; --ping-interval 30s"},
		{symptom: "idle-timeout", err: fin, open: 10 * minute, received: 100500 * time.Millisecond, sent: 200 * second, hint: "Cloudflare's) would do this; --ping-interval 50s"},
		{symptom: "idle-timeout", err: rst, open: 10 * minute, received: 5 * minute, sent: 55200 * time.Millisecond, hint: "Heroku"},
		{symptom: "idle-timeout", err: closed(1001), open: time.Hour, received: 10*minute + second, sent: 10*minute + 2*second},
		{symptom: "idle-timeout", err: drop(wsproto.DropReceive), open: 350 * second, hint: "the default of AWS network load balancers"},
		{symptom: "lifetime", err: fin, open: 2*time.Hour + 2*second, received: second, sent: 2 * second, hint: "2 h on the whole connection (AWS API Gateway's)"},
		{symptom: "lifetime", err: closed(1001), open: 30 * second, received: second},
		{symptom: "deaf-timeout", err: fin, open: 3 * minute, received: 60 * second, sent: 7 * second, hint: "nothing came for 60.0 s, though we sent"},
		{symptom: "forgotten", err: rst, open: 30 * minute, received: 14 * minute, sent: 50 * time.Millisecond, hint: "after 14 min 0 s of silence"},
		{symptom: "http-after-101", err: broken, open: second, offending: "HTTP/1.1 200 OK\r\n", hint: "a second HTTP response"},
		{symptom: "body-after-101", err: broken, open: second, offending: "<html>", response: "HTTP/1.1 101 x\r\nContent-Length: 6\r\n\r\n", hint: "announces a body"},
		{symptom: "page-after-101", err: broken, open: second, offending: "<html>\x1b", response: "HTTP/1.1 101 x\r\nContent-Length: 0\r\n\r\n", hint: `begin: "<html>\x1b"`},
		{symptom: "text-after-101", err: broken, open: second, offending: "hello\r\n", hint: `bare text`},
		{symptom: "bytes-after-101", err: broken, open: second, offending: "\xc1\x05hello", hint: "no frame, or a broken one"},
		{symptom: "protocol", err: broken, open: second, hint: "-vvv"},
		{symptom: "too-big", err: &wsproto.SizeError{Limit: 1, AtLeast: 2}, open: second, hint: "--max-message-size"},
		{symptom: "no-pong", err: errors.New("no pong"), noPong: true, open: minute, hint: "--ping-timeout"},
		{symptom: "close-unanswered", err: &wsproto.DropError{Drop: wsproto.DropCloseTimeout, CloseSent: true}, open: minute, hint: "--close-timeout"},
		{symptom: "fin-after-close", err: &wsproto.DropError{Drop: wsproto.DropFIN, CloseSent: true}, open: minute, hint: "instead of answering"},
		{symptom: "tls-truncated", err: &wsproto.DropError{Drop: wsproto.DropFIN, Err: io.ErrUnexpectedEOF}, open: second, hint: "inside a record"},
		{symptom: "tls-ended", err: &wsproto.DropError{Drop: wsproto.DropReceive, Err: &net.OpError{Op: "remote error", Err: errors.New("tls: certificate required")}}, open: second, hint: "an alert: certificate required"},
		{symptom: "fin-inside", err: &wsproto.DropError{Drop: wsproto.DropFIN, Inside: "a frame header"}, open: second, hint: "inside a frame header"},
		{symptom: "fin", err: fin, open: second, hint: "crashed, was killed or does not send Close frames, or a proxy ended it"},
		{symptom: "fin", err: fin, open: 45 * second, received: 33 * second, sent: 35 * second, hint: "ended it; nothing had crossed it for 33.0 s"},
		{symptom: "reset", err: rst, open: second, hint: "killed or closed with our data unread"},
		{symptom: "send-failed", err: drop(wsproto.DropSend), open: second, hint: "did not take"},
		{symptom: "network", err: drop(wsproto.DropReceive), open: second, hint: "gave the connection up"},
	}
	testDeaths(t, deaths, endings())
}

// TestAutopsyServed has the same for a server.
func TestAutopsyServed(t *testing.T) {
	const second, minute = time.Second, time.Minute
	broken := &wsproto.ProtocolError{Code: 1002, Section: "5.2", Reason: "reserved bit RSV1 is set"}
	fin := drop(wsproto.DropFIN)
	deaths := []death{
		{symptom: "idle-timeout", err: fin, open: 60100 * time.Millisecond, hint: "the default of nginx and of AWS application load balancers) would do this; a ping every 30s"},
		{symptom: "lifetime", err: fin, open: 2*time.Hour + 2*second, received: second, sent: 2 * second, hint: "2 h on the whole connection (AWS API Gateway's)"},
		{symptom: "http-after-101", err: broken, open: second, offending: "GET / HTTP/1.1\r\n", hint: `begin: "GET / HTTP/1.1\r\n"`},
		{symptom: "text-after-101", err: broken, open: second, offending: "hello\r\n", hint: "bare text"},
		{symptom: "unmasked", err: broken, open: second, offending: "\x81\x05hello", hint: "mask each frame"},
		{symptom: "protocol", err: broken, open: second, offending: "\xc1\x85hello", hint: "-vvv"},
		{symptom: "too-big", err: &wsproto.SizeError{Limit: 1, AtLeast: 2}, open: second, hint: "--max-message-size"},
		{symptom: "close-unanswered", err: &wsproto.DropError{Drop: wsproto.DropCloseTimeout, CloseSent: true}, open: minute, hint: "--close-timeout"},
		{symptom: "fin-after-close", err: &wsproto.DropError{Drop: wsproto.DropFIN, CloseSent: true}, open: minute, hint: "instead of answering"},
		{symptom: "fin-inside", err: &wsproto.DropError{Drop: wsproto.DropFIN, Inside: "a frame header"}, open: second, hint: "inside a frame header"},
		{symptom: "fin", err: fin, open: second, hint: "the client ended, was killed or does not send Close frames"},
		{symptom: "fin", err: fin, open: 45 * second, received: 33 * second, sent: 35 * second, hint: "33.0 s: if that is the time again next time, it is a timeout, and pings of the client help"},
		{symptom: "reset", err: drop(wsproto.DropReset), open: second, hint: "killed or closed with our data unread"},
		{symptom: "send-failed", err: drop(wsproto.DropSend), open: second, hint: "did not take"},
		{symptom: "network", err: drop(wsproto.DropReceive), open: second, hint: "gave the connection up"},
	}
	for i := range deaths {
		deaths[i].role = wsproto.Server
	}
	testDeaths(t, deaths, servedEndings())
}

// TestAutopsyLenient has what --lenient does not pass over: it is of no help then.
func TestAutopsyLenient(t *testing.T) {
	broken := &wsproto.ProtocolError{Code: 1007, RFC: 7692, Section: "7.2.2", Reason: "corrupt deflate data"}
	for _, role := range []wsproto.Role{wsproto.Client, wsproto.Server} {
		for _, offending := range []string{"", "\xc1\x05hello", "\xc1\x85hello"} {
			e := death{err: broken, open: time.Second, offending: offending, role: role}.end(t)
			if d := Autopsy(e); !strings.Contains(fmt.Sprint(d), "--lenient") {
				t.Errorf("%v, %q: --lenient is not recommended: %+v", role, offending, d)
			}
			e.Lenient = true
			d := Autopsy(e)
			if strings.Contains(fmt.Sprint(d), "--lenient") {
				t.Errorf("%v, %q: --lenient is recommended, which was given: %+v", role, offending, d)
			}
			complete(t, d)
		}
	}
}

// testDeaths explains each of the deaths, of which there has to be one for each
// row.
func testDeaths(t *testing.T, deaths []death, rows []ending) {
	seen := map[string]bool{}
	for _, death := range deaths {
		seen[death.symptom] = true
		t.Run(death.symptom, func(t *testing.T) {
			d := Autopsy(death.end(t))
			if d == nil {
				t.Fatalf("%v has no explanation", death.err)
			}
			if d.Symptom != death.symptom || !strings.Contains(d.Hint, death.hint) || (d.Hint == "") != (death.hint == "") {
				t.Errorf("%v after %v is %s with the hint %q, want %s with %q", death.err, death.open, d.Symptom, d.Hint, death.symptom, death.hint)
			}
			complete(t, d)
		})
	}
	for _, r := range rows {
		if !seen[r.symptom] {
			t.Errorf("there is no death of %s", r.symptom)
		}
	}
}

// TestAutopsyClose has each registered close code, and one of each range.
func TestAutopsyClose(t *testing.T) {
	codes := []wsproto.CloseCode{3001, 4000, 4999, 1016, 2999}
	for _, c := range closings() {
		codes = append(codes, c.code)
	}
	for _, role := range []wsproto.Role{wsproto.Client, wsproto.Server} {
		for _, code := range codes {
			normal := code == 1000 || code == 1001 || code == 1005
			d := Autopsy(death{role: role, err: closed(code), open: time.Second}.end(t))
			if d == nil || d.Symptom != "closed-"+code.String()[:4] || (d.Hint == "") != normal {
				t.Errorf("close code %d for a %v is %+v", code, role, d)
				continue
			}
			if d.Meaning == "" || len(d.Causes) == 0 || !normal && len(d.Next) == 0 || d.Section == "" {
				t.Errorf("the explanation of %d for a %v lacks something: %+v", code, role, d)
			}
		}
	}
}

// TestAutopsyOurs has what we ended ourselves.
func TestAutopsyOurs(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		err        error
	}{
		{"our Close", "", &wsproto.CloseError{Code: 1000, Reply: 1000}},
		{"our Close, no answer in it", "", &wsproto.CloseError{Code: 4000, Reply: 0}},
		{"our Close, another code in the answer", "closed-1011", &wsproto.CloseError{Code: 1000, Reply: 1011}},
		{"anything else", "", errors.New("odd")},
		{"nothing", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if d := Autopsy(death{err: tt.err, open: time.Second}.end(t)); d != nil {
				got = d.Symptom
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestAutopsyFacts has the last frame of each direction.
func TestAutopsyFacts(t *testing.T) {
	d := Autopsy(death{err: drop(wsproto.DropFIN), open: 90 * time.Second, received: 1500 * time.Millisecond}.end(t))
	want := []string{"received text, 5 bytes, 1.5 s before the end", "sent nothing in 90.0 s"}
	for i, f := range d.Facts {
		if got := f.Name + " " + f.Text; got != want[i] {
			t.Errorf("fact %d is %q, want %q", i, got, want[i])
		}
	}
}

func TestNear(t *testing.T) {
	for _, tt := range []struct {
		d    time.Duration
		want time.Duration
	}{
		{0, 0}, {10 * time.Second, 0}, {29 * time.Second, 0}, {30100 * time.Millisecond, 30 * time.Second}, {45 * time.Second, 0},
		{55 * time.Second, 55 * time.Second}, {58 * time.Second, 0}, {59600 * time.Millisecond, 60 * time.Second}, {61 * time.Second, 60 * time.Second},
		{63 * time.Second, 0}, {102 * time.Second, 100 * time.Second}, {231 * time.Second, 230 * time.Second}, {241 * time.Second, 240 * time.Second},
		{601 * time.Second, 10 * time.Minute}, {11 * time.Minute, 0}, {61 * time.Minute, time.Hour},
	} {
		if got, _ := near(idleLimits(), tt.d); got.after != tt.want {
			t.Errorf("near %v is %v, want %v", tt.d, got.after, tt.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, tt := range []struct {
		d                  time.Duration
		span, short, flags string
	}{
		{-time.Second, "0 s", "", ""},
		{1500 * time.Millisecond, "1.5 s", "", ""},
		{60 * time.Second, "60.0 s", "60 s", "1m"},
		{90 * time.Second, "90.0 s", "90 s", "1m30s"},
		{300 * time.Second, "300.0 s", "300 s", "5m"},
		{10 * time.Minute, "10 min 0 s", "10 min", "10m"},
		{2*time.Hour + 29*time.Second, "2 h 0 min", "", ""},
		{2 * time.Hour, "2 h 0 min", "2 h", "2h"},
	} {
		if got := span(tt.d); got != tt.span {
			t.Errorf("span(%v) = %q, want %q", tt.d, got, tt.span)
		}
		if got := shortSpan(tt.d); tt.short != "" && got != tt.short {
			t.Errorf("shortSpan(%v) = %q, want %q", tt.d, got, tt.short)
		}
		if got := shortDuration(tt.d); tt.flags != "" && got != tt.flags {
			t.Errorf("shortDuration(%v) = %q, want %q", tt.d, got, tt.flags)
		}
	}
}
