package render

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"wscope/wsproto"
)

// trialEvents are trials that end in every way, and what they show.
func trialEvents() []Event {
	const url = "ws://user:pass@example.com/"
	return []Event{
		&Trial{Meta: at(9001), Variant: "as-asked", Label: "as asked", URL: url, Peer: "127.0.0.1:80", Took: 1200 * time.Microsecond, Status: 403,
			Err:   &wsproto.HandshakeError{Kind: wsproto.HandshakeRefused, Rule: "status", Got: "403 Forbidden", Want: "101"},
			Brief: "403 Forbidden \x1b", Diagnosis: refused},
		&Trial{Meta: at(9002), Variant: "no-origin", Label: "without Origin \u202e", URL: url, Peer: "127.0.0.1:80", Took: 900 * time.Microsecond,
			Subprotocol: "chat", Extensions: []string{"permessage-deflate"}},
		&Trial{Meta: at(9003), Variant: "deflate", Label: "with permessage-deflate", URL: url, Peer: "127.0.0.1:80", Took: 30 * time.Second},
		&Trial{Meta: at(9004), Variant: "tls", Label: "wss instead of ws", URL: "wss://example.com/", Took: time.Second,
			Err: errors.New("the server does not speak TLS"), Brief: "the server does not speak TLS"},
		&Trial{Meta: at(9005), Variant: "plain", Label: "ws instead of wss", Skip: "it would send credentials without TLS"},
		&Conclusion{Meta: at(9006), Accepted: true, Meaning: []string{"the server checks the Origin", "at\x1b"}, Next: []string{"wscope connect ws://user:pass@example.com/"}},
		&Conclusion{Meta: at(9007)},
	}
}

func TestTrialsGolden(t *testing.T) {
	for name, o := range map[string]TrialOptions{
		"trials":       {Labels: 24},
		"trials-color": {Labels: 24, Color: true},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, show(t, func(b *bytes.Buffer) Renderer { return NewTrials(b, o) }, append(trialEvents(), &Note{Text: "no"})...))
		})
	}
}

func TestTrialsJSON(t *testing.T) {
	golden(t, "trials-json", show(t, func(b *bytes.Buffer) Renderer { return New(b, Options{Format: JSON, Start: start}) }, trialEvents()...))
}
