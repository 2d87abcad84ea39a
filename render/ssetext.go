package render

import (
	"bytes"

	"wscope/sse"
	"wscope/wsproto"
)

// asMessage returns e as a message, if it is one: of an event of a stream that is
// its data.
func asMessage(e Event) (*Message, bool) {
	switch e := e.(type) {
	case *Message:
		return e, true
	case *StreamEvent:
		return &Message{Meta: e.Meta, Dir: Received, Opcode: wsproto.OpText, Payload: e.Data, Start: true, Done: true}, true
	}
	return nil, false
}

func (e *StreamLine) isComment() bool { return e.Kind == sse.CommentLine }

// commentText is what a comment says, without the blank that most have in front.
func (e *StreamLine) commentText() []byte { return bytes.TrimPrefix(e.Value, []byte{' '}) }
