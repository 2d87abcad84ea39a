package sse_test

import (
	"fmt"
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
