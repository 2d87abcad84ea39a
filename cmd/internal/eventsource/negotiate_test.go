package eventsource

import (
	"testing"

	"wscope/wsproto"
)

func TestAsked(t *testing.T) {
	for _, tt := range []struct {
		method, proto string
		accept        []string
		upgrade       string
		want          bool
	}{
		{"GET", "HTTP/1.1", []string{"text/event-stream"}, "", true},
		{"HEAD", "HTTP/1.0", []string{"Text/Event-Stream"}, "", true},
		{"GET", "HTTP/1.1", []string{"text/html, text/event-stream;q=0.5"}, "", true},
		{"GET", "HTTP/1.1", []string{"text/html", `text/x;a="b,c\","; q=1 ,text/event-stream;charset=utf-8;q=1.000`}, "", true},
		{"GET", "HTTP/1.1", []string{"text/event-stream"}, "h2c", true},
		{"GET", "HTTP/1.1", nil, "", false},
		{"GET", "HTTP/1.1", []string{""}, "", false},
		{"GET", "HTTP/1.1", []string{"*/*"}, "", false},
		{"GET", "HTTP/1.1", []string{"text/*, */*;q=0.8"}, "", false},
		{"GET", "HTTP/1.1", []string{"text/event-stream;q=0"}, "", false},
		{"GET", "HTTP/1.1", []string{"text/event-stream;q=0.000, */*"}, "", false},
		{"GET", "HTTP/1.1", []string{"text/event-stream;q=high"}, "", false},
		{"GET", "HTTP/1.1", []string{"text/event-stream;q=2"}, "", false},
		{"GET", "HTTP/1.1", []string{`text/x;a="text/event-stream, text/event-stream"`}, "", false},
		{"GET", "HTTP/1.1", []string{"text/event-stream-2"}, "", false},
		{"GET", "HTTP/1.1", []string{"text/event-stream"}, "h2c, WebSocket", false},
		{"POST", "HTTP/1.1", []string{"text/event-stream"}, "", false},
		{"GET", "HTTP/2.0", []string{"text/event-stream"}, "", false},
	} {
		r := &wsproto.Request{Method: tt.method, Proto: tt.proto, Target: "/"}
		for _, v := range tt.accept {
			r.Fields = append(r.Fields, wsproto.Field{Name: "accept", Value: v})
		}
		if tt.upgrade != "" {
			r.Fields = append(r.Fields, wsproto.Field{Name: "Upgrade", Value: tt.upgrade})
		}
		if got := Asked(r); got != tt.want {
			t.Errorf("Asked(%+v) = %t, want %t", *r, got, tt.want)
		}
	}
}
