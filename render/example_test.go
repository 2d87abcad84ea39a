package render_test

import (
	"fmt"
	"log"
	"os"
	"strings"
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

func ExampleNewRecorder() {
	start := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	r, err := render.NewRecorder(os.Stdout, &render.Recording{Meta: render.Meta{Time: start}, Program: "example"})
	if err != nil {
		log.Fatal(err)
	}
	if err := r.Render(&render.Note{Meta: render.Meta{Time: start.Add(time.Second)}, Text: "hello"}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"v":1,"event":"recording","time":"2026-01-02T15:04:05.000000Z","elapsed":0.000000000,"format":"wscope-transcript","program":"example","command":[],"secrets":false}
	// {"v":1,"event":"note","time":"2026-01-02T15:04:06.000000Z","elapsed":1.000000000,"text":"hello"}
}

func ExampleTranscriptReader() {
	const transcript = `{"v":1,"event":"frame","time":"2026-01-02T15:04:05.1Z","elapsed":0.1,"direction":"received","opcode":1,"fin":true,"length":5,"text":"hello"}
{"v":1,"event":"frame","time":"2026-01-02T15:04:05.2Z","elapsed":0.2,"direction":"received","opc`
	r := render.NewTranscriptReader(strings.NewReader(transcript))
	lines := render.New(os.Stdout, render.Options{})
	for {
		e, err := r.Next()
		if err != nil {
			lines.Flush()
			fmt.Println(err)
			return
		}
		lines.Render(e)
	}
	// Output:
	//    0.100  <-  TEXT    FIN  rsv 000  mask -         len 5          hello
	// line 2: the recording was cut off: the line ends after 96 bytes
}
