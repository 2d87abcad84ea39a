package render_test

import (
	"fmt"
	"os"
	"time"

	"wscope/render"
	"wscope/wsproto"
)

func ExampleNew() {
	start := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	r := render.New(os.Stdout, render.Options{Start: start})
	r.Render(&render.Frame{
		Meta: render.Meta{Time: start.Add(time.Millisecond)},
		Dir:  render.Received,
		FrameInfo: &wsproto.FrameInfo{
			Header:  wsproto.Header{FIN: true, Opcode: wsproto.OpText, PayloadLen: 5},
			Payload: []byte("hello"),
		},
	})
	r.Flush()
	// Output:
	//    0.001  <-  TEXT    FIN  rsv 000  mask -         len 5          hello
}

func ExampleEscape() {
	fmt.Println(render.Escape("\x1b[2J \u202e \x9b"))
	fmt.Println(render.Escape(`{"say":"a\nb"} and a literal \x1b`))
	// Output:
	// ␛[2J \u{202e} \x9b
	// {"say":"a\nb"} and a literal \x5cx1b
}
