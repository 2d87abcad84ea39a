package render

import (
	"errors"
	"time"

	"wscope/wsproto"
)

// servedEvents has every kind of event of a server of streams.
func servedEvents() []Event {
	refused := &wsproto.HandshakeError{Kind: wsproto.HandshakeRejected, Rule: "Host", Got: "evil.example\x1b", Want: "localhost"}
	stats := ServedStats{Events: 12, Comments: 1, Bytes: 5_000_000}
	lossy := stats
	lossy.Lost = 3
	return []Event{
		withConn(2, &StreamServed{Meta: at(100), URL: "/\u202e", Peer: "127.0.0.1:50000", Request: []byte(streamRequest), Response: []byte(streamResponse), Open: true, Took: time.Millisecond}),
		withConn(3, &StreamServed{Meta: at(101), URL: "/", Peer: "127.0.0.1:50001", Request: []byte(streamRequest), Response: []byte("HTTP/1.1 204 No Content\r\n\r\n"), LastEventID: "1\x1b2", Took: time.Millisecond}),
		withConn(4, &StreamServed{Meta: at(102), URL: "/", Peer: "127.0.0.1:50002", Request: []byte(streamRequest), Response: []byte("HTTP/1.1 421 Misdirected Request\r\n\r\n"), Took: time.Millisecond, Err: refused}),
		&StreamLost{Meta: at(103), Events: 7},
		withConn(2, &StreamServedEnd{Meta: at(104), By: Peer, Took: time.Second, Stats: stats}),
		withConn(3, &StreamServedEnd{Meta: at(105), By: Us, Took: time.Second, Stats: lossy}),
		withConn(4, &StreamServedEnd{Meta: at(106), Took: time.Second, Stats: stats, Err: errors.New("broken\x1b pipe")}),
	}
}
