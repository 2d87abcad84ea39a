package sse_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"wscope/sse"
)

func ExampleDecoder() {
	stream := strings.NewReader("event: greeting\nid: 1\ndata: hello\ndata: world\n\n")
	d := sse.NewDecoder(stream, sse.DecoderConfig{})
	for {
		e, err := d.Next()
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%s %s %q\n", e.Type, e.ID, e.Data)
	}
	// Output:
	// greeting 1 "hello\nworld"
	// EOF
}

func ExampleClient() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: price\nid: 7\ndata: 101.25\n\n")
	}))
	defer srv.Close()

	c := &sse.Client{NoReconnect: true}
	stream, err := c.Stream(context.Background(), srv.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stream.Close()
	for {
		e, err := stream.Next()
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%s %s\n", e.Type, e.Data)
	}
	fmt.Println("next time from", stream.LastEventID())
	// Output:
	// price 101.25
	// EOF
	// next time from 7
}
